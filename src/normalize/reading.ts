import { INT53, Kind, NUMBERS, STRINGS } from "../model/field.js";
import type { ColumnType } from "./column-type.js";
import { integerRange } from "./integer-range.js";

/**
 * How values of one kind get into a column: `direct` when DuckDB reads all of them unchanged as they are spelled,
 * `convert` when all of them fit but must be respelled, `maybe` when it depends on the value, `never` when each
 * needs a variant (rule B3).
 */
export type Reading = "direct" | "convert" | "maybe" | "never";

/** How values of the one {@link Kind} bit `kind` get into a column of type `type`. */
export function readingOf(kind: number, type: ColumnType): Reading {
  switch (type.dataType) {
    case "bigint":
    case "hugeint":
      return integerReading(kind, type.sqlType);
    case "double":
      return pick(kind, INT53 | Kind.floatWhole | Kind.float, Kind.int64 | Kind.int128 | Kind.text);
    case "text":
      // DuckDB spells floats anew (`1.10` becomes `1.1`).
      return (kind & FLOATS) === 0 ? "direct" : "convert";
    case "bool":
      return pick(kind, Kind.bool, Kind.text);
    case "timestamp":
      if (kind === Kind.timestampOther || kind === Kind.int34) return "convert";
      return pick(kind, Kind.timestamp | Kind.date, Kind.int53 | Kind.floatWhole | Kind.float);
    case "date":
      return pick(kind, Kind.date, 0);
    case "time":
    case "binary":
      return pick(kind, 0, Kind.text);
    case "decimal":
    case "wei":
      return pick(kind, 0, NUMBERS | Kind.text);
    case "json":
      return (kind & FLOATS) === 0 ? "direct" : "convert";
    default:
      return type.dataType satisfies never;
  }
}

/** The kinds of `kinds` for which {@link readingOf} is one of `readings`. */
export function kindsThatRead(kinds: number, type: ColumnType, readings: readonly Reading[]): number {
  let found = 0;
  for (let kind: number = Kind.bool; kind <= Kind.text; kind <<= 1) {
    if ((kinds & kind) !== 0 && readings.includes(readingOf(kind, type))) found |= kind;
  }
  return found;
}

const FLOATS = Kind.floatWhole | Kind.float | Kind.floatWide;

function integerReading(kind: number, sqlType: string): Reading {
  const range = integerRange(sqlType);
  // Of a float such as 1e17 the value may be whole; a float that has a fraction would be rounded in silence.
  const maybe = NUMBERS | Kind.text;
  if (sqlType === "BIGINT") return pick(kind, INT53 | Kind.int64 | Kind.floatWhole, Kind.float | Kind.text);
  if (sqlType === "HUGEINT")
    return pick(kind, INT53 | Kind.int64 | Kind.int128 | Kind.floatWhole, Kind.float | Kind.text);
  return range === undefined ? pick(kind, 0, 0) : pick(kind, 0, maybe & ~(Kind.intWide | Kind.floatWide));
}

function pick(kind: number, direct: number, maybe: number): Reading {
  if ((kind & direct) !== 0) return "direct";
  return (kind & maybe) !== 0 ? "maybe" : "never";
}

/** All kinds that are strings, so that callers need not know the bits. */
export function isString(kind: number): boolean {
  return (kind & STRINGS) !== 0;
}
