import type { CursorValue } from "../../cursor/cursor-point.js";
import { respell } from "../../json/timestamp-spelling.js";
import { isNumeric, isTemporal } from "../sql-type.js";
import { quoteText } from "../quote.js";

/** What cursor values are compared as (rule I1). */
export type CursorClass = "number" | "instant" | "text";

/** How values of one class compare: SQL for a column's or staged value's key, and for a bound's. */
export interface CursorOrder {
  readonly class: CursorClass;
  keyOf(value: string, sqlType: string): string;
  keyOfBound(bound: CursorValue): string;
}

/** The class of a column's values if its type says it; undefined for text. */
export function classOfType(sqlType: string): CursorClass | undefined {
  if (isTemporal(sqlType)) return "instant";
  return isNumeric(sqlType) ? "number" : undefined;
}

/** The class of a value from the state or the configuration. */
export function classOfBound(bound: CursorValue): CursorClass {
  if (typeof bound !== "string" || DIGITS.test(bound)) return "number";
  return instantOf(bound) === undefined ? "text" : "instant";
}

/** SQL that gives the class of a text value, null for null. */
export function classOfText(value: string): string {
  return `CASE WHEN ${value} IS NULL THEN NULL
    WHEN regexp_full_match(${value}, '-?[0-9]{1,38}') THEN 'number'
    WHEN regexp_matches(${value}, '^\\d{4}-\\d{2}-\\d{2}') AND TRY_CAST(${value} AS TIMESTAMPTZ) IS NOT NULL THEN 'instant'
    ELSE 'text' END`;
}

/** How values of `cursorClass` compare; a number that is a bound of instants is one of seconds. */
export function orderOf(cursorClass: CursorClass): CursorOrder {
  return { class: cursorClass, keyOf: KEYS[cursorClass], keyOfBound: BOUNDS[cursorClass] };
}

const DIGITS = /^-?\d{1,38}$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

const KEYS: Readonly<Record<CursorClass, CursorOrder["keyOf"]>> = {
  number: (value, sqlType) => (isNumeric(sqlType) ? value : `TRY_CAST(${value} AS HUGEINT)`),
  instant: (value) => `TRY_CAST(${value} AS TIMESTAMPTZ)`,
  text: (value) => `CAST(${value} AS VARCHAR)`,
};

const BOUNDS: Readonly<Record<CursorClass, CursorOrder["keyOfBound"]>> = {
  number: spellNumber,
  instant: (bound) =>
    typeof bound !== "string" || DIGITS.test(bound)
      ? `to_timestamp(${spellNumber(bound)})`
      : `CAST(${quoteText(instantOf(bound) ?? bound)} AS TIMESTAMPTZ)`,
  text: (bound) => quoteText(String(bound)),
};

function instantOf(text: string): string | undefined {
  return DATE.test(text) ? text : respell(text);
}

function spellNumber(bound: CursorValue): string {
  const text = String(bound);
  if (!DIGITS.test(text)) return `CAST(${quoteText(text)} AS DOUBLE)`;
  const isSmall = BigInt.asIntN(64, BigInt(text)) === BigInt(text);
  return `CAST(${quoteText(text)} AS ${isSmall ? "BIGINT" : "HUGEINT"})`;
}
