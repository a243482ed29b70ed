import { DataError } from "../../shared/errors.js";
import type { ColumnSource } from "../../model/load-plan.js";
import type { ResourceLoad } from "../../model/warehouse.js";
import { columnValue } from "./column-value.js";
import type { DuckDb } from "../duckdb.js";
import { findKey } from "./find-source.js";
import { keysPresent } from "./keys-present.js";
import { isSelected, narrow, type RowSelection } from "./row-selection.js";
import { stagedValue } from "./stage-records.js";

/** The keys of a load's rows. */
export interface CheckedKeys {
  readonly selection: RowSelection;
  readonly primaryKey: readonly ColumnSource[];
  readonly mergeKey: readonly ColumnSource[];
}

/**
 * Finds the columns of primary and merge key, and sees to null keys (rule M1): an error that names the record, rows
 * to leave out (`on_null_key: skip`), or rows to keep (`append`). A merge key is never null.
 */
export async function checkKeys(
  db: DuckDb,
  load: ResourceLoad,
  selection: RowSelection,
): Promise<CheckedKeys> {
  const { options, plan } = load;
  if (selection.rows === 0) return { selection, primaryKey: [], mergeKey: [] };
  const primary = findKey(plan, options.primaryKey, (column) => column.primaryKey === true);
  const merge = findKey(plan, options.mergeKey, (column) => column.mergeKey === true);
  await refuseNulls(db, load, { selection, fields: options.mergeKey, sources: merge, kind: "merge" });
  const primaryKey = primary.filter((source) => source !== undefined);
  const mergeKey = merge.filter((source) => source !== undefined);
  if (options.primaryKey.length === 0 || options.onNullKey === "append") {
    return { selection, primaryKey: primaryKey.length === primary.length ? primaryKey : [], mergeKey };
  }
  if (options.onNullKey === "error") {
    await refuseNulls(db, load, { selection, fields: options.primaryKey, sources: primary, kind: "primary" });
    return { selection, primaryKey, mergeKey };
  }
  const complete = primary.map((source) => `${keyValue(selection, source)} IS NOT NULL`).join(" AND ");
  return { selection: await narrow(db, selection, complete, "with_key"), primaryKey, mergeKey };
}

/** The value of one part of a key, from the staged row `s`. */
export function keyValue(selection: RowSelection, source: ColumnSource | undefined): string {
  if (source === undefined) return "NULL";
  return columnValue(stagedValue(selection.staged, "s", source.path), source.stagedType, source.column);
}

async function refuseNulls(
  db: DuckDb,
  load: ResourceLoad,
  key: {
    selection: RowSelection;
    fields: readonly string[];
    sources: readonly (ColumnSource | undefined)[];
    kind: "primary" | "merge";
  },
): Promise<void> {
  const { selection, fields, sources, kind } = key;
  const { name } = load.options;
  for (const [index, source] of sources.entries()) {
    const [row] = await db.rows(
      `SELECT count(*), min(s.rowid) FROM ${selection.staged.table} s
        WHERE ${isSelected(selection, "s.rowid")} AND ${keyValue(selection, source)} IS NULL`,
    );
    const [count, rid] = [Number(row?.[0] ?? 0), Number(row?.[1] ?? 0)];
    if (count === 0) continue;
    const field = fields[index] ?? "";
    throw new DataError(
      `${name}: the ${kind} key ${field} is missing or null in ${String(count)} of ${String(selection.rows)} records, ` +
        `first in ${load.describeRow(rid)} (keys present: ${await keysPresent(db, selection.staged, rid)})`,
      {
        hint:
          kind === "primary"
            ? "correct primary_key, or set on_null_key: skip (leave such records out) or append (load them without a key)"
            : "correct merge_key",
        context: { resource: name, key: field, record: rid + 1 },
      },
    );
  }
}
