import type { ResourceLoad } from "../../model/warehouse.js";
import { checkKeys, type CheckedKeys } from "./check-keys.js";
import { filterByCursor, type CursorOutcome } from "./cursor-filter.js";
import type { DuckDb } from "../duckdb.js";
import { createIdTag } from "./insert-rows.js";
import type { LeftOut } from "../../model/report.js";
import { narrow, selectAll, type RowSelection } from "./row-selection.js";
import type { StagingArea } from "./staging-area.js";
import { stageRecords, type StagedRecords } from "./stage-records.js";
import { growFamily, type FamilyTable } from "./table-family.js";

/** One resource, staged and checked: everything that can be refused without looking at the warehouse. */
export interface LoadWork {
  readonly load: ResourceLoad;
  readonly name: string;
  readonly staged: StagedRecords;
  /** Undefined for a resource that never had a row. */
  readonly root: FamilyTable | undefined;
  /** The records to load. */
  readonly selection: RowSelection;
  readonly cursor: CursorOutcome["cursor"];
  readonly lastValue: CursorOutcome["lastValue"];
  readonly parentValues?: CursorOutcome["parentValues"];
  /** What cursor and null keys left out. */
  readonly leftOut: readonly LeftOut[];
  readonly primaryKey: CheckedKeys["primaryKey"];
  readonly mergeKey: CheckedKeys["mergeKey"];
  readonly idTag: string;
}

/** Stages a resource and checks its cursors and keys. Throws what refuses it. */
export async function prepareWork(
  db: DuckDb,
  load: ResourceLoad,
  { loadId, index, area }: { loadId: string; index: number; area: StagingArea | undefined },
): Promise<LoadWork> {
  const staged = await stageRecords(db, load, { table: `staged_${String(index)}`, area });
  const all = selectAll(staged);
  const base = {
    load,
    name: load.options.name,
    staged,
    root: growFamily(load.plan),
    idTag: createIdTag(loadId, load.options.name),
  };
  if (load.options.writeDisposition.kind === "skip") {
    const none = await narrow(db, all, "false", "none");
    return {
      ...base,
      selection: none,
      cursor: undefined,
      lastValue: undefined,
      leftOut: [],
      primaryKey: [],
      mergeKey: [],
    };
  }
  const passedOver = load.passedOver ?? 0;
  const { selection, cursor, lastValue, parentValues, leftOut } = await filterByCursor(db, load, {
    ...all,
    rows: all.rows + passedOver,
  });
  const inRange =
    passedOver === 0 ? selection : await narrow(db, selection, `s.rowid < ${String(load.rows)}`, "own");
  const keys = await checkKeys(db, load, inRange);
  const withoutKey = inRange.rows - keys.selection.rows;
  const told = withoutKey === 0 ? leftOut : [...leftOut, { reason: "null_key" as const, rows: withoutKey }];
  return { ...base, ...keys, cursor, lastValue, parentValues, leftOut: told };
}
