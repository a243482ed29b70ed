import type { BodyFormat } from "../../model/body-format.js";

/** What a body is in: a format that records are read from, or HTML, which never holds any. */
export type FoundFormat = BodyFormat | "html";

/**
 * Tells the format of a decoded body from its first bytes; `at` is the first one that is not blank. Braces and brackets
 * are JSON whatever anyone says, a tag is XML unless it is HTML's. Only what bytes cannot tell is left to the
 * configuration (`declared`) and then to the content type: CSV, and JSON lines that begin like JSON.
 */
export function detectFormat(
  body: Buffer,
  at: number,
  contentType: string | undefined,
  declared?: BodyFormat,
): FoundFormat {
  const type = mediaType(contentType);
  const byte = body[at];
  if (byte === 0x7b || byte === 0x5b) {
    const isDeclared = declared === "jsonl" || (declared !== "json" && LINES_TYPE.test(type));
    return isDeclared || beginsWithLine(body, at) ? "jsonl" : "json";
  }
  if (declared === "csv") return "csv";
  if (byte === 0x3c) return isHtml(body, at, type) && declared !== "xml" ? "html" : "xml";
  if (declared !== undefined) return declared;
  if (CSV_TYPES.has(type)) return "csv";
  return LINES_TYPE.test(type) ? "jsonl" : "json";
}

/** True for a content type whose fields are separated by tabs. */
export function isTabSeparated(contentType: string | undefined): boolean {
  return mediaType(contentType) === "text/tab-separated-values";
}

const CSV_TYPES = new Set([
  "text/csv",
  "application/csv",
  "text/x-csv",
  "application/x-csv",
  "text/comma-separated-values",
  "text/tab-separated-values",
]);
const LINES_TYPE = /json-?lines|ndjson|jsonl|json-seq|stream\+json/;

function mediaType(contentType: string | undefined): string {
  return (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/**
 * Whether the first line is a value and another one follows it. Within one value no line ends with a closing bracket
 * and is followed by an opening one: a comma must stand between.
 */
function beginsWithLine(body: Buffer, at: number): boolean {
  const newline = body.indexOf(0x0a, at);
  if (newline < 0) return false;
  let last = newline - 1;
  while (last > at && isBlank(body[last] as number)) last -= 1;
  let next = newline + 1;
  while (next < body.length && isBlank(body[next] as number)) next += 1;
  const closes = body[last] === 0x7d || body[last] === 0x5d;
  return closes && (body[next] === 0x7b || body[next] === 0x5b);
}

function isHtml(body: Buffer, at: number, type: string): boolean {
  if (type === "application/xhtml+xml") return true;
  const head = body.toString("latin1", at, at + 512).toLowerCase();
  if (head.includes("<!doctype html") || /<html[\s>]/.test(head)) return true;
  if (/^<\?xml|^<!doctype/.test(head) || /[/+]xml$/.test(type)) return false;
  return type === "text/html" || HTML_TAG.test(head);
}

/** Elements that begin a page or a bare error message, and hardly an XML document. */
const HTML_TAG =
  /^(?:<!--[^]*?-->\s*)?<(?:head|body|title|h[1-6]|p|div|span|center|pre|script|style|meta|br|hr|b|i|font|table|form|a|img|ul|ol)[\s/>]/;

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
