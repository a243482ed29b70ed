import type { Column, Table } from "../model/schema.js";
import { findColumn, type Catalog } from "./catalog.js";
import type { DuckDb } from "./duckdb.js";
import type { LoadWork } from "./load-work.js";
import { quoteName, quoteTable } from "./quote.js";
import { SYSTEM_COLUMNS } from "./system-columns.js";

/**
 * Makes the tables of a plan what the plan says. What is there already is left as it is, so that resources that
 * share a table may both bring the same change. Runs before any row of the tables is touched: DuckDB fails at the
 * commit when a table is altered after its rows were.
 */
export async function changeSchema(
  db: DuckDb,
  dataset: string,
  work: Pick<LoadWork, "load">,
  catalog: Catalog,
): Promise<void> {
  const { plan } = work.load;
  for (const { table } of plan.tables) {
    if (catalog.has(table.name.toLowerCase())) await addMissingColumns(db, dataset, table, catalog);
    else await createTable(db, dataset, table);
  }
  for (const change of plan.changes) {
    if (change.kind !== "widen_column") continue;
    const stored = findColumn(catalog, change.table, change.column.name);
    if (stored === undefined || stored.sqlType === change.column.sqlType) continue;
    await db.run(
      `ALTER TABLE ${quoteTable(dataset, change.table)}
        ALTER COLUMN ${quoteName(stored.name)} TYPE ${change.column.sqlType}`,
    );
  }
}

async function createTable(db: DuckDb, dataset: string, table: Table): Promise<void> {
  const columns = table.columns.map(
    (column) => `${quoteName(column.name)} ${column.sqlType}${column.nullable ? "" : " NOT NULL"}`,
  );
  await db.run(`CREATE TABLE ${quoteTable(dataset, table.name)} (${columns.join(", ")})`);
}

async function addMissingColumns(db: DuckDb, dataset: string, table: Table, catalog: Catalog): Promise<void> {
  const missing = table.columns.filter(({ name }) => findColumn(catalog, table.name, name) === undefined);
  for (const column of missing) await addColumn(db, dataset, table, column);
  if (missing.some(({ name }) => name === SYSTEM_COLUMNS.rootId))
    await fillRootIds(db, dataset, table, catalog);
}

/** Rows that are there have no value for it: it is never NOT NULL. */
async function addColumn(db: DuckDb, dataset: string, table: Table, column: Column): Promise<void> {
  await db.run(
    `ALTER TABLE ${quoteTable(dataset, table.name)} ADD COLUMN ${quoteName(column.name)} ${column.sqlType}`,
  );
}

/** A table that was appended to and is now merged into: its rows learn their root. Parents come before children. */
async function fillRootIds(db: DuckDb, dataset: string, table: Table, catalog: Catalog): Promise<void> {
  if (table.parent === undefined) return;
  const [rootId, id, parentId] = [SYSTEM_COLUMNS.rootId, SYSTEM_COLUMNS.id, SYSTEM_COLUMNS.parentId].map(
    quoteName,
  );
  const isBelowRoot = findColumn(catalog, table.parent, SYSTEM_COLUMNS.parentId) === undefined;
  await db.run(
    `UPDATE ${quoteTable(dataset, table.name)} SET ${rootId ?? ""} = p.${(isBelowRoot ? id : rootId) ?? ""}
       FROM ${quoteTable(dataset, table.parent)} p WHERE ${quoteTable(dataset, table.name)}.${parentId ?? ""} = p.${id ?? ""}`,
  );
}
