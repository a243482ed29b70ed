import type { LoadedTable } from "../../model/report.js";
import type { Table } from "../../model/schema.js";
import type { ResourceState } from "../../model/state.js";
import type { SourceLoad, WarehouseTarget } from "../../model/warehouse.js";
import type { DuckDb } from "../duckdb.js";
import type { JsonObject } from "../system/json-document.js";
import type { LoadWork } from "./load-work.js";
import { PARENT_CURSORS, writeParentCursors } from "./parent-cursors.js";
import { writeSchema } from "../system/schema-document.js";
import { encodeState } from "../system/state-document.js";
import { createSystemRows, schemaHashOf, type SystemRows } from "../system/system-rows.js";

/** What a load did, for the tables that remember it. */
export interface LoadRecord {
  readonly load: SourceLoad;
  readonly works: readonly LoadWork[];
  readonly counts: ReadonlyMap<string, readonly LoadedTable[]>;
  /** The tables as they are now. */
  readonly tables: readonly Table[];
  readonly dropped: readonly string[];
  readonly schemaBefore: JsonObject | undefined;
  readonly committedAtMs: number;
}

/** Writes state, schema version, load and run: the last statements before the commit. */
export async function writeRecords(db: DuckDb, target: WarehouseTarget, record: LoadRecord): Promise<void> {
  const { load, schemaBefore, tables, dropped } = record;
  const now = new Date(record.committedAtMs).toISOString();
  const rows = createSystemRows(db, target, { loadId: load.loadId, now });
  const schema = writeSchema(schemaBefore, target.schema, { tables, dropped });
  if (schema !== undefined) await rows.addSchema(schema);
  if (!load.isLimited) {
    const state = encodeState(load.before.state, nextResources(record), target);
    if (state.isChanged) await rows.addState(state);
    for (const work of record.works) await writeParents(db, target, { work, loadId: load.loadId });
  }
  await rows.addLoad(schemaHashOf(schemaBefore, schema));
  await writeRun(rows, record, now);
}

async function writeRun(rows: SystemRows, { load, counts }: LoadRecord, now: string): Promise<void> {
  const startedAt = new Date(load.startedAtMs).toISOString();
  const totals = sum([...counts.values()].flat());
  await rows.add("_dango_runs", [load.runId, load.source, load.loadId, startedAt, now, ...totals]);
  for (const [resource, tables] of counts) {
    for (const table of tables) {
      await rows.add("_dango_run_tables", [load.runId, load.source, resource, table.name, ...sum([table])]);
    }
  }
}

function sum(tables: readonly LoadedTable[]): number[] {
  const keys = ["fetched", "inserted", "updated", "deleted", "unchanged", "discarded"] as const;
  return keys.map((key) => tables.reduce((total, table) => total + table[key], 0));
}

/** The state of all resources: of those loaded the new one, of all others the one they had. */
function nextResources({ load, works }: LoadRecord): Record<string, ResourceState> {
  const loaded = works.map((work) => [work.name, nextState(work, load.loadId)] as const);
  return { ...load.before.state.resources, ...Object.fromEntries(loaded) };
}

/** Cursors of parents stand in a table; the state says which of them count. */
async function writeParents(
  db: DuckDb,
  target: WarehouseTarget,
  { work, loadId }: { readonly work: LoadWork; readonly loadId: string },
): Promise<void> {
  const { load, name, parentValues } = work;
  if (parentValues === undefined || parentValues.size === 0) return;
  await writeParentCursors(db, target, {
    resource: name,
    cursorPath: load.options.incremental?.cursorPath ?? "",
    loadId,
    values: parentValues,
    newest: load.stateAfter.extra[PARENT_CURSORS],
  });
}

function nextState({ load, lastValue, parentValues }: LoadWork, loadId: string): ResourceState {
  const { incremental } = load.options;
  if (incremental?.isPerParent === true) {
    const { extra } = load.stateAfter;
    const isMoved = parentValues !== undefined && parentValues.size > 0;
    return isMoved ? { ...load.stateAfter, extra: { ...extra, [PARENT_CURSORS]: loadId } } : load.stateAfter;
  }
  if (incremental === undefined || incremental.endValue !== undefined || incremental.isToken === true)
    return load.stateAfter;
  const path = incremental.cursorPath;
  const cursor = {
    initialValue: incremental.initialValue ?? load.cursor?.initialValue ?? null,
    // As in dlt, the first value stands until a record has one: lowering it later changes nothing.
    lastValue: lastValue ?? load.cursor?.lastValue ?? incremental.initialValue ?? null,
  };
  return { ...load.stateAfter, incremental: { ...load.stateAfter.incremental, [path]: cursor } };
}
