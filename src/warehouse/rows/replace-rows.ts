import type { Catalog } from "../catalog.js";
import type { DuckDb } from "../duckdb.js";
import { quoteTable } from "../quote.js";
import { listFamily, type FamilyTable } from "./table-family.js";

/** Empties all tables of a family that were there before the load; how many rows each had, by name. */
export async function emptyTables(
  db: DuckDb,
  dataset: string,
  root: FamilyTable,
  before: Catalog,
): Promise<Map<string, number>> {
  const deleted = new Map<string, number>();
  for (const { name } of listFamily(root)) {
    if (!before.has(name.toLowerCase())) continue;
    deleted.set(name, await db.run(`DELETE FROM ${quoteTable(dataset, name)}`));
  }
  return deleted;
}
