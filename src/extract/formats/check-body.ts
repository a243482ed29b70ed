import type { BodyFormat } from "../../model/body-format.js";
import { detectFormat } from "./body-format.js";
import { detectCharset } from "./charset.js";

/**
 * Why these bytes cannot be a body with records, in words, or undefined if they may be one: a cheap look at both ends,
 * for deciding whether to ask once more (rule D4). An empty body is fine, and so is CSV, in which nothing shows at its
 * ends. `declared` is the format that the configuration names.
 */
export function checkBody(
  body: Buffer,
  contentType: string | undefined,
  declared?: BodyFormat,
): string | undefined {
  if (detectCharset(body, contentType).startsWith("utf-16")) return undefined;
  const first = firstNonBlank(body, skipMark(body));
  if (first === body.length) return undefined;
  const last = body[lastNonBlank(body)];
  switch (detectFormat(body, first, contentType, declared)) {
    case "csv":
      return undefined;
    case "xml":
      return last === 0x3e ? undefined : "the XML is cut short";
    case "html":
      return "it is HTML, not JSON";
    case "jsonl":
      return isNested(body[first]) && last !== 0x7d && last !== 0x5d
        ? "the JSON is cut short"
        : checkScalar(body, first);
    case "json":
      if (!isNested(body[first])) return checkScalar(body, first);
      return last === (body[first] === 0x7b ? 0x7d : 0x5d) ? undefined : "the JSON is cut short";
  }
}

function isNested(byte: number | undefined): boolean {
  return byte === 0x7b || byte === 0x5b;
}

function checkScalar(body: Buffer, at: number): string | undefined {
  const mayBeValue = isNested(body[at]) || body[at] === 0x1e || isScalarStart(body, at);
  return mayBeValue ? undefined : "it is not JSON";
}

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
