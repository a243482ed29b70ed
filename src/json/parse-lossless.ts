import { Kind } from "../model/field.js";
import { bytesToLatin1, bytesToText } from "./bytes-to-text.js";
import { classifyNumber } from "./classify.js";
import { skipNumber, skipString, skipValue, skipWhitespace, unexpected } from "./skip-value.js";
import { readStringValue } from "./string-value.js";

/**
 * The value of the JSON text at `[start, end)` (one value, whitespace around it allowed). Integers of a magnitude
 * above 2^53 are bigints, a number beyond DOUBLE is the text of its digits (rule B4), lone surrogates are U+FFFD, of
 * duplicate keys the last wins, and `__proto__` is an own key like any other. Throws a JsonFault.
 */
export function parseLossless(buffer: Uint8Array, start: number, end: number): unknown {
  const at = skipWhitespace(buffer, start, end);
  const after = skipWhitespace(buffer, skipValue(buffer, at, end), end);
  if (after < end) throw unexpected(buffer, after, end, "the end of the JSON");
  const text = bytesToText(buffer, at, end);
  if (!NEEDS_CARE.test(text)) return JSON.parse(text) as unknown;
  return new LosslessReader(buffer, at, end).readValue();
}

/** Numbers that a double may not hold (`JSON.parse` keeps all others), and escapes that may be lone surrogates. */
const NEEDS_CARE = /\d{16}|\d[eE]\+?\d{3}|\\u[dD][89a-fA-F]/;

/** Reads bytes that were validated before. */
class LosslessReader {
  private readonly buffer: Uint8Array;
  private readonly end: number;
  private at: number;

  constructor(buffer: Uint8Array, at: number, end: number) {
    this.buffer = buffer;
    this.at = at;
    this.end = end;
  }

  readValue(): unknown {
    const byte = this.buffer[this.at];
    if (byte === 0x22) return this.readString();
    if (byte === 0x7b) return this.readObject();
    if (byte === 0x5b) return this.readList();
    if (byte === 0x74) return this.readWord(4, true);
    if (byte === 0x66) return this.readWord(5, false);
    if (byte === 0x6e) return this.readWord(4, null);
    return this.readNumber();
  }

  private readObject(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (let byte = this.step(); byte !== 0x7d; byte = this.skipBlank()) {
      if (byte === 0x2c) this.step();
      const key = this.readString();
      this.skipBlank();
      this.step();
      const value = this.readValue();
      if (key === "__proto__") defineOwn(object, key, value);
      else object[key] = value;
    }
    this.at += 1;
    return object;
  }

  private readList(): unknown[] {
    const list: unknown[] = [];
    for (let byte = this.step(); byte !== 0x5d; byte = this.skipBlank()) {
      if (byte === 0x2c) this.step();
      list.push(this.readValue());
    }
    this.at += 1;
    return list;
  }

  private readString(): string {
    const start = this.at + 1;
    this.at = skipString(this.buffer, this.at, this.end);
    return readStringValue(this.buffer, start, this.at - 1);
  }

  private readNumber(): number | bigint | string {
    const start = this.at;
    this.at = skipNumber(this.buffer, start, this.end);
    const text = bytesToLatin1(this.buffer, start, this.at);
    const kind = classifyNumber(this.buffer, start, this.at);
    if (kind === Kind.floatWide) return text;
    return (kind & (Kind.int64 | Kind.int128 | Kind.intWide)) === 0 ? Number(text) : BigInt(text);
  }

  private readWord<T>(length: number, value: T): T {
    this.at += length;
    return value;
  }

  /** Passes one byte and the whitespace behind it. */
  private step(): number | undefined {
    this.at += 1;
    return this.skipBlank();
  }

  private skipBlank(): number | undefined {
    this.at = skipWhitespace(this.buffer, this.at, this.end);
    return this.buffer[this.at];
  }
}

function defineOwn(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
