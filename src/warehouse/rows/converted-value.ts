import type { Column } from "../../model/schema.js";
import { isNumeric } from "../sql-type.js";

/**
 * One text for each column with its variants, the same for a value that dlt converted while it loaded (reference §5.4) and
 * for the one that it came from: `True` and `true` in a text, 7 and `"007"` in a column of integers.
 */
export function convertedValues(columns: readonly Column[], values: readonly string[]): string[] {
  const valueOf = new Map(columns.map((column, index) => [column.name, values[index] ?? "NULL"]));
  const isVariantOf = (column: Column, main: Column): boolean =>
    column.variant === true && column.name.startsWith(`${main.name}__v_`);
  const mains = columns.filter((column) => !columns.some((main) => isVariantOf(column, main)));
  return mains.map((main) => {
    const own = valueOf.get(main.name) ?? "NULL";
    const variants = columns.filter((column) => isVariantOf(column, main));
    const texts = variants.map((variant) => convert(valueOf.get(variant.name) ?? "NULL", variant, main));
    return `coalesce(${[spell(own, main), ...texts, "NULL"].join(", ")})`;
  });
}

function spell(value: string, { sqlType }: Column): string {
  const text = `CAST(${value} AS VARCHAR)`;
  return sqlType === "VARCHAR"
    ? `CASE WHEN ${text} IN ('True', 'False') THEN lower(${text}) ELSE ${text} END`
    : text;
}

/** A variant's value as dlt would have put it into the column itself; where it would not, the value's own text. */
function convert(value: string, variant: Column, main: Column): string {
  const text = `CAST(${value} AS VARCHAR)`;
  const converted = `CAST(${conversion(value, variant, main)} AS VARCHAR)`;
  return `coalesce(${converted}, ${text})`;
}

function conversion(value: string, variant: Column, { dataType, sqlType }: Column): string {
  const isText = variant.dataType === "text";
  if (dataType === "bool" && isNumeric(variant.sqlType)) return `(${value}) <> 0`;
  if (dataType === "bool" && isText) return `TRY_CAST(trim(${value}) AS BOOLEAN)`;
  if (dataType === "double" && isText) return `TRY_CAST(trim(${value}) AS DOUBLE)`;
  if (dataType === "bigint" && isText) {
    return `CASE WHEN regexp_full_match(trim(${value}), '[+-]?[0-9]+') THEN TRY_CAST(trim(${value}) AS ${sqlType}) END`;
  }
  return "NULL";
}
