import { parseLossless } from "../../json/parse-lossless.js";
import { skipValue } from "../../json/skip-value.js";
import { forEachMember } from "./object-members.js";

/** The value at a path of keys in the object that begins at `start`; undefined if there is none. Objects and lists on the way out are parsed too. */
export function readMember(buffer: Buffer, start: number, end: number, keys: readonly string[]): unknown {
  const [first, ...rest] = keys;
  if (first === undefined) return parseLossless(buffer, start, skipValue(buffer, start, end));
  if (buffer[start] !== OPEN_OBJECT) return undefined;
  let at = -1;
  forEachMember(buffer, start, end, (key, valueAt) => {
    // Of keys that come twice, the last counts (rule B1).
    if (key === first) at = valueAt;
    return skipValue(buffer, valueAt, end);
  });
  return at < 0 ? undefined : readMember(buffer, at, end, rest);
}

const OPEN_OBJECT = 0x7b;
