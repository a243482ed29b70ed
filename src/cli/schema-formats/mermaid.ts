import type { Column, Table } from "../../model/schema.js";
import { linksOf } from "./table-links.js";

/** An entity relationship diagram for Mermaid, which has few characters for types and names of columns. */
export function renderMermaid(tables: readonly Table[]): string {
  const entities = tables.flatMap(({ name, columns }) => [
    `  ${quote(name)} {`,
    ...columns.map((column) => `    ${renderColumn(column)}`),
    "  }",
  ]);
  const links = linksOf(tables).map(
    ({ parent, child, list }) => `  ${quote(parent)} ${ONE_TO_MANY} ${quote(child)} : ${quote(list)}`,
  );
  return ["erDiagram", ...entities, ...links].join("\n");
}

/** Exactly one row of the parent, any number of the child's. */
const ONE_TO_MANY = ["||", "o{"].join("--");

function renderColumn(column: Column): string {
  const name = column.name.replace(/[^A-Za-z0-9_]/g, "_").replace(/^(?=[0-9])/, "_");
  const comment = name === column.name ? "" : ` ${quote(column.name)}`;
  return `${column.dataType} ${name}${keysOf(column)}${comment}`;
}

function keysOf({ name, primaryKey }: Column): string {
  const keys = [
    ...(primaryKey === true ? ["PK"] : []),
    ...(name === "_dlt_parent_id" ? ["FK"] : []),
    ...(name === "_dlt_id" ? ["UK"] : []),
  ];
  return keys.length === 0 ? "" : ` ${keys.join(", ")}`;
}

function quote(text: string): string {
  return `"${text.replaceAll('"', "'")}"`;
}
