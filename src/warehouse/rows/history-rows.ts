import type { ColumnSource } from "../../model/load-plan.js";
import type { HistorySettings } from "../../model/resource.js";
import { keyValue } from "./check-keys.js";
import type { Catalog } from "../catalog.js";
import { stagedSignature } from "./content-signature.js";
import type { DuckDb } from "../duckdb.js";
import { findSource } from "./find-source.js";
import { insertRows, type InsertPlace } from "./insert-rows.js";
import { comparedKey, isKeyConverted, keyAsDlt, stagedKey, storedKey } from "./key-as-dlt.js";
import type { LoadWork } from "./load-work.js";
import { keepOneOfKey } from "./one-of-key.js";
import { isOfDlt, pairConverted } from "./pair-converted.js";
import { pairUnchanged } from "./pair-unchanged.js";
import { quoteName, quoteTable, quoteText } from "../quote.js";
import { isSelected, leftOutBetween, narrow, type RowSelection } from "./row-selection.js";
import { SYSTEM_COLUMNS } from "../system/system-columns.js";
import type { Applied } from "../system/table-counts.js";
import type { FamilyTable } from "./table-family.js";

type HistoryWork = LoadWork & { readonly root: FamilyTable };

/**
 * scd2: a row is kept in all its versions. A record whose content a version that holds has already changes nothing; any
 * other begins a new version. Versions that hold and that no record has end: all of them, or with a merge key those
 * whose key the load brings. Lists stay with the version that they belong to.
 */
export async function addVersions(
  db: DuckDb,
  place: InsertPlace,
  work: HistoryWork,
  { history, before }: { history: HistorySettings; before: Catalog },
): Promise<Applied> {
  const unique = { ...work, selection: await keepOneOfKey(db, work) };
  const selection = await keepOneOfContent(db, unique, history);
  const leftOut = leftOutBetween(work.selection, ["same_key", unique.selection], ["same_version", selection]);
  const boundary =
    history.boundaryTimestamp === undefined ? momentOf(place.loadId) : spellMoment(history.boundaryTimestamp);
  const active = history.activeTimestamp === undefined ? "NULL" : spellMoment(history.activeTimestamp);
  const target = { ...place, validity: { from: boundary, to: active } };
  const holding = `${work.staged.table}_holding`;
  const isStored = before.has(work.root.name.toLowerCase()) && !work.load.rebuild;
  const found = isStored ? await findHolding(db, place, work, { selection, active, holding }) : 0;
  if (found === 0) {
    const inserted = await insertRows(db, target, work.root, selection);
    return { inserted, deleted: new Map(), updated: 0, unchanged: undefined, leftOut };
  }
  const pairs = `${work.staged.table}_pairs`;
  const keys = versionKeys(work, history, (source) => keyValue(selection, source));
  const compared = {
    dataset: place.dataset,
    root: work.root,
    keys,
    isKeyOnly: keys.length > 0,
    isMany: true,
  };
  await pairUnchanged(db, compared, selection, { candidates: holding, name: pairs });
  const inDlt = { ...compared, keys: versionKeys(work, history, (source) => keyAsDlt(work, source)) };
  const { strangers } = await pairConverted(db, inDlt, selection, { candidates: holding, name: pairs });
  const unchanged = await narrow(db, selection, `s.rowid IN (SELECT rid FROM ${pairs})`, "unchanged");
  const fresh = await narrow(db, selection, `s.rowid NOT IN (SELECT rid FROM ${pairs})`, "fresh");
  const ended = `${work.staged.table}_ended`;
  const endedRows = await db.run(
    `CREATE OR REPLACE TEMP TABLE ${ended} AS
      SELECT id FROM ${holding} WHERE id NOT IN (SELECT id FROM ${pairs})`,
  );
  const updated = await countUpdated(db, place, work, { fresh, ended });
  const table = quoteTable(place.dataset, work.root.name);
  await db.run(
    `UPDATE ${table} SET ${validityColumn(work.root, "to")} = ${boundary}
      WHERE ${isHolding(work.root, "", active)} AND ${quoteName(SYSTEM_COLUMNS.id)} IN (SELECT id FROM ${ended})`,
  );
  const inserted = await insertRows(db, target, work.root, fresh);
  // A version that ended without another in its place counts as deleted, though its row stays.
  const warning = unchanged.rows > 0 ? undefined : describeStrangers(place, work, strangers);
  return { inserted, deleted: new Map([[work.root.name, endedRows]]), updated, unchanged, leftOut, warning };
}

/** That all records are others than dlt's rows is possible, but more likely something hides that they are the same (M8). */
function describeStrangers(
  { dataset }: InsertPlace,
  { root }: HistoryWork,
  strangers: number,
): string | undefined {
  if (strangers === 0) return undefined;
  const versions = strangers === 1 ? "the version" : `all ${String(strangers)} versions`;
  return (
    `no record equals a row of dlt in ${dataset}.${root.name}, so ${versions} that dlt began ended: ` +
    "if the records did not change, each is there twice now"
  );
}

/** Several records with one content, or one version, are one row. */
async function keepOneOfContent(
  db: DuckDb,
  work: HistoryWork,
  history: HistorySettings,
): Promise<RowSelection> {
  const { selection, root, staged } = work;
  if (selection.rows < 2) return selection;
  const [version] = versionKeys(work, history, (source) => keyValue(selection, source));
  const { signature, from } =
    version === undefined
      ? await stagedSignature(db, root, selection)
      : { signature: version.staged, from: `${staged.table} s` };
  const kept = `${staged.table}_distinct`;
  await db.run(
    `CREATE OR REPLACE TEMP TABLE ${kept} AS SELECT max(s.rowid) AS rid FROM ${from}
      WHERE ${isSelected(selection, "s.rowid")} GROUP BY ${signature}`,
  );
  return narrow(db, selection, `s.rowid IN (SELECT rid FROM ${kept})`, "versions");
}

/** Makes the table (`id`) of the stored versions that hold and that this load may end. */
async function findHolding(
  db: DuckDb,
  { dataset }: InsertPlace,
  work: HistoryWork,
  { selection, active, holding }: { selection: RowSelection; active: string; holding: string },
): Promise<number> {
  const { mergeKey: key } = work;
  const among = (valueOf: (source: ColumnSource) => string): string =>
    `${storedKey(key)} IN (SELECT ${stagedKey(key, valueOf)}
      FROM ${selection.staged.table} s WHERE ${isSelected(selection, "s.rowid")})`;
  const isInDlt = isKeyConverted(work, key)
    ? `(${isOfDlt(dataset)} AND ${among((source) => keyAsDlt(work, source))})`
    : "false";
  const isBrought =
    key.length === 0 ? "true" : `(${among((source) => keyValue(selection, source))} OR ${isInDlt})`;
  return db.run(
    `CREATE OR REPLACE TEMP TABLE ${holding} AS
      SELECT t.${quoteName(SYSTEM_COLUMNS.id)} AS id FROM ${quoteTable(dataset, work.root.name)} t
       WHERE ${isHolding(work.root, "t.", active)} AND ${isBrought}`,
  );
}

/**
 * SQL for: the version holds. dlt's ids are hashes of the content, so an old version may have the same one. What it wrote for
 * versions that hold stands in the schema, and may be another moment than the one configured now.
 */
function isHolding(root: FamilyTable, row: string, active: string): string {
  const to = `${row}${validityColumn(root, "to")}`;
  const column = root.plan.table.columns.find(({ validity }) => validity === "to");
  const stored = column?.hints?.["x-active-record-timestamp"];
  const moments = [active, ...(typeof stored === "string" ? [spellMoment(stored)] : [])];
  return `(${to} IS NULL OR ${to} IN (${moments.join(", ")}))`;
}

/** The column that says which version a record is, if the resource has one. */
function versionKeys(
  { load }: HistoryWork,
  { rowVersion }: HistorySettings,
  valueOf: (source: ColumnSource) => string,
): { staged: string; column: string }[] {
  const source = rowVersion === undefined ? undefined : findSource(load.plan, rowVersion);
  return source === undefined ? [] : comparedKey([source], valueOf);
}

/** Records that begin the next version of a row whose merge key, or else primary key, they share. */
async function countUpdated(
  db: DuckDb,
  { dataset }: InsertPlace,
  work: HistoryWork,
  { fresh, ended }: { fresh: RowSelection; ended: string },
): Promise<number> {
  const key = work.mergeKey.length > 0 ? work.mergeKey : work.primaryKey;
  if (key.length === 0 || fresh.rows === 0) return 0;
  const id = `t.${quoteName(SYSTEM_COLUMNS.id)}`;
  const followed = (valueOf: (source: ColumnSource) => string): string => {
    const isSame = comparedKey(key, valueOf).map(
      ({ staged, column }) => `t.${quoteName(column)} = ${staged}`,
    );
    return `SELECT s.rowid AS rid, ${id} AS id FROM ${fresh.staged.table} s
       JOIN ${quoteTable(dataset, work.root.name)} t ON ${isSame.join(" AND ")}
      WHERE ${isSelected(fresh, "s.rowid")} AND ${id} IN (SELECT id FROM ${ended})`;
  };
  const successions = [
    followed((source) => keyValue(fresh, source)),
    ...(isKeyConverted(work, key)
      ? [`${followed((source) => keyAsDlt(work, source))} AND ${isOfDlt(dataset)}`]
      : []),
  ];
  const [row] = await db.rows(
    `SELECT least(count(DISTINCT rid), count(DISTINCT id)) FROM (${successions.join(" UNION ALL ")})`,
  );
  return Number(row?.[0] ?? 0);
}

function validityColumn(root: FamilyTable, end: "from" | "to"): string {
  const column = root.plan.table.columns.find(({ validity }) => validity === end);
  if (column === undefined) throw new Error(`${root.name} has no column of validity`);
  return quoteName(column.name);
}

/** The moment of a load: its id is in seconds. */
function momentOf(loadId: string): string {
  const [seconds = "0", fraction = ""] = loadId.split(".");
  return `make_timestamptz(${seconds}${fraction.padEnd(6, "0").slice(0, 6)})`;
}

function spellMoment(iso: string): string {
  return `CAST(${quoteText(iso)} AS TIMESTAMPTZ)`;
}
