import type { OtherPipeline, WarehouseTarget } from "../../model/warehouse.js";
import type { Catalog } from "../catalog.js";
import type { DuckDb } from "../duckdb.js";
import { objectMember, parseDocument, type JsonObject } from "../system/json-document.js";
import { quoteTable } from "../quote.js";
import { decodeState } from "../system/state-document.js";
import { isSystemTable } from "../system/system-columns.js";

/** What dlt loaded last into a dataset, by pipeline and schema, newest first; what dango has taken over is left out. */
export async function readOtherPipelines(
  db: DuckDb,
  target: Pick<WarehouseTarget, "dataset">,
  catalog: Catalog,
): Promise<readonly OtherPipeline[]> {
  return readPipelines(db, target, catalog, await readTakenSchemas(db, target.dataset, catalog));
}

/** Every pipeline that loaded into a dataset with each of its schemas but those `left`, newest first. */
export async function readPipelines(
  db: DuckDb,
  target: Pick<WarehouseTarget, "dataset">,
  catalog: Catalog,
  left: ReadonlySet<string> = new Set(),
): Promise<readonly OtherPipeline[]> {
  if (!["_dlt_pipeline_state", "_dlt_loads", "_dlt_version"].every((name) => catalog.has(name))) return [];
  const rows = await db.rows(
    `SELECT s.pipeline_name, s.version, s.state
       FROM ${quoteTable(target.dataset, "_dlt_pipeline_state")} s
       JOIN ${quoteTable(target.dataset, "_dlt_loads")} l ON l.load_id = s._dlt_load_id AND l.status = 0
    QUALIFY row_number() OVER (PARTITION BY s.pipeline_name ORDER BY l.load_id DESC, s.version DESC) = 1
      ORDER BY l.load_id DESC`,
  );
  const found = rows.flatMap(([name, version, state]) =>
    schemaNamesOf(String(name), String(state), Number(version))
      .filter((schema) => !left.has(schema))
      .map((schema) => ({ pipeline: String(name), schema })),
  );
  // A schema is as long as its dataset is wide: none is read for a dataset that is dango's alone.
  if (found.length === 0) return [];
  const schemas = await readNewestSchemas(db, target.dataset);
  return found.map((one) => ({ ...one, tables: tablesOf(schemas.get(one.schema), catalog) }));
}

/** The schemas that dango loaded into. */
async function readTakenSchemas(db: DuckDb, dataset: string, catalog: Catalog): Promise<ReadonlySet<string>> {
  if (!catalog.has("_dango_runs")) return new Set();
  const rows = await db.rows(
    `SELECT DISTINCT schema_name FROM ${quoteTable(dataset, "_dlt_loads")}
      WHERE load_id IN (SELECT load_id FROM ${quoteTable(dataset, "_dango_runs")})`,
  );
  return new Set(rows.map(([name]) => String(name)));
}

/** None if the state cannot be read: another pipeline's fault must not stop this one. */
function schemaNamesOf(pipeline: string, state: string, version: number): readonly string[] {
  const names = documentOf(pipeline, state, version)?.["schema_names"];
  return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
}

function documentOf(pipeline: string, state: string, version: number): JsonObject | undefined {
  try {
    return decodeState(state, version, { pipeline, schema: pipeline }).document;
  } catch {
    return undefined;
  }
}

async function readNewestSchemas(db: DuckDb, dataset: string): Promise<Map<string, JsonObject | undefined>> {
  const rows = await db.rows(
    `SELECT schema_name, schema FROM ${quoteTable(dataset, "_dlt_version")}
    QUALIFY row_number() OVER (PARTITION BY schema_name ORDER BY version DESC, inserted_at DESC) = 1`,
  );
  return new Map(rows.map(([name, schema]) => [String(name), parseDocument(String(schema))]));
}

/** The tables of a schema that are in the dataset, by name; dlt also describes what it never made. */
function tablesOf(document: JsonObject | undefined, catalog: Catalog): readonly string[] {
  return Object.keys(objectMember(document, "tables"))
    .filter((name) => !isSystemTable(name) && catalog.has(name.toLowerCase()))
    .sort();
}
