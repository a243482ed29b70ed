import type { Column, Table } from "../model/schema.js";
import { findColumn, type Catalog } from "./catalog.js";
import type { DuckDb } from "./duckdb.js";
import type { LoadWork } from "./rows/load-work.js";
import { quoteName, quoteTable } from "./quote.js";
import { spellStored } from "./rows/spell-stored.js";
import { SYSTEM_COLUMNS } from "./system/system-columns.js";

/**
 * Makes the tables of a plan what the plan says. What is there already is left as it is, so that resources that
 * share a table may both bring the same change. Returns the tables whose rows do not know their root yet, each parent
 * before its children: {@link fillRootIds} is to be called when no table is altered any more, for DuckDB fails at the
 * commit when a table is altered after its rows were touched.
 */
export async function changeSchema(
  db: DuckDb,
  dataset: string,
  work: Pick<LoadWork, "load">,
  catalog: Catalog,
): Promise<readonly Table[]> {
  const rootless: Table[] = [];
  for (const { table } of work.load.plan.tables) {
    const stored = catalog.get(table.name.toLowerCase());
    if (stored === undefined) {
      await createTable(db, dataset, table);
      continue;
    }
    const missing = table.columns.filter(({ name }) => findColumn(catalog, table.name, name) === undefined);
    for (const column of missing) await addColumn(db, dataset, table, column);
    if (missing.some(({ name }) => name === SYSTEM_COLUMNS.rootId)) rootless.push(table);
    for (const column of table.columns) await changeType(db, dataset, { table, column, catalog });
  }
  return rootless;
}

/** A table that was appended to and is now merged into: its rows learn their root. */
export async function fillRootIds(
  db: DuckDb,
  dataset: string,
  table: Table,
  catalog: Catalog,
): Promise<void> {
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

async function createTable(db: DuckDb, dataset: string, table: Table): Promise<void> {
  const columns = table.columns.map(
    (column) =>
      `${quoteName(column.name)} ${column.sqlType}${compressionOf(column)}${column.nullable ? "" : " NOT NULL"}`,
  );
  await db.run(`CREATE TABLE ${quoteTable(dataset, table.name)} (${columns.join(", ")})`);
}

/** Ids are all distinct, so DuckDB need not try what suits repeated text: a fifth of an insert (ADR 2). */
function compressionOf({ name }: Column): string {
  const ids: readonly string[] = [SYSTEM_COLUMNS.id, SYSTEM_COLUMNS.parentId, SYSTEM_COLUMNS.rootId];
  return ids.includes(name) ? " USING COMPRESSION fsst" : "";
}

/** Rows that are there have no value for it: it is never NOT NULL. */
async function addColumn(db: DuckDb, dataset: string, table: Table, column: Column): Promise<void> {
  await db.run(
    `ALTER TABLE ${quoteTable(dataset, table.name)} ADD COLUMN ${quoteName(column.name)} ${column.sqlType}`,
  );
}

/** The plan's type, also where another resource's plan was to bring it and was refused: values are staged for it. */
async function changeType(
  db: DuckDb,
  dataset: string,
  { table, column, catalog }: { table: Table; column: Column; catalog: Catalog },
): Promise<void> {
  const stored = findColumn(catalog, table.name, column.name);
  if (stored === undefined || stored.sqlType === column.sqlType) return;
  const name = quoteName(stored.name);
  const using = column.sqlType === "VARCHAR" ? ` USING ${spellStored(name, stored.sqlType)}` : "";
  await db.run(
    `ALTER TABLE ${quoteTable(dataset, table.name)} ALTER COLUMN ${name} TYPE ${column.sqlType}${using}`,
  );
}
