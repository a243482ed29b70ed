import type { DatasetSchema, Table } from "../../model/schema.js";
import type { Catalog } from "../catalog.js";
import type { DuckDb } from "../duckdb.js";
import { quoteTable } from "../quote.js";

/** A table that was dropped, with the rows that it had. */
export interface DroppedTable {
  readonly name: string;
  readonly rows: number;
}

/** Drops a root table and the tables of its lists, deepest first. */
export async function dropTables(
  db: DuckDb,
  dataset: string,
  root: string,
  { schema, catalog }: { schema: DatasetSchema; catalog: Catalog },
): Promise<DroppedTable[]> {
  const family = withDescendants(root, [...schema.tables.values()]).filter((name) =>
    catalog.has(name.toLowerCase()),
  );
  const dropped: DroppedTable[] = [];
  for (const name of [...family].reverse()) {
    const [row] = await db.rows(`SELECT count(*) FROM ${quoteTable(dataset, name)}`);
    await db.run(`DROP TABLE ${quoteTable(dataset, name)}`);
    dropped.unshift({ name, rows: Number(row?.[0] ?? 0) });
  }
  return dropped;
}

/** The table and, each behind its parent, those of the lists below it. */
export function withDescendants(name: string, tables: readonly Table[]): string[] {
  const children = tables.filter(({ parent }) => parent === name);
  return [name, ...children.flatMap((child) => withDescendants(child.name, tables))];
}
