import { MAX_DEPTH } from "../model/record-limits.js";
import { JsonFault } from "./json-fault.js";

/** The offset of the first byte at or after `at` that is no JSON whitespace; at most `end`. */
export function skipWhitespace(buffer: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = buffer[at] as number;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at += 1;
  }
  return end;
}

/**
 * The offset after the JSON value that begins exactly at `at`. Accepts what `JSON.parse` accepts (of valid UTF-8,
 * which is not checked here) and throws a JsonFault at anything else, such as an end before the value's.
 */
export function skipValue(buffer: Uint8Array, at: number, end: number): number {
  return skipNested(buffer, at, end, 0);
}

/** The offset after the string whose opening quote stands at `at`; escapes and control characters are checked. */
export function skipString(buffer: Uint8Array, at: number, end: number): number {
  if (at >= end || buffer[at] !== 0x22) throw unexpected(buffer, at, end, "a string");
  return skipStringRest(buffer, skipPlain(buffer, at + 1, end), end);
}

/** The offset after the string that goes on at `at`, which is not within an escape. */
export function skipStringRest(buffer: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = buffer[at] as number;
    if (byte === 0x22) return at + 1;
    if (byte !== 0x5c) throw new JsonFault("raw control character in a string", at);
    at = skipPlain(buffer, skipEscape(buffer, at, end), end);
  }
  throw new JsonFault("the JSON ends within a string", end);
}

/** The first quote, backslash or control character at or after `at`, or `end`. */
export function skipPlain(buffer: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = buffer[at] as number;
    if (byte === 0x22 || byte === 0x5c || byte < 0x20) return at;
    at += 1;
  }
  return end;
}

/** The offset after the number that begins at `at`, which must be a minus or a digit. */
export function skipNumber(buffer: Uint8Array, at: number, end: number): number {
  const start = at;
  if (buffer[at] === 0x2d) at += 1;
  const digits = skipDigits(buffer, at, end);
  if (digits === at) throw badNumber(buffer, start, at, end);
  if (buffer[at] === 0x30 && digits > at + 1) throw new JsonFault("a number with a leading zero", at);
  at = digits;
  if (at < end && buffer[at] === 0x2e) {
    const fraction = skipDigits(buffer, at + 1, end);
    if (fraction === at + 1) throw badNumber(buffer, start, fraction, end);
    at = fraction;
  }
  if (at < end && ((buffer[at] as number) | 0x20) === 0x65) {
    at += 1;
    if (at < end && (buffer[at] === 0x2b || buffer[at] === 0x2d)) at += 1;
    const exponent = skipDigits(buffer, at, end);
    if (exponent === at) throw badNumber(buffer, start, at, end);
    at = exponent;
  }
  return at;
}

/** The offset after `true`, `false` or `null`; throws at any other word, NaN and Infinity by name. */
export function skipLiteral(buffer: Uint8Array, at: number, end: number): number {
  for (const word of LITERALS) if (startsWith(buffer, at, end, word)) return at + word.length;
  for (const word of NOT_NUMBERS) {
    if (startsWith(buffer, at, end, word)) throw notANumber(word, at);
  }
  throw unexpected(buffer, at, end, "a value");
}

/** A fault that says what was found instead of `wanted`. */
export function unexpected(buffer: Uint8Array, at: number, end: number, wanted: string): JsonFault {
  if (at >= end) return new JsonFault(`the JSON ends where ${wanted} should be`, end);
  const byte = buffer[at] as number;
  const found =
    byte > 0x20 && byte < 0x7f
      ? `"${String.fromCharCode(byte)}"`
      : `byte 0x${byte.toString(16).padStart(2, "0")}`;
  return new JsonFault(`${found} where ${wanted} should be`, at);
}

/** A fault for nesting deeper than `maxDepth` levels. */
export function tooDeep(at: number, maxDepth: number): JsonFault {
  return new JsonFault(`nested deeper than max_depth (${maxDepth.toLocaleString("en")}) levels`, at, "depth");
}

const LITERALS = ["true", "false", "null"].map((word) => Buffer.from(word));
const NOT_NUMBERS = ["NaN", "Infinity"].map((word) => Buffer.from(word));

function skipNested(buffer: Uint8Array, at: number, end: number, depth: number): number {
  if (at >= end) throw unexpected(buffer, at, end, "a value");
  const byte = buffer[at] as number;
  if (byte === 0x22) return skipString(buffer, at, end);
  if (byte === 0x7b) return skipObject(buffer, at, end, depth + 1);
  if (byte === 0x5b) return skipList(buffer, at, end, depth + 1);
  if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return skipNumber(buffer, at, end);
  return skipLiteral(buffer, at, end);
}

function skipObject(buffer: Uint8Array, at: number, end: number, depth: number): number {
  if (depth > MAX_DEPTH) throw tooDeep(at, MAX_DEPTH);
  at = skipWhitespace(buffer, at + 1, end);
  if (at < end && buffer[at] === 0x7d) return at + 1;
  for (;;) {
    if (at >= end || buffer[at] !== 0x22) throw unexpected(buffer, at, end, "a key");
    at = skipWhitespace(buffer, skipString(buffer, at, end), end);
    if (at >= end || buffer[at] !== 0x3a) throw unexpected(buffer, at, end, "a colon");
    at = skipNested(buffer, skipWhitespace(buffer, at + 1, end), end, depth);
    at = skipWhitespace(buffer, at, end);
    if (at < end && buffer[at] === 0x7d) return at + 1;
    if (at >= end || buffer[at] !== 0x2c) throw unexpected(buffer, at, end, "a comma or }");
    at = skipWhitespace(buffer, at + 1, end);
  }
}

function skipList(buffer: Uint8Array, at: number, end: number, depth: number): number {
  if (depth > MAX_DEPTH) throw tooDeep(at, MAX_DEPTH);
  at = skipWhitespace(buffer, at + 1, end);
  if (at < end && buffer[at] === 0x5d) return at + 1;
  for (;;) {
    at = skipWhitespace(buffer, skipNested(buffer, at, end, depth), end);
    if (at < end && buffer[at] === 0x5d) return at + 1;
    if (at >= end || buffer[at] !== 0x2c) throw unexpected(buffer, at, end, "a comma or ]");
    at = skipWhitespace(buffer, at + 1, end);
  }
}

function skipEscape(buffer: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) throw new JsonFault("the JSON ends within a string", end);
  const letter = buffer[at + 1] as number;
  if (letter === 0x75) {
    if (at + 6 > end) throw new JsonFault("the JSON ends within a string", end);
    for (let digit = at + 2; digit < at + 6; digit += 1) {
      if (!isHex(buffer[digit] as number)) throw new JsonFault("a \\u escape without four hex digits", at);
    }
    return at + 6;
  }
  if (SIMPLE_ESCAPES[letter] === 1) return at + 2;
  throw new JsonFault("an unknown escape in a string", at);
}

const SIMPLE_ESCAPES = new Uint8Array(256);
for (const letter of Buffer.from('"\\/bfnrt')) SIMPLE_ESCAPES[letter] = 1;

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

/** The offset after the digits at `at`, which may be none. */
export function skipDigits(buffer: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = buffer[at] as number;
    if (byte < 0x30 || byte > 0x39) return at;
    at += 1;
  }
  return end;
}

function badNumber(buffer: Uint8Array, start: number, at: number, end: number): JsonFault {
  for (const word of NOT_NUMBERS) {
    if (at === start + 1 && startsWith(buffer, at, end, word))
      return notANumber(`-${word.toString()}`, start);
  }
  return unexpected(buffer, at, end, "a digit");
}

function notANumber(word: { toString(): string }, at: number): JsonFault {
  return new JsonFault(`${word.toString()}, which is no JSON number,`, at, "number");
}

function startsWith(buffer: Uint8Array, at: number, end: number, word: Uint8Array): boolean {
  if (at + word.length > end) return false;
  for (let index = 0; index < word.length; index += 1) if (buffer[at + index] !== word[index]) return false;
  return true;
}
