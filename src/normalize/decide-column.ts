import { Kind, NUMBERS, SCALARS, STRINGS } from "../model/field.js";
import type { Column, ColumnHint, DataType } from "../model/schema.js";
import { newDataType, variantDataType, type ColumnType } from "./column-type.js";
import { kindsThatRead } from "./reading.js";
import { sqlTypeOf } from "./sql-type-of.js";

/** All that decides a column's type: what a load brings, what is there, what is declared. */
export interface ColumnPlace {
  /** Bits of Kind; nested kinds and null do not count. */
  readonly kinds: number;
  readonly existing: Column | undefined;
  readonly hint: ColumnHint | undefined;
  /** Primary, merge or cursor: never splits (rule B4). */
  readonly isKey: boolean;
  /** Whether every stored value stays the same in the wider type `to`. */
  readonly widensSafely: (to: string) => boolean;
  /** Whether the table has a variant of the column for values of this type. */
  readonly hasVariant: (dataType: DataType) => boolean;
  /** Whether a contract keeps the type of the existing column as it is: neither widened nor given new variants. */
  readonly keepsType: boolean;
}

/** The type that the column has after the load, and which kinds of values may need a variant of which type. */
export interface ColumnDecision {
  readonly type: ColumnType;
  readonly variants: ReadonlyMap<DataType, number>;
}

/**
 * Decides the type of a column and its variants (rules B3, B4). A type from a hint is not widened: what does not fit
 * becomes a variant. Undefined when there is nothing to make a column of.
 */
export function decideColumn(place: ColumnPlace): ColumnDecision | undefined {
  const kinds = place.kinds & SCALARS;
  const base = baseType(place, kinds);
  if (base === undefined) return undefined;
  if (place.keepsType) {
    const misfits = kindsThatRead(kinds, base, ["maybe", "never"]);
    const variants = place.isKey ? [] : [...variantsOf(misfits, place)];
    return { type: base, variants: new Map(variants.filter(([dataType]) => place.hasVariant(dataType))) };
  }
  if (place.isKey) return { type: keyType(place, kinds, base), variants: new Map() };
  const type = place.hint?.dataType === undefined ? widen(place, kinds, base) : base;
  return { type, variants: variantsOf(kindsThatRead(kinds, type, ["maybe", "never"]), place) };
}

function baseType({ existing, hint }: ColumnPlace, kinds: number): ColumnType | undefined {
  if (existing !== undefined) return { dataType: existing.dataType, sqlType: existing.sqlType };
  const dataType = hint?.dataType ?? newDataType(kinds);
  return dataType === undefined ? undefined : { dataType, sqlType: sqlTypeOf(dataType, hint) };
}

function keyType(place: ColumnPlace, kinds: number, base: ColumnType): ColumnType {
  for (const type of [base, widen({ ...place, hasVariant: () => false }, kinds, base)]) {
    if (kindsThatRead(kinds, type, ["maybe", "never"]) === 0) return type;
  }
  return TEXT;
}

const TEXT: ColumnType = { dataType: "text", sqlType: "VARCHAR" };

/**
 * The wider type in which an existing column takes this load's values, its own unchanged; else its type. Values that went to a
 * variant before (dlt widens nothing) go there again, or a record that did not change would be another one (M2, M8).
 */
function widen(place: ColumnPlace, kinds: number, base: ColumnType): ColumnType {
  const { existing, widensSafely, hasVariant } = place;
  if (existing === undefined) return base;
  if (base.sqlType === "BIGINT") {
    const numbers = kinds & NUMBERS;
    if ((numbers & Kind.int128) !== 0) return { dataType: "hugeint", sqlType: "HUGEINT" };
    const fitsDouble = (numbers & (Kind.int64 | Kind.intWide)) === 0;
    if ((numbers & Kind.float) !== 0 && fitsDouble && !hasVariant("double") && widensSafely("DOUBLE"))
      return { dataType: "double", sqlType: "DOUBLE" };
  }
  const isMoment = (kinds & (Kind.timestamp | Kind.timestampOther)) !== 0;
  if (base.sqlType === "DATE" && isMoment && !hasVariant("timestamp"))
    return { dataType: "timestamp", sqlType: sqlTypeOf("timestamp") };
  return base;
}

/**
 * Strings of one load share a variant, so that the order of rows does not matter, but those that went to one before
 * go there again, or a record that did not change would be another one (M2). Other kinds have their own.
 */
function variantsOf(misfits: number, { hasVariant }: ColumnPlace): ReadonlyMap<DataType, number> {
  const variants = new Map<DataType, number>();
  const add = (dataType: DataType, kinds: number): void => {
    variants.set(dataType, (variants.get(dataType) ?? 0) | kinds);
  };
  let strings = misfits & STRINGS;
  for (const [kinds, homes] of STRING_HOMES) {
    const home = homes.find(hasVariant);
    if ((strings & kinds) === 0 || home === undefined) continue;
    add(home, strings & kinds);
    strings &= ~kinds;
  }
  if (strings !== 0) add(variantDataType(strings), strings);
  for (let kind: number = Kind.bool; kind < Kind.timestamp; kind <<= 1)
    if ((misfits & kind) !== 0) add(variantDataType(kind), kind);
  return variants;
}

/** Which variants take strings, the first one that is there. A wider one has what came with wider strings. */
const STRING_HOMES: readonly (readonly [kinds: number, homes: readonly DataType[]])[] = [
  [Kind.date, ["date", "timestamp", "text"]],
  [Kind.timestamp | Kind.timestampOther, ["timestamp", "text"]],
  [Kind.text, ["text"]],
];
