import type { ColumnSource } from "../model/load-plan.js";
import { keyValue } from "./check-keys.js";
import type { Catalog } from "./catalog.js";
import { deleteFamilyRows } from "./descendants.js";
import type { DuckDb } from "./duckdb.js";
import { insertRows, type InsertPlace } from "./insert-rows.js";
import type { LoadWork } from "./load-work.js";
import { pairUnchanged } from "./pair-unchanged.js";
import { quoteName, quoteTable } from "./quote.js";
import { isSelected, narrow, type RowSelection } from "./row-selection.js";
import { SYSTEM_COLUMNS } from "./system-columns.js";
import type { Applied } from "./table-counts.js";
import type { FamilyTable } from "./table-family.js";

type MergeWork = LoadWork & { readonly root: FamilyTable };

/**
 * Merge by delete-insert: the last record of a primary key wins (M1), stored rows of the same keys are deleted with
 * their lists and the new ones inserted, but rows whose content is the same stay as they are, ids included (M2).
 */
export async function mergeRows(
  db: DuckDb,
  place: InsertPlace,
  work: MergeWork,
  before: Catalog,
): Promise<Applied> {
  const selection = await keepLastOfKey(db, work);
  const candidates = `${work.staged.table}_stored`;
  const isStored = before.has(work.root.name.toLowerCase()) && !work.load.rebuild;
  const found =
    isStored && selection.rows > 0 ? await findStored(db, place, work, { selection, candidates }) : 0;
  if (found === 0) {
    const inserted = await insertRows(db, place, work.root, selection);
    return { inserted, deleted: new Map(), updated: 0, unchanged: undefined };
  }
  const pairs = `${work.staged.table}_pairs`;
  const target = { dataset: place.dataset, root: work.root, keys: keyColumns(work, selection) };
  const unchangedRows = await pairUnchanged(db, target, selection, { candidates, name: pairs });
  const fresh = await narrow(db, selection, `s.rowid NOT IN (SELECT rid FROM ${pairs})`, "fresh");
  const outdated = `${work.staged.table}_outdated`;
  const outdatedRows = await db.run(
    `CREATE OR REPLACE TEMP TABLE ${outdated} AS
      SELECT id FROM ${candidates} WHERE id NOT IN (SELECT id FROM ${pairs})`,
  );
  const updated = await countUpdated(db, place, work, { fresh, outdated });
  const deleted =
    outdatedRows === 0
      ? new Map<string, number>()
      : await deleteFamilyRows(db, place.dataset, work.root, outdated);
  const inserted = await insertRows(db, place, work.root, fresh);
  const unchanged = { staged: work.staged, kept: pairs, rows: unchangedRows };
  return { inserted, deleted, updated, unchanged };
}

async function keepLastOfKey(db: DuckDb, work: MergeWork): Promise<RowSelection> {
  const { selection, primaryKey } = work;
  if (primaryKey.length === 0 || selection.rows < 2) return selection;
  const last = `${work.staged.table}_last`;
  const keys = primaryKey.map((source) => keyValue(selection, source));
  const isComplete = keys.map((key) => `${key} IS NOT NULL`).join(" AND ");
  const count = await db.run(
    `CREATE OR REPLACE TEMP TABLE ${last} AS
      SELECT max(s.rowid) AS rid FROM ${selection.staged.table} s
       WHERE ${isSelected(selection, "s.rowid")} AND ${isComplete} GROUP BY ${keys.join(", ")}`,
  );
  if (count === selection.rows) return selection;
  // Rows without a key are only here with `on_null_key: append`: none of them is another one's duplicate.
  return narrow(db, selection, `NOT (${isComplete}) OR s.rowid IN (SELECT rid FROM ${last})`, "unique");
}

/** Makes the table of the stored rows that share the primary key, or the merge key, with a record. */
async function findStored(
  db: DuckDb,
  place: InsertPlace,
  work: MergeWork,
  { selection, candidates }: { selection: RowSelection; candidates: string },
): Promise<number> {
  const matches = [work.primaryKey, work.mergeKey]
    .filter((key) => key.length > 0)
    .map((key) => {
      const stored = key.map(({ column }) => `t.${quoteName(column.name)}`).join(", ");
      const fresh = key.map((source) => keyValue(selection, source)).join(", ");
      return `SELECT t.${quoteName(SYSTEM_COLUMNS.id)} AS id FROM ${quoteTable(place.dataset, work.root.name)} t
        WHERE (${stored}) IN (SELECT ${key.length === 1 ? fresh : `(${fresh})`}
          FROM ${selection.staged.table} s WHERE ${isSelected(selection, "s.rowid")})`;
    });
  if (matches.length === 0) return 0;
  return db.run(`CREATE OR REPLACE TEMP TABLE ${candidates} AS ${matches.join(" UNION ")}`);
}

function keyColumns(work: MergeWork, selection: RowSelection): { staged: string; column: string }[] {
  const key = work.primaryKey.length > 0 ? work.primaryKey : work.mergeKey;
  return key.map((source: ColumnSource) => ({
    staged: keyValue(selection, source),
    column: source.column.name,
  }));
}

/** Records that take the place of an outdated row of their primary key. */
async function countUpdated(
  db: DuckDb,
  place: InsertPlace,
  work: MergeWork,
  { fresh, outdated }: { fresh: RowSelection; outdated: string },
): Promise<number> {
  const { primaryKey } = work;
  if (primaryKey.length === 0 || fresh.rows === 0) return 0;
  const stored = primaryKey.map(({ column }) => `t.${quoteName(column.name)}`).join(", ");
  const keys = primaryKey.map((source) => keyValue(fresh, source)).join(", ");
  const [row] = await db.rows(
    `SELECT count(*) FROM ${fresh.staged.table} s WHERE ${isSelected(fresh, "s.rowid")}
        AND (${keys}) IN (SELECT ${primaryKey.length === 1 ? stored : `(${stored})`}
          FROM ${quoteTable(place.dataset, work.root.name)} t
         WHERE t.${quoteName(SYSTEM_COLUMNS.id)} IN (SELECT id FROM ${outdated}))`,
  );
  return Number(row?.[0] ?? 0);
}
