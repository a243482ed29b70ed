import type { LeftOut, LoadedTable } from "../../model/report.js";
import type { DroppedTable } from "../pipelines/drop-tables.js";
import { countRows } from "../rows/insert-rows.js";
import type { DuckDb } from "../duckdb.js";
import type { LoadWork } from "../rows/load-work.js";
import { selectAll, type RowSelection } from "../rows/row-selection.js";
import { listFamily } from "../rows/table-family.js";

/** What a disposition did, in rows. */
export interface Applied {
  /** Rows inserted, by table name. */
  readonly inserted: ReadonlyMap<string, number>;
  /** Rows deleted, by table name; of the root those that were replaced too. */
  readonly deleted: ReadonlyMap<string, number>;
  /** Records that replaced a stored row of their key. */
  readonly updated: number;
  /** Records that the warehouse had already, as they are. */
  readonly unchanged: RowSelection | undefined;
  /** What the disposition left out. */
  readonly leftOut?: readonly LeftOut[];
  /** What to look at, in words. */
  readonly warning?: string | undefined;
}

/** Nothing was done. */
export const NOTHING_APPLIED: Applied = {
  inserted: new Map(),
  deleted: new Map(),
  updated: 0,
  unchanged: undefined,
};

/**
 * The counts of a resource's tables, root first. Of the root, fetched = inserted + updated + unchanged + discarded:
 * a record that replaced a stored row counts as updated, and its old row is not among the deleted. Of a child table,
 * `fetched` are the list elements of all records, `inserted` and `deleted` the rows written and taken away.
 */
export async function countTables(db: DuckDb, work: LoadWork, applied: Applied): Promise<LoadedTable[]> {
  const { root, load } = work;
  if (root === undefined) return [emptyTable(load.options.tableName, load.discarded)];
  const inserted = (applied.inserted.get(root.name) ?? 0) - applied.updated;
  const unchanged = applied.unchanged?.rows ?? 0;
  const fetched = work.staged.rows + load.discarded;
  const tables: LoadedTable[] = [
    {
      name: root.name,
      fetched,
      inserted,
      updated: applied.updated,
      deleted: (applied.deleted.get(root.name) ?? 0) - applied.updated,
      unchanged,
      discarded: fetched - inserted - applied.updated - unchanged,
    },
  ];
  if (root.children.length === 0) return tables;
  const isWhole = inserted + applied.updated === work.staged.rows;
  const sent = isWhole ? applied.inserted : await countRows(db, root, selectAll(work.staged));
  const same =
    applied.unchanged === undefined || unchanged === 0
      ? undefined
      : await countRows(db, root, applied.unchanged);
  for (const { name } of listFamily(root).slice(1)) {
    const fetched = (sent.get(name) ?? 0) + lostOf(name, work);
    tables.push(countChild(name, applied, { fetched, unchanged: same?.get(name) ?? 0 }));
  }
  return tables;
}

/** The counts of a resource of which no record is left, and of the lists that a contract kept out with them. */
export function countNothing(work: LoadWork, name: string): LoadedTable[] {
  const lists = work.load.plan.tables
    .slice(1)
    .map(({ table }) => emptyTable(table.name, lostOf(table.name, work)));
  return [
    emptyTable(name, work.staged.rows + work.load.discarded),
    ...lists.filter(({ discarded }) => discarded > 0),
  ];
}

/** A table to which nothing happened. */
export function emptyTable(name: string, discarded = 0): LoadedTable {
  return { name, fetched: discarded, inserted: 0, updated: 0, deleted: 0, unchanged: 0, discarded };
}

/**
 * The counts of a resource whose tables were dropped to be rebuilt (M6): their rows are deleted ones, also those of
 * tables that did not come again.
 */
export function addDropped(tables: readonly LoadedTable[], dropped: readonly DroppedTable[]): LoadedTable[] {
  const rowsOf = new Map(dropped.map(({ name, rows }) => [name, rows]));
  const rebuilt = tables.map((table) => ({
    ...table,
    deleted: table.deleted + (rowsOf.get(table.name) ?? 0),
  }));
  const gone = dropped.filter(({ name }) => !tables.some((table) => table.name === name));
  return [...rebuilt, ...gone.map(({ name, rows }) => ({ ...emptyTable(name), deleted: rows }))];
}

function countChild(
  name: string,
  applied: Applied,
  { fetched, unchanged }: { readonly fetched: number; readonly unchanged: number },
): LoadedTable {
  const inserted = applied.inserted.get(name) ?? 0;
  const deleted = applied.deleted.get(name) ?? 0;
  return {
    name,
    fetched,
    inserted,
    updated: 0,
    deleted,
    unchanged,
    discarded: fetched - inserted - unchanged,
  };
}

/** Elements of a list that a contract left out before staging, also those below a row that it left out. */
function lostOf(name: string, { load }: LoadWork): number {
  return load.plan.lost.filter(({ table }) => table === name).reduce((sum, { count }) => sum + count, 0);
}
