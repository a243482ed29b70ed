import type { MergeStrategy } from "../../model/resource.js";
import { keyValue } from "./check-keys.js";
import type { Catalog } from "../catalog.js";
import { deleteFamilyRows } from "./descendants.js";
import type { DuckDb } from "../duckdb.js";
import { insertRows, type InsertPlace } from "./insert-rows.js";
import { comparedKey, isKeyConverted, keyAsDlt, stagedKey, storedKey } from "./key-as-dlt.js";
import type { LoadWork } from "./load-work.js";
import { keepOneOfKey, withoutDeletes } from "./one-of-key.js";
import { pairByKey } from "./pair-by-key.js";
import { pairConverted } from "./pair-converted.js";
import { pairUnchanged } from "./pair-unchanged.js";
import { quoteName, quoteTable } from "../quote.js";
import { isSelected, leftOutBetween, narrow, type RowSelection } from "./row-selection.js";
import { storedOfKey } from "./stored-of-key.js";
import { SYSTEM_COLUMNS } from "../system/system-columns.js";
import type { Applied } from "../system/table-counts.js";
import type { FamilyTable } from "./table-family.js";

type MergeWork = LoadWork & { readonly root: FamilyTable };

/**
 * Merge by key: the last record of a primary key wins (M1). `delete-insert` and `upsert` delete stored rows of the same
 * keys with their lists and insert the new ones, but rows whose content is the same stay as they are, ids included
 * (M2); under `upsert` the new row takes over the old one's id. `insert-only` leaves rows that are there alone.
 */
export async function mergeRows(
  db: DuckDb,
  place: InsertPlace,
  work: MergeWork,
  before: Catalog,
): Promise<Applied> {
  const unique = await keepOneOfKey(db, work);
  const selection = await withoutDeletes(db, work, unique);
  const leftOut = leftOutBetween(work.selection, ["same_key", unique], ["hard_delete", selection]);
  const candidates = `${work.staged.table}_stored`;
  const isStored = before.has(work.root.name.toLowerCase()) && !work.load.rebuild;
  const found =
    isStored && unique.rows > 0 ? await findStored(db, place, work, { selection: unique, candidates }) : 0;
  if (found === 0) {
    const inserted = await insertRows(db, place, work.root, selection);
    return { inserted, deleted: new Map(), updated: 0, unchanged: undefined, leftOut };
  }
  if (strategyOf(work) === "insert-only")
    return { ...(await insertMissing(db, place, work, { selection, candidates })), leftOut };
  const pairs = `${work.staged.table}_pairs`;
  const key = work.primaryKey.length > 0 ? work.primaryKey : work.mergeKey;
  const target = {
    dataset: place.dataset,
    root: work.root,
    keys: comparedKey(key, (source) => keyValue(selection, source)),
  };
  const exact = await pairUnchanged(db, target, selection, { candidates, name: pairs });
  const inDlt = { ...target, keys: comparedKey(key, (source) => keyAsDlt(work, source)) };
  const converted = await pairConverted(db, inDlt, selection, { candidates, name: pairs });
  const unchangedRows = exact + converted.pairs;
  const fresh = await narrow(db, selection, `s.rowid NOT IN (SELECT rid FROM ${pairs})`, "fresh");
  const outdated = `${work.staged.table}_outdated`;
  const outdatedRows = await db.run(
    `CREATE OR REPLACE TEMP TABLE ${outdated} AS
      SELECT id FROM ${candidates} WHERE id NOT IN (SELECT id FROM ${pairs})`,
  );
  const successors = await findSuccessors(db, place, work, { fresh, outdated });
  const deleted =
    outdatedRows === 0
      ? new Map<string, number>()
      : await deleteFamilyRows(db, place.dataset, work.root, outdated);
  const taken = strategyOf(work) === "upsert" && successors.count > 0 ? { takenIds: successors.name } : {};
  const inserted = await insertRows(db, { ...place, ...taken }, work.root, fresh);
  const unchanged = { staged: work.staged, kept: pairs, rows: unchangedRows };
  return { inserted, deleted, updated: successors.count, unchanged, leftOut };
}

/** Inserts the records whose key no stored row has. */
async function insertMissing(
  db: DuckDb,
  place: InsertPlace,
  work: MergeWork,
  { selection, candidates }: { selection: RowSelection; candidates: string },
): Promise<Applied> {
  const { root, primaryKey: key } = work;
  let known = `${stagedKey(key, (source) => keyValue(selection, source))} IN
    (SELECT ${storedKey(key)} FROM ${storedRows(place, work, candidates)})`;
  if (isKeyConverted(work, key)) {
    const name = `${work.staged.table}_pairs`;
    await pairByKey(db, place.dataset, { root, key, selection, candidates, name });
    known = `s.rowid IN (SELECT rid FROM ${name})`;
  }
  const unchanged = await narrow(db, selection, known, "known");
  const fresh = await narrow(db, selection, `(${known}) IS NOT TRUE`, "fresh");
  const inserted = await insertRows(db, place, work.root, fresh);
  return { inserted, deleted: new Map(), updated: 0, unchanged };
}

function strategyOf({ load }: MergeWork): MergeStrategy | undefined {
  const { writeDisposition } = load.options;
  return writeDisposition.kind === "merge" ? writeDisposition.strategy : undefined;
}

/** Makes the table of the stored rows that share the primary key, or the merge key, with a record. */
async function findStored(
  db: DuckDb,
  place: InsertPlace,
  work: MergeWork,
  { selection, candidates }: { selection: RowSelection; candidates: string },
): Promise<number> {
  const keys = [work.primaryKey, work.mergeKey].filter((key) => key.length > 0);
  if (keys.length === 0) return 0;
  const matches = keys.map((key) => storedOfKey(place.dataset, work.root, selection, key));
  return db.run(`CREATE OR REPLACE TEMP TABLE ${candidates} AS ${matches.join(" UNION ")}`);
}

/** Makes the table (`record`, `id`) of the records that take the place of an outdated row of their primary key. */
async function findSuccessors(
  db: DuckDb,
  place: InsertPlace,
  work: MergeWork,
  { fresh, outdated }: { fresh: RowSelection; outdated: string },
): Promise<{ readonly name: string; readonly count: number }> {
  const name = `${work.staged.table}_successors`;
  if (work.primaryKey.length === 0 || fresh.rows === 0) return { name, count: 0 };
  const isSame = work.primaryKey.map(
    (source) => `t.${quoteName(source.column.name)} = ${keyValue(fresh, source)}`,
  );
  const count = await db.run(
    `CREATE OR REPLACE TEMP TABLE ${name} AS
      SELECT s.rowid AS record, min(t.${quoteName(SYSTEM_COLUMNS.id)}) AS id
        FROM ${fresh.staged.table} s JOIN ${storedRows(place, work, outdated)} ON ${isSame.join(" AND ")}
       WHERE ${isSelected(fresh, "s.rowid")} GROUP BY s.rowid`,
  );
  return { name, count };
}

/** The stored rows `t` whose ids are in a temporary table. */
function storedRows({ dataset }: InsertPlace, { root }: MergeWork, ids: string): string {
  const id = quoteName(SYSTEM_COLUMNS.id);
  return `(SELECT * FROM ${quoteTable(dataset, root.name)} WHERE ${id} IN (SELECT id FROM ${ids})) t`;
}
