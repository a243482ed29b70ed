import type { Column, Table } from "../../model/schema.js";
import { linksOf } from "./table-links.js";

/** The tables and their links in DBML, with DuckDB's types. */
export function renderDbml(dataset: string, tables: readonly Table[]): string {
  const place = (table: string): string => `${quote(dataset)}.${quote(table)}`;
  const blocks = tables.map((table) => renderTable(place(table.name), table.columns));
  const links = linksOf(tables).map(
    ({ parent, child }) => `Ref: ${place(child)}."_dlt_parent_id" > ${place(parent)}."_dlt_id"`,
  );
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

function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
