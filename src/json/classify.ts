import { Kind } from "../model/field.js";
import { bytesToLatin1, bytesToText } from "./bytes-to-text.js";
import { JsonFault } from "./json-fault.js";
import { skipDigits } from "./skip-value.js";
import { isRealDay, respell } from "./timestamp-spelling.js";

/** The one {@link Kind} bit of the valid JSON number at `[start, end)`, by its exact decimal value, not its double. */
export function classifyNumber(buffer: Uint8Array, start: number, end: number): number {
  const digits = buffer[start] === 0x2d ? start + 1 : start;
  const wholeEnd = skipDigits(buffer, digits, end);
  if (wholeEnd === end) return classifyInteger(buffer, digits, end, digits > start);
  if (buffer[wholeEnd] === 0x2e && wholeEnd - digits < 16) {
    let at = wholeEnd + 1;
    while (at < end && buffer[at] === 0x30) at += 1;
    if (at === end) return Kind.floatWhole;
    if (skipDigits(buffer, at, end) === end) return Kind.float;
  }
  return classifyFloat(bytesToLatin1(buffer, digits, end));
}

/**
 * The one {@link Kind} bit of the string whose contents, without quotes and as spelled, are at `[start, end)`. The
 * kind is that of the value: an escaped slash in a timestamp does not make it text.
 */
export function classifyString(buffer: Uint8Array, start: number, end: number, hasEscapes: boolean): number {
  if (!hasEscapes) return classifyPlain(buffer, start, end);
  const first = buffer[start] as number;
  const mayBeTime = (first >= 0x30 && first <= 0x39) || (first === 0x5c && buffer[start + 1] === 0x75);
  if (!mayBeTime) return Kind.text;
  const text = Buffer.from(JSON.parse(`"${bytesToText(buffer, start, end)}"`) as string);
  return classifyPlain(text, 0, text.length);
}

/**
 * `YYYY-MM-DDTHH:MM:SS[.ffffff]` with `Z` or `±HH:MM` for a text of kind `timestampOther` or `timestamp`; no zone is
 * UTC. Throws a JsonFault for any other text.
 */
export function respellTimestamp(text: string): string {
  const spelled = respell(text);
  if (spelled === undefined) throw new JsonFault("a string that is no timestamp", 0);
  return spelled;
}

/** Digits of a {@link Kind.int34}. */
export const SHORT_DIGITS = 10;
const LIMIT_53 = "9007199254740992";
const LIMIT_64 = ["9223372036854775807", "9223372036854775808"] as const;
const LIMIT_128 = [
  "170141183460469231731687303715884105727",
  "170141183460469231731687303715884105728",
] as const;

function classifyInteger(buffer: Uint8Array, digits: number, end: number, negative: boolean): number {
  const length = end - digits;
  if (length <= SHORT_DIGITS) return Kind.int34;
  if (length < 16) return Kind.int53;
  if (length > 39) return Kind.intWide;
  const text = bytesToLatin1(buffer, digits, end);
  const sign = negative ? 1 : 0;
  if (fits(text, LIMIT_53)) return Kind.int53;
  if (fits(text, LIMIT_64[sign])) return Kind.int64;
  return fits(text, LIMIT_128[sign]) ? Kind.int128 : Kind.intWide;
}

/** Compares decimal digits without leading zeros. */
function fits(digits: string, limit: string): boolean {
  return digits.length < limit.length || (digits.length === limit.length && digits <= limit);
}

function classifyFloat(text: string): number {
  if (!Number.isFinite(Number(text))) return Kind.floatWide;
  const [mantissa = "", exponent = "0"] = text.split(/[eE]/);
  const [whole = "", fraction = ""] = mantissa.split(".");
  const significant = (whole + fraction).replace(/^0+/, "");
  if (significant === "") return Kind.floatWhole;
  const trimmed = significant.replace(/0+$/, "");
  // The value is `trimmed` followed by this many zeros; below none, it has a fraction.
  const zeros = significant.length - trimmed.length + Number(exponent) - fraction.length;
  if (zeros < 0 || trimmed.length + zeros > LIMIT_53.length) return Kind.float;
  return fits(trimmed + "0".repeat(zeros), LIMIT_53) ? Kind.floatWhole : Kind.float;
}

function classifyPlain(buffer: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length < 10 || !areDigits(buffer, start, 4)) return Kind.text;
  const separator = buffer[start + 4];
  if (separator !== 0x2d)
    return mayBeOther(buffer, start, length) ? classifyOther(buffer, start, end) : Kind.text;
  const month = twoDigits(buffer, start + 5);
  const day = twoDigits(buffer, start + 8);
  if (buffer[start + 7] !== 0x2d || month < 1 || day < 1) return Kind.text;
  const year = twoDigits(buffer, start) * 100 + twoDigits(buffer, start + 2);
  if (!isRealDay(year, month, day)) return Kind.text;
  if (length === 10) return Kind.date;
  const between = buffer[start + 10];
  if (between !== 0x54 && between !== 0x20) return Kind.text;
  if (isPlainTime(buffer, start + 11, end)) return Kind.timestamp;
  return classifyOther(buffer, start, end);
}

/** Of strings that begin with four digits and no dash: `YYYYMMDD` and `YYYY/MM/DD` with something behind. */
function mayBeOther(buffer: Uint8Array, start: number, length: number): boolean {
  const behind = buffer[start + 8];
  return (
    (length > 10 && (behind === 0x54 || behind === 0x20)) || (length > 13 && buffer[start + 10] === 0x20)
  );
}

function classifyOther(buffer: Uint8Array, start: number, end: number): number {
  const last = buffer[end - 1];
  // A line of text that begins with its time seldom ends like one: it is not worth making a string of.
  if (last !== 0x5a && !areDigits(buffer, end - 1, 1)) return Kind.text;
  return respell(bytesToLatin1(buffer, start, end)) === undefined ? Kind.text : Kind.timestampOther;
}

/** `HH:MM`, or `HH:MM:SS[.f…]` with or without a zone: DuckDB refuses a zone behind minutes. */
function isPlainTime(buffer: Uint8Array, at: number, end: number): boolean {
  if (end - at < 5 || buffer[at + 2] !== 0x3a) return false;
  if (!isBelow(twoDigits(buffer, at), 24) || !isBelow(twoDigits(buffer, at + 3), 60)) return false;
  if (end - at === 5) return true;
  if (end - at < 8 || buffer[at + 5] !== 0x3a || !isBelow(twoDigits(buffer, at + 6), 60)) return false;
  at += 8;
  if (at < end && buffer[at] === 0x2e) {
    const fraction = at + 1;
    at = skipDigits(buffer, fraction, end);
    if (at === fraction) return false;
  }
  return at === end || isZone(buffer, at, end);
}

function isZone(buffer: Uint8Array, at: number, end: number): boolean {
  if (buffer[at] === 0x5a) return at + 1 === end;
  if (buffer[at] !== 0x2b && buffer[at] !== 0x2d) return false;
  const length = end - at;
  if (length < 3 || !isBelow(twoDigits(buffer, at + 1), 16)) return false;
  if (length === 3) return true;
  if (length === 6 && buffer[at + 3] !== 0x3a) return false;
  return (length === 5 || length === 6) && isBelow(twoDigits(buffer, end - 2), 60);
}

function isBelow(value: number, limit: number): boolean {
  return value >= 0 && value < limit;
}

function areDigits(buffer: Uint8Array, at: number, count: number): boolean {
  for (let index = at; index < at + count; index += 1) {
    const byte = buffer[index] as number;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return true;
}

/** The value of the two digits at `at`, or a negative number. */
function twoDigits(buffer: Uint8Array, at: number): number {
  const tens = (buffer[at] as number) - 0x30;
  const ones = (buffer[at + 1] as number) - 0x30;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}
