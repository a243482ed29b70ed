import { keyValue } from "./check-keys.js";
import type { LeftOut } from "../../model/report.js";
import type { Catalog } from "../catalog.js";
import type { DuckDb } from "../duckdb.js";
import { insertRows, type InsertPlace } from "./insert-rows.js";
import { isKeyConverted, stagedKey } from "./key-as-dlt.js";
import type { LoadWork } from "./load-work.js";
import { pairByKey } from "./pair-by-key.js";
import { isOfDlt, pairConverted } from "./pair-converted.js";
import { pairUnchanged } from "./pair-unchanged.js";
import { quoteName, quoteTable } from "../quote.js";
import { isSelected, narrow, type RowSelection } from "./row-selection.js";
import { stagedValue } from "./stage-records.js";
import { columnValue } from "./column-value.js";
import { storedOfKey } from "./stored-of-key.js";
import { SYSTEM_COLUMNS } from "../system/system-columns.js";
import type { Applied } from "../system/table-counts.js";
import type { FamilyTable } from "./table-family.js";
import { valueAsDlt } from "./values-as-dlt.js";

/** Adds the records that the warehouse does not have yet (rule I2). */
export async function appendRows(
  db: DuckDb,
  place: InsertPlace,
  work: LoadWork & { readonly root: FamilyTable },
  before: Catalog,
): Promise<Applied> {
  let selection = work.selection;
  const known: RowSelection[] = [];
  let strangers = 0;
  const isStored = before.has(work.root.name.toLowerCase()) && !work.load.rebuild;
  const once = await dropRepeats(db, work, selection);
  const repeated = selection.rows - once.rows;
  selection = once;
  if (isStored && work.load.options.incremental !== undefined && selection.rows > 0) {
    for (const drop of [dropKnownKeys, dropKnownBoundary]) {
      const { left, strangers: ofDlt = 0 } = await drop(db, place, work, selection);
      strangers += ofDlt;
      if (left === selection) continue;
      const dropped = await narrow(
        db,
        selection,
        `NOT (${isSelected(left, "s.rowid")})`,
        `known_${String(known.length)}`,
      );
      known.push(dropped);
      selection = left;
    }
  }
  const inserted = await insertRows(db, place, work.root, selection);
  const unchanged = await union(db, known);
  const leftOut: LeftOut[] = [
    { reason: "repeated", rows: repeated },
    { reason: "already_loaded", rows: unchanged?.rows ?? 0 },
  ];
  const told = leftOut.filter(({ rows }) => rows > 0);
  const warning = describeStrangers(place, work, strangers);
  return { inserted, deleted: new Map(), updated: 0, unchanged, leftOut: told, warning };
}

/** What is left of a selection. */
interface Remainder {
  readonly left: RowSelection;
  /** Rows of dlt on the boundary that no record equals, if records on it were left. */
  readonly strangers?: number;
}

/** Such records may be those rows once more: nothing but a key would tell (rule M8). */
function describeStrangers(
  { dataset }: InsertPlace,
  { root }: LoadWork & { readonly root: FamilyTable },
  strangers: number,
): string | undefined {
  if (strangers === 0) return undefined;
  const rows = strangers === 1 ? "1 row of dlt in" : `${String(strangers)} rows of dlt in`;
  return (
    `records with the last cursor value were added that equal no row, and ${rows} ${dataset}.${root.name} ` +
    "with that value did not come again: if these are the same, they are there twice"
  );
}

/**
 * Rows between the value that the load began from and the last one stored (without `lag` these are the same), as often as
 * the warehouse has them with the same content.
 */
async function dropKnownBoundary(
  db: DuckDb,
  place: InsertPlace,
  work: LoadWork & { readonly root: FamilyTable },
  selection: RowSelection,
): Promise<Remainder> {
  const { cursor, root } = work;
  const { incremental } = work.load.options;
  const isOff = incremental?.primaryKey?.length === 0 || incremental?.endValue !== undefined;
  if (cursor === undefined || isOff || (cursor.start === undefined && cursor.parents === undefined))
    return { left: selection };
  const { source, order, parents, start, known = start } = cursor;
  const edges =
    parents === undefined
      ? [start, known].map((bound) => (bound === undefined ? "NULL" : order.keyOfBound(bound)))
      : [parents.start, parents.known];
  const [low = "", high = ""] = incremental?.lastValueFunc === "min" ? edges.reverse() : edges;
  const isKnown = (key: string): string => `${key} BETWEEN ${low} AND ${high}`;
  const { sqlType } = source.column;
  const value = columnValue(
    stagedValue(selection.staged, "s", source.path),
    source.stagedType,
    source.column,
  );
  const broughtKey = order.keyOf(value, sqlType);
  const boundary = await narrow(db, selection, isKnown(broughtKey), "boundary");
  if (boundary.rows === 0) return { left: selection };
  const candidates = `${work.staged.table}_stored`;
  const storedKey = order.keyOf(`t.${quoteName(source.column.name)}`, sqlType);
  const brought = (value: string): string =>
    `(SELECT ${value} FROM ${work.staged.table} s WHERE ${isSelected(boundary, "s.rowid")})`;
  // Rows of one content have one cursor.
  const isCandidate = parents === undefined ? isKnown(storedKey) : `${storedKey} IN ${brought(broughtKey)}`;
  const isInDlt = isSameInDlt(place, work, brought);
  const found = await db.run(
    `CREATE OR REPLACE TEMP TABLE ${candidates} AS SELECT ${quoteName(SYSTEM_COLUMNS.id)} AS id
       FROM ${quoteTable(place.dataset, root.name)} t
      WHERE ${isCandidate} OR ${isInDlt}`,
  );
  if (found === 0) return { left: selection };
  const pairs = `${work.staged.table}_pairs`;
  const target = { dataset: place.dataset, root, keys: [] };
  const exact = await pairUnchanged(db, target, boundary, { candidates, name: pairs });
  const converted = await pairConverted(db, target, boundary, { candidates, name: pairs });
  const { strangers } = converted;
  if (exact + converted.pairs === 0) return { left: selection, strangers };
  return {
    left: await narrow(db, selection, `s.rowid NOT IN (SELECT rid FROM ${pairs})`, "beyond"),
    strangers,
  };
}

/** SQL for a row of dlt whose cursor is one of those brought, as dlt stored it: 1700000000 in a column of moments. */
function isSameInDlt(
  { dataset }: InsertPlace,
  { root, cursor, staged }: LoadWork & { readonly root: FamilyTable },
  brought: (value: string) => string,
): string {
  const column = cursor?.source.column;
  if (column === undefined || root.plan.asDlt?.some((one) => one.column === column.name) !== true)
    return "false";
  const value = valueAsDlt(root, column, (path) => stagedValue(staged, "s", path));
  return `(${isOfDlt(dataset)} AND t.${quoteName(column.name)} IN ${brought(value)})`;
}

/**
 * With windows: two of them may both bring the rows on the value where they meet, and an API that takes no end brings them
 * again in every window. Of rows with one key and one cursor value the last received stays (rule I6).
 */
async function dropRepeats(
  db: DuckDb,
  { load, primaryKey, cursor }: LoadWork,
  selection: RowSelection,
): Promise<RowSelection> {
  const { incremental } = load.options;
  const isOff = incremental?.step === undefined || incremental.primaryKey?.length === 0;
  if (isOff || primaryKey.length === 0 || cursor === undefined || selection.rows < 2) return selection;
  const { source, order } = cursor;
  const value = columnValue(
    stagedValue(selection.staged, "s", source.path),
    source.stagedType,
    source.column,
  );
  const keys = [
    ...primaryKey.map((key) => keyValue(selection, key)),
    order.keyOf(value, source.column.sqlType),
  ];
  const last = `SELECT max(s.rowid) FROM ${selection.staged.table} s
     WHERE ${isSelected(selection, "s.rowid")} GROUP BY ${keys.join(", ")}`;
  return narrow(db, selection, `s.rowid IN (${last})`, "once");
}

/** With a primary key: rows without a cursor, and all rows of a backfill, whose key is there already. */
async function dropKnownKeys(
  db: DuckDb,
  place: InsertPlace,
  work: LoadWork & { readonly root: FamilyTable },
  selection: RowSelection,
): Promise<Remainder> {
  const { incremental } = work.load.options;
  const { primaryKey, cursor, root } = work;
  if (primaryKey.length === 0 || incremental?.primaryKey?.length === 0) return { left: selection };
  const isBackfill = incremental?.endValue !== undefined;
  if (!isBackfill && incremental?.onCursorValueMissing !== "include") return { left: selection };
  const isConcerned =
    isBackfill || cursor === undefined
      ? "true"
      : `${stagedValue(selection.staged, "s", cursor.source.path)} IS NULL`;
  if (isKeyConverted(work, primaryKey)) {
    const concerned = await narrow(db, selection, isConcerned, "concerned");
    const key = await keysKnownInDlt(db, place, { ...work, selection: concerned });
    return { left: await narrow(db, selection, `NOT (${isConcerned}) OR (${key}) IS NOT TRUE`, "new_keys") };
  }
  const isSame = primaryKey.map(
    (source) => `t.${quoteName(source.column.name)} = ${keyValue(selection, source)}`,
  );
  const condition = `NOT (${isConcerned}) OR NOT EXISTS (
    SELECT 1 FROM ${quoteTable(place.dataset, root.name)} t WHERE ${isSame.join(" AND ")})`;
  return { left: await narrow(db, selection, condition, "new_keys") };
}

/** SQL for: a record's key is that of a stored row, or of one that is a row of dlt (rule M8). */
async function keysKnownInDlt(
  db: DuckDb,
  { dataset }: InsertPlace,
  { root, primaryKey: key, selection, staged }: LoadWork & { readonly root: FamilyTable },
): Promise<string> {
  const candidates = `${staged.table}_of_key`;
  const name = `${staged.table}_key_pairs`;
  await db.run(`CREATE OR REPLACE TEMP TABLE ${candidates} AS ${storedOfKey(dataset, root, selection, key)}`);
  await pairByKey(db, dataset, { root, key, selection, candidates, name });
  const value = stagedKey(key, (source) => keyValue(selection, source));
  return `${value} IN (SELECT ${value} FROM ${staged.table} s WHERE s.rowid IN (SELECT rid FROM ${name}))`;
}

async function union(db: DuckDb, selections: readonly RowSelection[]): Promise<RowSelection | undefined> {
  const [first, second] = selections;
  if (first?.kept === undefined || second?.kept === undefined) return first;
  await db.run(`INSERT INTO ${first.kept} SELECT rid FROM ${second.kept}`);
  return { ...first, rows: first.rows + second.rows };
}
