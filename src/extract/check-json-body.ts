import { detectCharset } from "./charset.js";

/**
 * Why these bytes cannot be a JSON body, in words, or undefined if they may be one: a cheap look at both ends, for
 * deciding whether to ask once more (rule D4). An empty body is fine. CSV, XML and other formats that were meant as
 * they are, are left to the splitter: asking again would not change them.
 */
export function checkJsonBody(body: Buffer, contentType: string | undefined): string | undefined {
  if (detectCharset(body, contentType).startsWith("utf-16")) return undefined;
  const start = skipMark(body);
  const first = firstNonBlank(body, start);
  if (first === body.length) return undefined;
  const byte = body[first];
  if (byte === 0x7b || byte === 0x5b) {
    const closing = byte === 0x7b ? 0x7d : 0x5d;
    return body[lastNonBlank(body)] === closing ? undefined : "the JSON is cut short";
  }
  if (detectOtherFormat(body, contentType) !== undefined) return undefined;
  if (byte === 0x3c) return "it is HTML, not JSON";
  return isScalarStart(body, first) ? undefined : "it is not JSON";
}

/** The name of a format other than JSON that a body is in, by its content type and its first bytes. */
export function detectOtherFormat(body: Buffer, contentType: string | undefined): "CSV" | "XML" | undefined {
  const first = firstNonBlank(body, skipMark(body));
  const byte = body[first];
  if (byte === 0x7b || byte === 0x5b) return undefined;
  const type = (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (byte === 0x3c) {
    const isDeclared = /[/+]xml$/.test(type) && type !== "application/xhtml+xml";
    const head = body.toString("latin1", first, first + 512).toLowerCase();
    const isHtml = head.includes("<!doctype html") || head.includes("<html");
    return !isHtml && (isDeclared || head.startsWith("<?xml")) ? "XML" : undefined;
  }
  return CSV_TYPES.has(type) ? "CSV" : undefined;
}

const CSV_TYPES = new Set(["text/csv", "application/csv", "text/tab-separated-values"]);

function skipMark(body: Buffer): number {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
}

function firstNonBlank(body: Buffer, at: number): number {
  while (at < body.length && isBlank(body[at] as number)) at += 1;
  return at;
}

function lastNonBlank(body: Buffer): number {
  let at = body.length - 1;
  while (at >= 0 && isBlank(body[at] as number)) at -= 1;
  return at;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** A string, a number or one of the three words; what comes behind is the splitter's concern. */
function isScalarStart(body: Buffer, at: number): boolean {
  const head = body.toString("latin1", at, at + 8);
  return /^(?:"|-?\d|(?:true|false|null)(?![A-Za-z])|-?(?:NaN|Infinity))/.test(head);
}
