import { bytesToText } from "./bytes-to-text.js";

/** The value of the valid JSON string whose contents, without quotes, are at `[start, end)`; always well-formed. */
export function readStringValue(bytes: Uint8Array, start: number, end: number): string {
  const spelled = bytesToText(bytes, start, end);
  if (!spelled.includes("\\")) return spelled;
  return toWellFormed(JSON.parse(`"${spelled}"`) as string);
}

/** `text` with each lone surrogate replaced by U+FFFD (rule B1). */
export function toWellFormed(text: string): string {
  return text.replace(LONE_SURROGATES, "\ufffd");
}

/**
 * The offset of the first `\u` escape of a lone surrogate in the valid JSON at `[start, end)`, or -1. Escapes stand
 * only in strings, so whole values may be searched.
 */
export function findLoneSurrogate(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at += 1) {
    if (bytes[at] !== 0x5c) continue;
    const unit = bytes[at + 1] === 0x75 ? codeUnit(bytes, at + 2) : 0;
    if (unit < 0xd800 || unit > 0xdfff) {
      at += 1;
      continue;
    }
    if (unit >= 0xdc00 || at + 12 > end || bytes[at + 6] !== 0x5c || bytes[at + 7] !== 0x75) return at;
    const low = codeUnit(bytes, at + 8);
    if (low < 0xdc00 || low > 0xdfff) return at;
    at += 11;
  }
  return -1;
}

/** With the flag `u`, a surrogate within a pair is no character of its own. */
const LONE_SURROGATES = /\p{Surrogate}/gu;

function codeUnit(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let index = at; index < at + 4; index += 1) {
    const byte = bytes[index] as number;
    value = value * 16 + (byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57);
  }
  return value;
}
