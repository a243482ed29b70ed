import type { Column, Table } from "../../model/schema.js";
import { declaredLinksOf, linksOf } from "./table-links.js";

/** The tables and their links in DBML, with DuckDB's types. */
export function renderDbml(dataset: string, tables: readonly Table[]): string {
  const place = (table: string): string => `${quote(dataset)}.${quote(table)}`;
  const blocks = tables.map((table) => renderTable(place(table.name), table.columns));
  const own = linksOf(tables).map(
    ({ parent, child }) => `Ref: ${place(child)}."_dlt_parent_id" > ${place(parent)}."_dlt_id"`,
  );
  const declared = declaredLinksOf(tables).map(
    ({ table, columns, referencedTable, referencedColumns, cardinality }) =>
      `Ref: ${place(table)}.${list(columns)} ${signOf(cardinality)} ${place(referencedTable)}.${list(referencedColumns)}`,
  );
  const links = [...own, ...declared];
  return [...blocks, ...(links.length === 0 ? [] : [links.join("\n")])].join("\n\n");
}

function renderTable(name: string, columns: readonly Column[]): string {
  const key = columns.filter(({ primaryKey }) => primaryKey === true);
  const lines = columns.map((column) => {
    const settings = [
      ...(key.length === 1 && key[0] === column ? ["pk"] : []),
      ...(column.nullable ? [] : ["not null"]),
      ...(column.name === "_dlt_id" ? ["unique"] : []),
    ];
    const shown = settings.length === 0 ? "" : ` [${settings.join(", ")}]`;
    return `  ${quote(column.name)} ${quote(column.sqlType)}${shown}`;
  });
  const compound =
    key.length < 2
      ? []
      : ["", "  indexes {", `    (${key.map((column) => quote(column.name)).join(", ")}) [pk]`, "  }"];
  return [`Table ${name} {`, ...lines, ...compound, "}"].join("\n");
}

/** One column, or several in brackets. */
function list(columns: readonly string[]): string {
  const quoted = columns.map(quote);
  return quoted.length === 1 ? quoted.join("") : `(${quoted.join(", ")})`;
}

/** DBML's sign, which does not tell zero from one; without a declared cardinality the loosest. */
function signOf(cardinality = "many_to_many"): string {
  const [left, right] = cardinality.split("_to_").map((end) => end === "many");
  if (left === true) return right === true ? "<>" : ">";
  return right === true ? "<" : "-";
}

function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
