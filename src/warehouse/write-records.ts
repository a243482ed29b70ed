import { stringifyRecord } from "../json/write-lossless.js";
import type { LoadedTable } from "../model/report.js";
import type { Table } from "../model/schema.js";
import type { ResourceState } from "../model/state.js";
import type { SourceLoad, WarehouseTarget } from "../model/warehouse.js";
import type { DuckDb, SqlValue } from "./duckdb.js";
import type { JsonObject } from "./json-document.js";
import type { LoadWork } from "./load-work.js";
import { quoteTable } from "./quote.js";
import { SCHEMA_ENGINE_VERSION, writeSchema } from "./schema-document.js";
import { encodeState, STATE_ENGINE_VERSION } from "./state-document.js";
import { createIdTag } from "./insert-rows.js";

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
  const { load } = record;
  const now = new Date(record.committedAtMs).toISOString();
  const insert = async (table: string, values: readonly SqlValue[]): Promise<void> => {
    const marks = values.map((_, index) => `$${String(index + 1)}`).join(", ");
    await db.run(`INSERT INTO ${quoteTable(target.dataset, table)} VALUES (${marks})`, values);
  };
  const { schemaBefore, tables, dropped } = record;
  const schema = writeSchema(schemaBefore, target.pipeline, { tables, dropped });
  if (schema !== undefined) {
    const text = stringifyRecord(schema.document);
    const { version, versionHash } = schema;
    await insert("_dlt_version", [version, SCHEMA_ENGINE_VERSION, now, target.pipeline, versionHash, text]);
  }
  if (!load.isLimited) {
    const { version, versionHash, state } = encodeState(load.before.state, nextResources(record), target);
    const id = createIdTag(load.loadId, "_dlt_pipeline_state");
    const values = [version, STATE_ENGINE_VERSION, target.pipeline, state, now, versionHash, load.loadId, id];
    await insert("_dlt_pipeline_state", values);
  }
  const hashBefore = schemaBefore?.["version_hash"];
  const schemaHash = schema?.versionHash ?? (typeof hashBefore === "string" ? hashBefore : null);
  await insert("_dlt_loads", [load.loadId, target.pipeline, 0, now, schemaHash]);
  await writeRun(insert, record, now);
}

async function writeRun(
  insert: (table: string, values: readonly SqlValue[]) => Promise<void>,
  { load, counts }: LoadRecord,
  now: string,
): Promise<void> {
  const startedAt = new Date(load.startedAtMs).toISOString();
  const totals = sum([...counts.values()].flat());
  await insert("_dango_runs", [load.runId, load.source, load.loadId, startedAt, now, ...totals]);
  for (const [resource, tables] of counts) {
    for (const table of tables) {
      await insert("_dango_run_tables", [load.runId, load.source, resource, table.name, ...sum([table])]);
    }
  }
}

function sum(tables: readonly LoadedTable[]): number[] {
  const keys = ["fetched", "inserted", "updated", "deleted", "unchanged", "discarded"] as const;
  return keys.map((key) => tables.reduce((total, table) => total + table[key], 0));
}

/** The state of all resources: of those loaded the new one, of all others the one they had. */
function nextResources({ load, works }: LoadRecord): Record<string, ResourceState> {
  const loaded = works.map((work) => [work.name, nextState(work)] as const);
  return { ...load.before.state.resources, ...Object.fromEntries(loaded) };
}

function nextState({ load, lastValue }: LoadWork): ResourceState {
  const { incremental } = load.options;
  if (incremental === undefined || incremental.endValue !== undefined) return load.stateAfter;
  const path = incremental.cursorPath;
  const cursor = {
    initialValue: incremental.initialValue ?? load.cursor?.initialValue ?? null,
    lastValue: lastValue ?? load.cursor?.lastValue ?? null,
  };
  return { ...load.stateAfter, incremental: { ...load.stateAfter.incremental, [path]: cursor } };
}
