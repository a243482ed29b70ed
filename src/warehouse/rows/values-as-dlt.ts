import type { DltSource } from "../../model/load-plan.js";
import type { Column } from "../../model/schema.js";
import { spellStored } from "./spell-stored.js";
import { dataColumns, rowValues, type FamilyTable } from "./table-family.js";

/**
 * The values of a record's data columns as dlt would have stored them (rule M8): where dlt converts, those that were staged
 * for it. `row` gives the staged value at a path.
 */
export function valuesAsDlt(table: FamilyTable, row: (path: readonly string[]) => string): string[] {
  return dataColumns(table).map((column) => valueAsDlt(table, column, row));
}

/** {@link valuesAsDlt} of one column. */
export function valueAsDlt(
  table: FamilyTable,
  column: Column,
  row: (path: readonly string[]) => string,
): string {
  const source = table.plan.asDlt?.find(({ column: name }) => name === column.name);
  const [own = "NULL"] = rowValues(table, [column], row);
  return asInserted(source === undefined ? own : castAsDlt(source, column, row), column);
}

/** The stored values of a row of dlt, `values`, as {@link valuesAsDlt} spells them. */
export function comparedWithDlt(columns: readonly Column[], values: readonly string[]): string[] {
  return values.map((value, index) => (columns[index]?.dataType === "json" ? respellJson(value) : value));
}

function castAsDlt(
  { path, storedType = "VARCHAR" }: DltSource,
  { sqlType }: Column,
  row: (path: readonly string[]) => string,
): string {
  if (path === undefined) return `CAST(NULL AS ${sqlType})`;
  const text = row(path);
  const stored = storedType.startsWith("DECIMAL")
    ? `CASE WHEN contains(${text}, 'E') THEN TRY_CAST(TRY_CAST(${text} AS DOUBLE) AS ${storedType})
            ELSE TRY_CAST(${text} AS ${storedType}) END`
    : `TRY_CAST(${text} AS ${storedType})`;
  if (storedType === sqlType) return stored;
  return sqlType === "VARCHAR" ? spellStored(stored, storedType) : `CAST(${stored} AS ${sqlType})`;
}

/** What becomes of a value on its way through the statement that dlt inserts it with. */
function asInserted(value: string, { dataType, sqlType }: Column): string {
  if (dataType === "json") return respellJson(value);
  if (sqlType === "DOUBLE") return readAsLiteral(value);
  return sqlType === "VARCHAR" ? `replace(${value}, chr(0), '')` : value;
}

function respellJson(value: string): string {
  return `CAST(json_extract(${value}, '$') AS VARCHAR)`;
}

/**
 * DuckDB reads a number without exponent in a statement as a decimal and divides: of some doubles with 16 digits and
 * more the last one changes.
 */
function readAsLiteral(value: string): string {
  const text = `CAST(${value} AS VARCHAR)`;
  const scale = `length(split_part(${text}, '.', 2))`;
  const digits = `TRY_CAST(replace(${text}, '.', '') AS BIGINT)`;
  const power = `pow(10::DOUBLE, ${scale})`;
  const unit = `CAST(${power} AS HUGEINT)`;
  return `CASE WHEN contains(${text}, 'e') OR ${digits} IS NULL THEN ${value}
               WHEN abs(${digits}) <= 9007199254740992 THEN CAST(${digits} AS DOUBLE) / ${power}
               ELSE CAST(${digits} // ${unit} AS DOUBLE) + CAST(${digits} % ${unit} AS DOUBLE) / ${power} END`;
}
