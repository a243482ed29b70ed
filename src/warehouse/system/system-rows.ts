import { stringifyRecord } from "../../json/write-lossless.js";
import type { WarehouseTarget } from "../../model/warehouse.js";
import type { DuckDb, SqlValue } from "../duckdb.js";
import { createIdTag } from "../rows/insert-rows.js";
import { quoteTable } from "../quote.js";
import { SCHEMA_ENGINE_VERSION, type SchemaVersion } from "./schema-document.js";
import { STATE_ENGINE_VERSION, type EncodedState } from "./state-document.js";

/** Adds rows to the tables that dlt and dango keep for themselves; all of one commit. */
export interface SystemRows {
  add(table: string, values: readonly SqlValue[]): Promise<void>;
  addSchema(schema: SchemaVersion): Promise<void>;
  addState(state: EncodedState): Promise<void>;
  /** Marks the load as complete. `schemaHash` is that of the schema's newest version; null: it has none. */
  addLoad(schemaHash: string | null): Promise<void>;
}

/** Writes for the load `loadId`; `now` is ISO 8601. */
export function createSystemRows(
  db: DuckDb,
  target: WarehouseTarget,
  { loadId, now }: { readonly loadId: string; readonly now: string },
): SystemRows {
  const { dataset, pipeline, schema } = target;
  const add: SystemRows["add"] = async (table, values) => {
    const marks = values.map((_, index) => `$${String(index + 1)}`).join(", ");
    await db.run(`INSERT INTO ${quoteTable(dataset, table)} VALUES (${marks})`, values);
  };
  return {
    add,
    addSchema: async ({ document, version, versionHash }) => {
      const text = stringifyRecord(document);
      await add("_dlt_version", [version, SCHEMA_ENGINE_VERSION, now, schema, versionHash, text]);
    },
    addState: async ({ version, versionHash, state }) => {
      const id = createIdTag(loadId, "_dlt_pipeline_state");
      const values = [version, STATE_ENGINE_VERSION, pipeline, state, now, versionHash, loadId, id];
      await add("_dlt_pipeline_state", values);
    },
    addLoad: (schemaHash) => add("_dlt_loads", [loadId, schema, 0, now, schemaHash]),
  };
}

/** The hash by which `_dlt_loads` names the schema's newest version. */
export function schemaHashOf(
  before: Readonly<Record<string, unknown>> | undefined,
  after: SchemaVersion | undefined,
): string | null {
  const hashBefore = before?.["version_hash"];
  return after?.versionHash ?? (typeof hashBefore === "string" ? hashBefore : null);
}
