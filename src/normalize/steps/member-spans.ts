import { skipString, skipValue, skipWhitespace } from "../../json/skip-value.js";
import { readStringValue } from "../../json/string-value.js";

/** Where the members of one object stand; filled anew by {@link splitMembers}. */
export interface MemberSpans {
  /** The watched members, by their place among the watched keys; undefined where the object has none. */
  at: (MemberSpan | undefined)[];
  /** What lies between them: members that nobody watches, with the commas between them. */
  runs: MemberRun[];
}

/** A watched member: its value, and its place among the members. */
export interface MemberSpan {
  readonly order: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** Members in a row. */
export interface MemberRun {
  readonly order: number;
  readonly start: number;
  readonly end: number;
}

/** Finds the members of the object at `start` whose keys, as JSON strings, are `keys`; no key stands there twice. */
export function splitMembers(
  { bytes, start, end }: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  keys: readonly Uint8Array[],
  spans: MemberSpans,
): void {
  spans.at = keys.map(() => undefined);
  spans.runs = [];
  let at = skipWhitespace(bytes, skipWhitespace(bytes, start, end) + 1, end);
  let runStart = -1;
  let runEnd = -1;
  let order = 0;
  while (bytes[at] !== CLOSE) {
    const keyEnd = skipString(bytes, at, end);
    const valueStart = skipWhitespace(bytes, skipWhitespace(bytes, keyEnd, end) + 1, end);
    const valueEnd = skipValue(bytes, valueStart, end);
    const index = findKey(bytes, at, keyEnd, keys);
    if (index < 0) {
      if (runStart < 0) runStart = at;
      runEnd = valueEnd;
    } else {
      if (runStart >= 0) spans.runs.push({ order, start: runStart, end: runEnd });
      runStart = -1;
      spans.at[index] = { order: order + 1, valueStart, valueEnd };
      order += 2;
    }
    at = skipWhitespace(bytes, valueEnd, end);
    if (bytes[at] === COMMA) at = skipWhitespace(bytes, at + 1, end);
  }
  if (runStart >= 0) spans.runs.push({ order, start: runStart, end: runEnd });
}

const CLOSE = 0x7d;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** The watched key that stands, with its quotes, at `[at, end)`; -1 if it is none of them. */
function findKey(bytes: Uint8Array, at: number, end: number, keys: readonly Uint8Array[]): number {
  const isEscaped = hasEscape(bytes, at, end);
  const name = isEscaped ? readStringValue(bytes, at + 1, end - 1) : undefined;
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as Uint8Array;
    if (name === undefined ? isSpelledAt(bytes, { at, end }, key) : isNamed(key, name)) return index;
  }
  return -1;
}

function isSpelledAt(bytes: Uint8Array, { at, end }: { at: number; end: number }, key: Uint8Array): boolean {
  if (key.length !== end - at) return false;
  for (let offset = 1; offset < key.length; offset += 1) if (bytes[at + offset] !== key[offset]) return false;
  return true;
}

function isNamed(key: Uint8Array, name: string): boolean {
  return readStringValue(key, 1, key.length - 1) === name;
}

function hasEscape(bytes: Uint8Array, at: number, end: number): boolean {
  for (; at < end; at += 1) if (bytes[at] === BACKSLASH) return true;
  return false;
}
