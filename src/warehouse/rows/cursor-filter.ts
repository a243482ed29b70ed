import type { CursorValue } from "../../cursor/cursor-point.js";
import { DataError } from "../../shared/errors.js";
import type { ColumnSource } from "../../model/load-plan.js";
import type { LeftOut } from "../../model/report.js";
import type { IncrementalOptions } from "../../model/resource.js";
import type { ResourceLoad } from "../../model/warehouse.js";
import { columnValue } from "./column-value.js";
import type { CursorOrder } from "./cursor-class.js";
import type { DuckDb } from "../duckdb.js";
import { countDropped, countOutOfRange } from "./count-left-out.js";
import { decideOrder } from "./decide-order.js";
import { findSource } from "./find-source.js";
import { isSelected, narrow, type RowSelection } from "./row-selection.js";
import { findParentValues, stageParentBounds, type ParentBounds } from "./parent-bounds.js";
import { rangeRules, type RangeRule } from "./range-rules.js";
import { stagedValue } from "./stage-records.js";
import { isNumeric } from "../sql-type.js";
import { keysPresent } from "./keys-present.js";

/** What the cursor of a load came to. */
export interface CursorOutcome {
  readonly selection: RowSelection;
  /** The value to store, in the API's own spelling; undefined: it did not move. */
  readonly lastValue: CursorValue | undefined;
  /** The values to store for each value of the parent, by its key; undefined: one is stored for all. */
  readonly parentValues?: ReadonlyMap<string, CursorValue>;
  /** The rows that are not in `selection`, by reason. */
  readonly leftOut: readonly LeftOut[];
  /** Present when rows have the cursor: where it stands, how it compares, and the value that the load began from. */
  readonly cursor:
    | {
        readonly source: ColumnSource;
        readonly order: CursorOrder;
        readonly start: CursorValue | undefined;
        /** The furthest value that was loaded before: `start`, or with `lag` a value beyond it. */
        readonly known: CursorValue | undefined;
        /** Present where both differ from row to row. */
        readonly parents?: ParentBounds;
      }
    | undefined;
}

/**
 * Drops the rows outside the cursor's range (reference §3.2) and finds the new last value. Throws a DataError for
 * missing cursors (`on_cursor_value_missing: raise`) and for values that do not compare (rule I1).
 */
export async function filterByCursor(
  db: DuckDb,
  load: ResourceLoad,
  selection: RowSelection,
): Promise<CursorOutcome> {
  const { incremental } = load.options;
  if (incremental === undefined || incremental.isToken === true || selection.rows === 0) {
    return { selection, lastValue: undefined, cursor: undefined, leftOut: [] };
  }
  const source = findSource(load.plan, incremental.cursorPath);
  if (source === undefined) {
    const present = await handleMissing(db, load, { selection, missing: "true" });
    return { ...present, lastValue: undefined, cursor: undefined };
  }
  const staged = stagedValue(selection.staged, "s", source.path);
  const value = columnValue(staged, source.stagedType, source.column);
  const missing = await handleMissing(db, load, { selection, missing: `${staged} IS NULL` });
  const present = missing.selection;
  const { start, known, stored } = startOf(load, incremental);
  const shares = load.parents ?? [];
  const bounds = [
    ...(load.parents === undefined
      ? [start]
      : shares.flatMap(({ startValue, known }) => [startValue, known])),
    incremental.endValue,
    load.readUntil,
  ].filter((bound) => bound !== undefined);
  const order = await decideOrder(db, load, { selection: present, source, bounds });
  if (order === undefined) return { ...missing, lastValue: undefined, cursor: undefined };
  const key = order.keyOf(value, source.column.sqlType);
  const parents =
    load.parents === undefined
      ? undefined
      : await stageParentBounds(db, shares, { selection: present, order });
  const from = parents?.start ?? (start === undefined ? undefined : order.keyOfBound(start));
  const told = parents === undefined ? String(start) : "the value of their parent";
  const rules = rangeRules(load, incremental, { order, key, start: from, told });
  const kept = await narrow(db, present, rangeCondition(key, rules), "in_range");
  const outOfRange = kept === present ? [] : await countOutOfRange(db, load, { selection: present, rules });
  const leftOut = [...missing.leftOut, ...outOfRange];
  if (parents !== undefined) {
    const parentValues = await findLastOfParents(db, load, { selection: kept, source, key, parents });
    return {
      selection: kept,
      lastValue: undefined,
      parentValues,
      cursor: { source, order, start, known, parents },
      leftOut,
    };
  }
  const lastValue = await findLast(db, { selection: kept, source, key, incremental, stored, order });
  if (lastValue !== undefined && load.isSecret?.(String(lastValue)) === true)
    throw refuseSecret(load, incremental);
  return {
    selection: kept,
    lastValue,
    cursor: { source, order, start, known },
    leftOut,
  };
}

function startOf(
  load: ResourceLoad,
  incremental: IncrementalOptions,
): Record<"start" | "known" | "stored", CursorValue | undefined> {
  const isStateless =
    load.rebuild || incremental.endValue !== undefined || load.options.writeDisposition.kind === "replace";
  const stored = (isStateless ? undefined : load.cursor?.lastValue) ?? undefined;
  const known = stored ?? incremental.initialValue;
  const start = (stored === undefined ? undefined : load.startValue) ?? known;
  return { start, known, stored };
}

function refuseSecret({ options }: ResourceLoad, { cursorPath }: IncrementalOptions): DataError {
  return new DataError(
    `${options.name}: the last value of the cursor ${cursorPath} is a secret, which would be stored`,
    {
      hint: "take another field as cursor_path",
    },
  );
}

async function handleMissing(
  db: DuckDb,
  load: ResourceLoad,
  { selection, missing }: { selection: RowSelection; missing: string },
): Promise<Pick<CursorOutcome, "selection" | "leftOut">> {
  const { incremental, name } = load.options;
  if (incremental?.onCursorValueMissing === "include") return { selection, leftOut: [] };
  const left = await narrow(db, selection, `NOT (${missing})`, "with_cursor");
  const count = selection.rows - left.rows;
  if (count === 0) return { selection, leftOut: [] };
  if (incremental?.onCursorValueMissing === "exclude") {
    const rows = await countDropped(db, load, { selection, left });
    return { selection: left, leftOut: rows === 0 ? [] : [{ reason: "no_cursor", rows }] };
  }
  const [row] = await db.rows(
    `SELECT min(s.rowid) FROM ${selection.staged.table} s
      WHERE ${isSelected(selection, "s.rowid")} AND (${missing})`,
  );
  const rid = Number(row?.[0] ?? 0);
  const path = incremental?.cursorPath ?? "";
  throw new DataError(
    `${name}: the cursor ${path} is missing or null in ${String(count)} of ${String(selection.rows)} records, ` +
      `first in ${load.describeRow(rid)} (keys present: ${await keysPresent(db, selection.staged, rid)})`,
    {
      hint: "correct cursor_path, or set on_cursor_value_missing: include (load such records) or exclude (leave them out)",
      context: { resource: name, cursor_path: path, record: rid + 1 },
    },
  );
}

/** The rows to keep. Rows without a cursor are among them: those to leave out are gone already. */
function rangeCondition(key: string, rules: readonly RangeRule[]): string {
  if (rules.length === 0) return "true";
  return `${key} IS NULL OR (${rules.map(({ condition }) => condition).join(" AND ")})`;
}

/** The furthest value as the API spells it; undefined if it is no further than the stored one, or is not to be stored. */
async function findLast(
  db: DuckDb,
  facts: {
    selection: RowSelection;
    source: ColumnSource;
    key: string;
    incremental: IncrementalOptions;
    stored: CursorValue | undefined;
    order: CursorOrder;
  },
): Promise<CursorValue | undefined> {
  const { selection, source, key, incremental, stored, order } = facts;
  if (incremental.endValue !== undefined) return undefined;
  const furthest = incremental.lastValueFunc === "max" ? "max" : "min";
  const from = `FROM ${selection.staged.table} s WHERE ${isSelected(selection, "s.rowid")}`;
  const beyond = furthest === "max" ? ">" : "<";
  const isMoved = stored === undefined ? "true" : `f.key ${beyond} ${order.keyOfBound(stored)}`;
  const [row] = await db.rows(
    `WITH f AS (SELECT ${furthest}(${key}) AS key ${from})
     SELECT ${spelling(selection, source)} FROM f, ${selection.staged.table} s
      WHERE ${isSelected(selection, "s.rowid")} AND ${key} = f.key AND ${isMoved}
      ORDER BY s.rowid LIMIT 1`,
  );
  return asCursorValue(row?.[0], source);
}

/** The values to store for each value of the parent; none of them may be a secret. */
async function findLastOfParents(
  db: DuckDb,
  load: ResourceLoad,
  facts: { selection: RowSelection; source: ColumnSource; key: string; parents: ParentBounds },
): Promise<ReadonlyMap<string, CursorValue>> {
  const { incremental } = load.options;
  const found = new Map<string, CursorValue>();
  if (incremental === undefined || incremental.endValue !== undefined) return found;
  const values = await findParentValues(db, load.parents ?? [], {
    ...facts,
    bounds: facts.parents,
    spelling: spelling(facts.selection, facts.source),
    lastValueFunc: incremental.lastValueFunc,
  });
  for (const [parent, read] of values) {
    const value = asCursorValue(read, facts.source);
    if (value === undefined) continue;
    if (load.isSecret?.(String(value)) === true) throw refuseSecret(load, incremental);
    found.set(parent, value);
  }
  return found;
}

function asCursorValue(value: unknown, { hasEpochs }: ColumnSource): CursorValue | undefined {
  // Among moments, digits are what was sent as a number.
  if (hasEpochs === true && typeof value === "string" && /^-?\d+$/.test(value)) return Number(value);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  return typeof value === "string" || typeof value === "number" ? value : undefined;
}

/** The API's own spelling, or ISO 8601 of a value that was staged as an instant. */
function spelling(selection: RowSelection, source: ColumnSource): string {
  const staged = stagedValue(selection.staged, "s", source.spelledPath ?? source.path);
  if (source.spelledPath !== undefined) return staged;
  if (isNumeric(source.stagedType)) return staged;
  if (source.stagedType.startsWith("TIMESTAMP")) return `strftime(${staged}, '%Y-%m-%dT%H:%M:%S.%fZ')`;
  return `CAST(${staged} AS VARCHAR)`;
}
