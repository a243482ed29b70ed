import { EMPTY_STATE, type PipelineState } from "../../model/state.js";
import type { WarehouseSnapshot, WarehouseTarget } from "../../model/warehouse.js";
import { LockedError } from "../../shared/errors.js";
import type { Catalog } from "../catalog.js";
import type { DuckDb } from "../duckdb.js";
import { parseDocument, type JsonObject } from "./json-document.js";
import { quoteName, quoteTable, WAREHOUSE } from "../quote.js";
import { decodeState } from "./state-document.js";

/** Creates the dataset and the tables that dlt and dango keep for themselves, as far as they are missing. */
export async function createSystemTables(db: DuckDb, dataset: string): Promise<void> {
  await db.run(`CREATE SCHEMA IF NOT EXISTS ${WAREHOUSE}.${quoteName(dataset)}`);
  for (const [table, columns] of Object.entries(LAYOUT)) {
    await db.run(`CREATE TABLE IF NOT EXISTS ${quoteTable(dataset, table)} (${columns})`);
  }
}

/** The newest state of the pipeline whose load was completed. */
export async function readState(
  db: DuckDb,
  target: WarehouseTarget,
  catalog: Catalog,
): Promise<PipelineState> {
  if (!catalog.has("_dlt_pipeline_state") || !catalog.has("_dlt_loads")) return EMPTY_STATE;
  const [row] = await db.rows(
    `SELECT s.version, s.state
       FROM ${quoteTable(target.dataset, "_dlt_pipeline_state")} s
       JOIN ${quoteTable(target.dataset, "_dlt_loads")} l ON l.load_id = s._dlt_load_id AND l.status = 0
      WHERE s.pipeline_name = $1
      ORDER BY s.version DESC, l.load_id DESC
      LIMIT 1`,
    [target.pipeline],
  );
  return row === undefined ? EMPTY_STATE : decodeState(String(row[1]), Number(row[0]), target);
}

/** How many loads and changes the pipeline has committed. */
export async function countCommits(db: DuckDb, target: WarehouseTarget, catalog: Catalog): Promise<number> {
  if (!catalog.has("_dlt_loads")) return 0;
  const [row] = await db.rows(
    `SELECT count(*) FROM ${quoteTable(target.dataset, "_dlt_loads")} WHERE schema_name = $1`,
    [target.schema],
  );
  return Number(row?.[0] ?? 0);
}

/** Throws LockedError if the pipeline has committed since `before` was read. */
export async function checkUnchanged(
  db: DuckDb,
  target: WarehouseTarget,
  { before, catalog }: { readonly before: WarehouseSnapshot; readonly catalog: Catalog },
): Promise<void> {
  const { version } = await readState(db, target, catalog);
  const commits = await countCommits(db, target, catalog);
  if (version === before.state.version && commits === before.commits) return;
  throw new LockedError(
    `the pipeline ${target.pipeline} was changed meanwhile, by another sync or by \`dango pipeline\`; nothing was changed`,
    { hint: "run again" },
  );
}

/** True if dlt loaded into the schema: `_dango_runs` has the loads of dango. */
export async function hasLoadsOfDlt(db: DuckDb, target: WarehouseTarget, catalog: Catalog): Promise<boolean> {
  if (!catalog.has("_dlt_loads")) return false;
  const ours = catalog.has("_dango_runs")
    ? `SELECT load_id FROM ${quoteTable(target.dataset, "_dango_runs")}`
    : "SELECT ''";
  const rows = await db.rows(
    `SELECT 1 FROM ${quoteTable(target.dataset, "_dlt_loads")}
      WHERE schema_name = $1 AND load_id NOT IN (${ours}) LIMIT 1`,
    [target.schema],
  );
  return rows.length > 0;
}

/** The newest schema document of the pipeline; undefined: none. */
export async function readSchemaDocument(
  db: DuckDb,
  target: WarehouseTarget,
  catalog: Catalog,
): Promise<JsonObject | undefined> {
  if (!catalog.has("_dlt_version")) return undefined;
  const [row] = await db.rows(
    `SELECT schema FROM ${quoteTable(target.dataset, "_dlt_version")}
      WHERE schema_name = $1 ORDER BY version DESC, inserted_at DESC LIMIT 1`,
    [target.schema],
  );
  return row === undefined ? undefined : parseDocument(String(row[0]));
}

/** dlt's three tables exactly as dlt creates them (reference §6.5), and dango's two (rules J). */
const LAYOUT = {
  _dlt_loads: `load_id VARCHAR NOT NULL, schema_name VARCHAR, status BIGINT NOT NULL,
    inserted_at TIMESTAMP WITH TIME ZONE NOT NULL, schema_version_hash VARCHAR`,
  _dlt_version: `version BIGINT NOT NULL, engine_version BIGINT NOT NULL,
    inserted_at TIMESTAMP WITH TIME ZONE NOT NULL, schema_name VARCHAR NOT NULL, version_hash VARCHAR NOT NULL,
    schema VARCHAR NOT NULL`,
  _dlt_pipeline_state: `version BIGINT NOT NULL, engine_version BIGINT NOT NULL, pipeline_name VARCHAR NOT NULL,
    state VARCHAR NOT NULL, created_at TIMESTAMP WITH TIME ZONE NOT NULL, version_hash VARCHAR,
    _dlt_load_id VARCHAR NOT NULL, _dlt_id VARCHAR NOT NULL`,
  _dango_runs: `run_id VARCHAR NOT NULL, source VARCHAR NOT NULL, load_id VARCHAR NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL, committed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    fetched BIGINT NOT NULL, inserted BIGINT NOT NULL, updated BIGINT NOT NULL, deleted BIGINT NOT NULL,
    unchanged BIGINT NOT NULL, discarded BIGINT NOT NULL`,
  _dango_run_tables: `run_id VARCHAR NOT NULL, source VARCHAR NOT NULL, resource VARCHAR NOT NULL,
    name VARCHAR NOT NULL, fetched BIGINT NOT NULL, inserted BIGINT NOT NULL, updated BIGINT NOT NULL,
    deleted BIGINT NOT NULL, unchanged BIGINT NOT NULL, discarded BIGINT NOT NULL`,
} as const;
