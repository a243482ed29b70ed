import type { DatasetSchema } from "../model/schema.js";
import type { Catalog } from "./catalog.js";
import type { DuckDb } from "./duckdb.js";
import { quoteTable } from "./quote.js";

/** Drops a root table and the tables of its lists, deepest first; their names. */
export async function dropTables(
  db: DuckDb,
  dataset: string,
  root: string,
  { schema, catalog }: { schema: DatasetSchema; catalog: Catalog },
): Promise<string[]> {
  const family = withDescendants(root, schema).filter((name) => catalog.has(name.toLowerCase()));
  for (const name of [...family].reverse()) await db.run(`DROP TABLE ${quoteTable(dataset, name)}`);
  return family;
}

function withDescendants(name: string, schema: DatasetSchema): string[] {
  const children = [...schema.tables.values()].filter((table) => table.parent === name);
  return [name, ...children.flatMap((child) => withDescendants(child.name, schema))];
}
