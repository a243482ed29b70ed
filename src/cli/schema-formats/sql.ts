import type { Table } from "../../model/schema.js";
import { quoteName } from "../../warehouse/quote.js";

/** Statements that make the tables, empty, in DuckDB. */
export function renderSql(dataset: string, tables: readonly Table[]): string {
  const schema = quoteName(dataset);
  const statements = tables.map(({ name, columns }) => {
    const lines = columns.map(
      (column) => `  ${quoteName(column.name)} ${column.sqlType}${column.nullable ? "" : " NOT NULL"}`,
    );
    return `CREATE TABLE ${schema}.${quoteName(name)} (\n${lines.join(",\n")}\n);`;
  });
  return [`CREATE SCHEMA IF NOT EXISTS ${schema};`, ...statements].join("\n\n");
}
