import type { Column, Table } from "../../model/schema.js";
import { declaredLinksOf, linksOf } from "./table-links.js";

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
  const declared = declaredLinksOf(tables).map(
    ({ table, columns, referencedTable, label, cardinality }) =>
      `  ${quote(table)} ${signOf(cardinality)} ${quote(referencedTable)} : ${quote(label ?? columns.join(", "))}`,
  );
  return ["erDiagram", ...entities, ...links, ...declared].join("\n");
}

/** Exactly one row of the parent, any number of the child's. */
const ONE_TO_MANY = ["||", "o{"].join("--");

/** Without a declared cardinality the loosest. */
function signOf(cardinality = "many_to_many"): string {
  const [left = "", right = ""] = cardinality.split("_to_");
  return `${LEFT_ENDS[left] ?? "}o"}--${RIGHT_ENDS[right] ?? "o{"}`;
}

const LEFT_ENDS: Readonly<Record<string, string>> = { zero: "|o", one: "||", many: "}o" };
const RIGHT_ENDS: Readonly<Record<string, string>> = { zero: "o|", one: "||", many: "o{" };

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
