import { readStringValue } from "../../json/string-value.js";
import type { ByteReader } from "./byte-reader.js";

/** A list in a JSON body, above which there are only objects. */
export interface LongList {
  /** The keys of the objects above it, from the top. */
  readonly keys: readonly string[];
  /** The offset of its opening bracket. */
  readonly start: number;
  /** The offset behind its closing bracket. */
  readonly end: number;
  /** Offsets of commas between its elements that stand `partBytes` or more apart. */
  readonly cuts: readonly number[];
}

/** Objects are gone through so many levels deep. */
const DEEPEST = 16;

/**
 * The list that takes up most of the JSON value at the reader's place; undefined if there is none, if the value is no
 * JSON, or if an object on the way has a key twice. Of what is inside of lists nothing is looked at.
 */
export function findLongestList(reader: ByteReader, partBytes: number): LongList | undefined {
  let longest: LongList | undefined;

  /** Passes one value; false if it cannot be told what it is. */
  const pass = (keys: readonly string[]): boolean => {
    const byte = reader.skipBlanks();
    if (byte === 0x5b) return passList(keys);
    if (byte === 0x7b) return keys.length < DEEPEST ? passObject(keys) : reader.skipNested(() => undefined);
    if (byte === 0x22) return reader.skipString();
    const start = reader.at;
    reader.skipWord();
    return reader.at > start;
  };
  const passList = (keys: readonly string[]): boolean => {
    const start = reader.at;
    const cuts: number[] = [];
    let cut = start;
    const hasEnd = reader.skipNested((at) => {
      if (at - cut < partBytes) return;
      cuts.push(at);
      cut = at;
    });
    if (!hasEnd) return false;
    const end = reader.at;
    if (longest === undefined || end - start > longest.end - longest.start)
      longest = { keys, start, end, cuts };
    return true;
  };
  const passObject = (keys: readonly string[]): boolean => {
    const seen = new Set<string>();
    reader.at += 1;
    if (reader.skipBlanks() === 0x7d) {
      reader.at += 1;
      return true;
    }
    for (;;) {
      if (reader.skipBlanks() !== 0x22) return false;
      const key = readKey(reader.takeString());
      if (key === undefined) return false;
      if (seen.has(key)) return false;
      seen.add(key);
      if (reader.skipBlanks() !== 0x3a) return false;
      reader.at += 1;
      if (!pass([...keys, key])) return false;
      const byte = reader.skipBlanks();
      reader.at += 1;
      if (byte === 0x7d) return true;
      if (byte !== 0x2c) return false;
    }
  };
  return pass([]) ? longest : undefined;
}

function readKey(spelled: Buffer | undefined): string | undefined {
  if (spelled === undefined) return undefined;
  try {
    return readStringValue(spelled, 1, spelled.length - 1);
  } catch {
    // An unknown escape: told with the body's other faults.
    return undefined;
  }
}
