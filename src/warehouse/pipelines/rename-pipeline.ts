import { stringifyRecord } from "../../json/write-lossless.js";
import type { OtherPipeline, WarehouseTarget } from "../../model/warehouse.js";
import type { PipelineState } from "../../model/state.js";
import { readCatalog } from "../catalog.js";
import type { DuckDb } from "../duckdb.js";
import type { JsonObject } from "../system/json-document.js";
import { objectMember } from "../system/json-document.js";
import { quoteTable } from "../quote.js";
import { encodeState } from "../system/state-document.js";
import { readSchemaDocument, readState } from "../system/system-tables.js";

/** Gives the rows of a pipeline of dlt the target's names, in the newest state and schema too. Inside a transaction. */
export async function renamePipeline(
  db: DuckDb,
  target: WarehouseTarget,
  from: Pick<OtherPipeline, "pipeline" | "schema">,
): Promise<void> {
  if (from.pipeline === target.pipeline && from.schema === target.schema) return;
  const table = (name: string): string => quoteTable(target.dataset, name);
  const catalog = await readCatalog(db, target.dataset);
  const theirs = { ...target, pipeline: from.pipeline, schema: from.schema };
  const state = await readState(db, theirs, catalog);
  const schema = await readSchemaDocument(db, theirs, catalog);
  const {
    version,
    versionHash,
    state: text,
  } = encodeState(rename(state, from.schema, target), state.resources, target);
  await db.run(
    `UPDATE ${table("_dlt_pipeline_state")} SET state = $1, version_hash = $2 WHERE pipeline_name = $3 AND version = $4`,
    [text, versionHash, from.pipeline, version],
  );
  if (schema !== undefined) {
    await db.run(
      `UPDATE ${table("_dlt_version")} SET schema = $1 WHERE schema_name = $2 AND version_hash = $3`,
      [stringifyRecord({ ...schema, name: target.schema }), from.schema, String(schema["version_hash"])],
    );
  }
  const renames = [
    ["_dlt_pipeline_state", "pipeline_name", target.pipeline, from.pipeline],
    ["_dlt_version", "schema_name", target.schema, from.schema],
    ["_dlt_loads", "schema_name", target.schema, from.schema],
  ] as const;
  for (const [name, column, to, was] of renames)
    await db.run(`UPDATE ${table(name)} SET ${column} = $1 WHERE ${column} = $2`, [to, was]);
}

/** The state before `state`'s version, so that encoding gives that very version, with what is known under the new name. */
function rename(state: PipelineState, was: string, { schema }: WarehouseTarget): PipelineState {
  const { default_schema_name: byDefault, schema_names: names, ...document } = state.document;
  const named = (name: unknown): unknown => (name === was ? schema : name);
  const sources: JsonObject = objectMember(state.document, "sources");
  const renamed = Object.entries(sources).map(([name, source]) => [named(name), source]);
  return {
    ...state,
    version: state.version - 1,
    document: {
      ...document,
      default_schema_name: named(byDefault),
      schema_names: Array.isArray(names) ? names.map(named) : [],
      sources: Object.fromEntries(renamed) as JsonObject,
    },
  };
}
