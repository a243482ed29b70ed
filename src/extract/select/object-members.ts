import { skipString, skipWhitespace, unexpected } from "../../json/skip-value.js";
import { readStringValue } from "../../json/string-value.js";

/**
 * Goes through the members of the object that begins at `at` and returns the offset after it. `visit` gets each key
 * and the offset of its value, and returns the offset after the value. Throws a JsonFault.
 */
export function forEachMember(
  buffer: Buffer,
  at: number,
  end: number,
  visit: (key: string, at: number) => number,
): number {
  at = skipWhitespace(buffer, at + 1, end);
  if (at < end && buffer[at] === 0x7d) return at + 1;
  for (;;) {
    if (at >= end || buffer[at] !== 0x22) throw unexpected(buffer, at, end, "a key");
    const afterKey = skipString(buffer, at, end);
    const key = readStringValue(buffer, at + 1, afterKey - 1);
    at = skipWhitespace(buffer, afterKey, end);
    if (at >= end || buffer[at] !== 0x3a) throw unexpected(buffer, at, end, "a colon");
    at = skipWhitespace(buffer, visit(key, skipWhitespace(buffer, at + 1, end)), end);
    if (at < end && buffer[at] === 0x7d) return at + 1;
    if (at >= end || buffer[at] !== 0x2c) throw unexpected(buffer, at, end, "a comma or }");
    at = skipWhitespace(buffer, at + 1, end);
  }
}

/** As {@link forEachMember}, for the elements of a list. */
export function forEachElement(
  buffer: Buffer,
  at: number,
  end: number,
  visit: (index: number, at: number) => number,
): number {
  at = skipWhitespace(buffer, at + 1, end);
  if (at < end && buffer[at] === 0x5d) return at + 1;
  for (let index = 0; ; index += 1) {
    at = skipWhitespace(buffer, visit(index, at), end);
    if (at < end && buffer[at] === 0x5d) return at + 1;
    if (at >= end || buffer[at] !== 0x2c) throw unexpected(buffer, at, end, "a comma or ]");
    at = skipWhitespace(buffer, at + 1, end);
  }
}
