import { findMatches, parseJsonPath, withRoot } from "../../../extract/select/json-path.js";
import { forEachMember } from "../../../extract/select/object-members.js";
import { findPlaces, type PlaceTree } from "../../../extract/select/walk-keys.js";
import { WrittenNumber } from "../../../json/written-number.js";
import { ConfigError } from "../../../shared/errors.js";
import { parsePath } from "../value-path.js";

/** Finds one field of each record by its bytes: the JSON text of its value as spelled; undefined: it is not there. */
export type FieldReader = (record: Buffer) => string | undefined;

/**
 * A reader of `path`: dotted keys and indexes, a key as a whole, or a JSONPath, of which the first match counts. Throws
 * a ConfigError for text that is none of these.
 */
export function createFieldReader(path: string): FieldReader {
  const segments = parsePath(path);
  if (segments === undefined) {
    const query = withRoot(path);
    checkJsonPath(query, path);
    return (record) => {
      const location = findMatches(JSON.parse(record.toString("utf8")), query)[0]?.location;
      return location === undefined ? undefined : textAt(record, location);
    };
  }
  if (segments.length <= 1) return (record) => textAt(record, segments);
  return (record) => textAt(record, [path]) ?? textAt(record, segments);
}

/** A scalar value of a record, for a request. */
export type FieldValue = string | number | bigint | boolean | null | WrittenNumber;

/** The value that a JSON text spells, numbers never changed; undefined: it is an object or a list. */
export function readFieldValue(text: string): FieldValue | undefined {
  const first = text.charAt(0);
  if (first === "{" || first === "[") return undefined;
  const value = JSON.parse(text) as string | number | boolean | null;
  return typeof value === "number" && String(value) !== text ? new WrittenNumber(text) : value;
}

/** The keys of a record, in order. */
export function listKeys(record: Buffer): string[] {
  const keys: string[] = [];
  const root: PlaceTree = { children: new Map() };
  forEachMember(record, 0, record.length, (key, at) => {
    keys.push(key);
    return findPlaces(record, at, record.length, root);
  });
  return keys;
}

function checkJsonPath(query: string, path: string): void {
  try {
    parseJsonPath(query);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError([{ message: `"${path}" is neither a field nor a JSONPath: ${reason}` }], { cause });
  }
}

function textAt(record: Buffer, location: readonly (string | number)[]): string | undefined {
  const leaf: PlaceTree = { children: new Map() };
  const root = location.reduceRight<PlaceTree>(
    (child, step) => ({ children: new Map([[step, child]]) }),
    leaf,
  );
  findPlaces(record, 0, record.length, root);
  return leaf.place === undefined ? undefined : record.toString("utf8", leaf.place.start, leaf.place.end);
}
