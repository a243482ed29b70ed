import { MAX_DEPTH } from "../model/record-limits.js";
import { DataError } from "../shared/errors.js";
import { skipString, skipValue, skipWhitespace } from "./skip-value.js";
import { findLoneSurrogate, readStringValue, toWellFormed } from "./string-value.js";
import { WrittenNumber } from "./written-number.js";

/**
 * A copy of the valid JSON value at `[start, end)` that DuckDB can read: of duplicate keys only the last is left, at
 * its own place, lone surrogate escapes are `\ufffd`, and there are no line breaks. Numbers and all other strings
 * stay byte for byte. The value must begin exactly at `start`; throws a JsonFault if it is not valid.
 */
export function rewriteCanonical(buffer: Uint8Array, start: number, end: number): Buffer {
  const copy = Buffer.from(buffer.subarray(start, skipValue(buffer, start, end)));
  for (
    let at = findLoneSurrogate(copy, 0, copy.length);
    at >= 0;
    at = findLoneSurrogate(copy, at, copy.length)
  ) {
    copy.write("\\ufffd", at, "latin1");
  }
  for (let at = 0; at < copy.length; at += 1) if (copy[at] === 0x0a || copy[at] === 0x0d) copy[at] = 0x20;
  const cuts: Cut[] = [];
  findDuplicates(copy, 0, cuts);
  return cut(copy, cuts);
}

/**
 * The JSON text of a record that a TypeScript source yields. Bigints become digits, dates ISO 8601, bytes base64,
 * lone surrogates U+FFFD; undefined members are left out and are null in lists; `toJSON` is honoured. Throws a
 * DataError that names the path of a value that JSON cannot hold: NaN and Infinity (rule B1), an invalid date, a
 * function, a symbol, a Map, a Set or another class without `toJSON`, nesting beyond 1,000 levels.
 */
export function stringifyRecord(value: unknown): string {
  if (isPlain(value, 0)) {
    const text = JSON.stringify(value);
    // A lone surrogate comes out as an escape, and nearly nothing else does.
    if (!text.includes("\\ud")) return text;
  }
  const text = write(value, []);
  if (text === undefined) throw refuse("is undefined", []);
  return text;
}

/** A range of bytes to leave out. */
type Cut = readonly [from: number, to: number];

/** Collects, in order of their ends, the earlier members that a later one of the same key replaces. */
function findDuplicates(buffer: Buffer, at: number, cuts: Cut[]): number {
  const end = buffer.length;
  const opening = buffer[at];
  if (opening !== 0x7b && opening !== 0x5b) return skipValue(buffer, at, end);
  const closing = opening + 2;
  const members = new Map<string, Cut>();
  let member = skipWhitespace(buffer, at + 1, end);
  if (buffer[member] === closing) return member + 1;
  for (;;) {
    let key: string | undefined;
    at = member;
    if (opening === 0x7b) {
      at = skipString(buffer, member, end);
      key = readStringValue(buffer, member + 1, at - 1);
      at = skipWhitespace(buffer, skipWhitespace(buffer, at, end) + 1, end);
    }
    at = skipWhitespace(buffer, findDuplicates(buffer, at, cuts), end);
    const next = skipWhitespace(buffer, at + 1, end);
    if (key !== undefined) {
      const earlier = members.get(key);
      if (earlier !== undefined) cuts.push(earlier);
      members.set(key, [member, next]);
    }
    if (buffer[at] === closing) return at + 1;
    member = next;
  }
}

function cut(buffer: Buffer, cuts: Cut[]): Buffer {
  if (cuts.length === 0) return buffer;
  const pieces: Buffer[] = [];
  let at = 0;
  for (const [from, to] of cuts.sort((a, b) => a[0] - b[0])) {
    if (from > at) pieces.push(buffer.subarray(at, from));
    // A range may lie within one that is left out whole.
    at = Math.max(at, to);
  }
  pieces.push(buffer.subarray(at));
  return Buffer.concat(pieces);
}

/** True if `JSON.stringify` writes the value as {@link stringifyRecord} promises, lone surrogates aside. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth >= MAX_DEPTH) return false;
  if (Array.isArray(value)) {
    for (const element of value as unknown[]) {
      if (element !== undefined && !isPlain(element, depth + 1)) return false;
    }
    return !("toJSON" in value);
  }
  if (!isPlainObject(value) || "toJSON" in value) return false;
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key];
    if (member !== undefined && !isPlain(member, depth + 1)) return false;
  }
  return true;
}

/** Objects of another realm count: their prototype is the one that has none itself. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

type Path = readonly (string | number)[];

/** The value's JSON text; undefined for undefined. */
function write(value: unknown, path: Path): string | undefined {
  if (value === undefined) return undefined;
  if (value === null || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "string") return JSON.stringify(toWellFormed(value));
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw refuse(`is ${String(value)}`, path);
    return JSON.stringify(value);
  }
  if (typeof value === "object") return writeObject(value, path);
  throw refuse(`is a ${typeof value}`, path);
}

function writeObject(value: object, path: Path): string | undefined {
  if (path.length > MAX_DEPTH) {
    throw refuse(
      "is nested deeper than 1,000 levels, or refers to an object that it is in",
      path.slice(0, 5),
    );
  }
  if (value instanceof Uint8Array) {
    return JSON.stringify(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64"));
  }
  if (value instanceof WrittenNumber) return value.text;
  if (value instanceof Date && Number.isNaN(value.getTime())) throw refuse("is an invalid Date", path);
  const toJson: unknown = (value as { toJSON?: unknown }).toJSON;
  if (typeof toJson !== "function") return writeMembers(value, path);
  const replaced: unknown = toJson.call(value, String(path.at(-1) ?? ""));
  return replaced === value ? writeMembers(value, path) : write(replaced, path);
}

function writeMembers(value: object, path: Path): string {
  if (Array.isArray(value)) {
    const elements = Array.from(
      value as unknown[],
      (element, index) => write(element, [...path, index]) ?? "null",
    );
    return `[${elements.join(",")}]`;
  }
  if (!isPlainObject(value)) throw refuse(`is ${describeClass(value)}`, path);
  const members: string[] = [];
  for (const [key, member] of Object.entries(value)) {
    const text = write(member, [...path, key]);
    if (text !== undefined) members.push(`${JSON.stringify(toWellFormed(key))}:${text}`);
  }
  return `{${members.join(",")}}`;
}

function describeClass(value: object): string {
  const name = (value.constructor as { name?: unknown } | undefined)?.name;
  return typeof name === "string" && name !== "" ? `a ${name}` : "an object of an unknown class";
}

function refuse(problem: string, path: Path): DataError {
  const place = path.map((step) => (typeof step === "number" ? `[${String(step)}]` : `.${step}`)).join("");
  const name = place === "" ? "the record" : place.replace(/^\./, "");
  return new DataError(`${name} ${problem}, which a record cannot hold`, {
    hint: "yield plain objects, lists, text, finite numbers, bigints, booleans, null, dates or bytes",
    context: { path: name },
  });
}
