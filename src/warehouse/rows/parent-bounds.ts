import type { ResourceLoad } from "../../model/warehouse.js";
import type { CursorValue } from "../../cursor/cursor-point.js";
import type { CursorOrder } from "./cursor-class.js";
import type { DuckDb } from "../duckdb.js";
import { isSelected, type RowSelection } from "./row-selection.js";

type ParentShares = NonNullable<ResourceLoad["parents"]>;

/** Where a cursor is kept for each value of the parent: SQL over a staged row `s`, null where a parent has no such bound. */
export interface ParentBounds {
  /** The temporary table (`rid`, `parent`, `start_key`, `known_key`, `is_stored`) of all staged rows. */
  readonly table: string;
  readonly start: string;
  readonly known: string;
}

/** Makes the table of the bounds of every staged row. */
export async function stageParentBounds(
  db: DuckDb,
  shares: ParentShares,
  { selection, order }: { readonly selection: RowSelection; readonly order: CursorOrder },
): Promise<ParentBounds> {
  const { table: staged } = selection.staged;
  const type = keyType(order, shares);
  const spell = (bound: CursorValue | undefined): string =>
    bound === undefined ? "NULL" : order.keyOfBound(bound);
  await db.run(
    `CREATE OR REPLACE TEMP TABLE ${staged}_shares
      (first_row BIGINT, parent BIGINT, start_key ${type}, known_key ${type}, is_stored BOOLEAN)`,
  );
  const numbers = numberKeys(shares);
  for (let at = 0; at < shares.length; at += BATCH) {
    const rows = shares.slice(at, at + BATCH).map(({ key, firstRow, startValue, known, isStored }) => {
      const parent = numbers.get(key) ?? 0;
      return `(${String(firstRow)}, ${String(parent)}, ${spell(startValue)}, ${spell(known)}, ${String(isStored)})`;
    });
    await db.run(`INSERT INTO ${staged}_shares VALUES ${rows.join(", ")}`);
  }
  const table = `${staged}_bounds`;
  // Of shares that begin at one row all but the last are empty.
  await db.run(
    `CREATE OR REPLACE TEMP TABLE ${table} AS
      SELECT r.rid, p.parent, p.start_key, p.known_key, p.is_stored
        FROM (SELECT CAST(rowid AS BIGINT) AS rid FROM ${staged}) r
        ASOF JOIN (SELECT first_row, last(parent ORDER BY number) AS parent,
                          last(start_key ORDER BY number) AS start_key, last(known_key ORDER BY number) AS known_key,
                          last(is_stored ORDER BY number) AS is_stored
                     FROM (SELECT *, rowid AS number FROM ${staged}_shares) GROUP BY first_row) p
          ON r.rid >= p.first_row`,
  );
  const boundOf = (column: string): string =>
    `(SELECT b.${column} FROM ${table} b WHERE b.rid = CAST(s.rowid AS BIGINT))`;
  return { table, start: boundOf("start_key"), known: boundOf("known_key") };
}

/** The furthest value of each parent in the API's spelling, by its key; those are left out that are no further than stored before. */
export async function findParentValues(
  db: DuckDb,
  shares: ParentShares,
  facts: {
    readonly bounds: ParentBounds;
    readonly selection: RowSelection;
    readonly key: string;
    readonly spelling: string;
    readonly lastValueFunc: "max" | "min";
  },
): Promise<ReadonlyMap<string, unknown>> {
  const { bounds, selection, key, spelling, lastValueFunc } = facts;
  const beyond = lastValueFunc === "max" ? ">" : "<";
  const rows = await db.rows(
    `WITH k AS (SELECT b.parent, b.known_key, b.is_stored, ${key} AS key, ${spelling} AS spelled, s.rowid AS rid
                  FROM ${selection.staged.table} s JOIN ${bounds.table} b ON b.rid = CAST(s.rowid AS BIGINT)
                 WHERE ${isSelected(selection, "s.rowid")} AND ${key} IS NOT NULL),
          f AS (SELECT parent, ${lastValueFunc}(key) AS key FROM k GROUP BY parent)
     SELECT k.parent, arg_min(k.spelled, k.rid) FROM k JOIN f USING (parent, key)
      WHERE k.known_key IS NULL OR k.key ${beyond} k.known_key OR (k.key = k.known_key AND NOT k.is_stored)
      GROUP BY k.parent`,
  );
  const keys = [...numberKeys(shares).keys()];
  return new Map(rows.map(([parent, value]) => [keys[Number(parent)] ?? "", value]));
}

const BATCH = 500;

function numberKeys(shares: ParentShares): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const { key } of shares) if (!numbers.has(key)) numbers.set(key, numbers.size);
  return numbers;
}

/** Integers compare exactly, and all numbers as such only if one of them is none. */
function keyType(order: CursorOrder, shares: ParentShares): string {
  if (order.class !== "number") return order.class === "instant" ? "TIMESTAMPTZ" : "VARCHAR";
  const bounds = shares.flatMap(({ startValue, known }) => [startValue, known]);
  const isInteger = bounds.every((bound) => bound === undefined || /^-?\d{1,38}$/.test(String(bound)));
  return isInteger ? "HUGEINT" : "DOUBLE";
}
