import type { CursorValue } from "../../cursor/cursor-point.js";
import { parseLossless } from "../../json/parse-lossless.js";
import { stringifyRecord } from "../../json/write-lossless.js";
import type { ParentCursors, PipelineState, ResourceState } from "../../model/state.js";
import type { WarehouseTarget } from "../../model/warehouse.js";
import type { Catalog } from "../catalog.js";
import type { DuckDb } from "../duckdb.js";
import { quoteTable, quoteText } from "../quote.js";

/**
 * Where cursors are kept that a child has for each value of its parent (rule I4): one row for each value. The state names, in
 * {@link PARENT_CURSORS}, the newest load whose rows count: rows of later loads belong to a state that was gone back
 * from, and without that member none counts.
 */
const TABLE = "_dango_parent_cursors";

/** The member of a resource's state that says up to which load its parents' cursors count. */
export const PARENT_CURSORS = "parent_cursors";

/** The state with the cursors of parents that count. */
export async function withParentCursors(
  db: DuckDb,
  target: WarehouseTarget,
  { state, catalog }: { readonly state: PipelineState; readonly catalog: Catalog },
): Promise<PipelineState> {
  const isKept = Object.values(state.resources).some(({ extra }) => newestLoad(extra) !== undefined);
  if (!isKept || !catalog.has(TABLE)) return state;
  const rows = await db.rows(
    `SELECT resource, cursor_path, parent, last_value, load_id FROM ${quoteTable(target.dataset, TABLE)}
      WHERE pipeline_name = $1`,
    [target.pipeline],
  );
  const found = new Map<string, Record<string, Map<string, CursorValue>>>();
  for (const [resource, path, parent, value, loadId] of rows.map((row) => row.map(String))) {
    const newest = newestLoad(state.resources[resource ?? ""]?.extra ?? {});
    if (newest === undefined || Number(loadId) > Number(newest)) continue;
    const paths = found.get(resource ?? "") ?? {};
    found.set(resource ?? "", paths);
    const cursors = (paths[path ?? ""] ??= new Map<string, CursorValue>());
    cursors.set(parent ?? "", readValue(value ?? ""));
  }
  const resources = Object.entries(state.resources).map(([name, resource]): [string, ResourceState] => {
    const parents: Readonly<Record<string, ParentCursors>> | undefined = found.get(name);
    return [name, parents === undefined ? resource : { ...resource, parents }];
  });
  return { ...state, resources: Object.fromEntries(resources) };
}

/** The cursors of one resource that a load has moved. */
export interface MovedCursors {
  readonly resource: string;
  readonly cursorPath: string;
  readonly loadId: string;
  /** By the parent's key. */
  readonly values: ReadonlyMap<string, CursorValue>;
  /** The member {@link PARENT_CURSORS} that the load began from; undefined: no stored cursor counts. */
  readonly newest: unknown;
}

/** Writes moved cursors in place of those before, and clears away what does not count. */
export async function writeParentCursors(
  db: DuckDb,
  { dataset, pipeline }: WarehouseTarget,
  moved: MovedCursors,
): Promise<void> {
  const { resource, cursorPath, loadId, values } = moved;
  const table = quoteTable(dataset, TABLE);
  await db.run(`CREATE TABLE IF NOT EXISTS ${table} (pipeline_name VARCHAR NOT NULL, resource VARCHAR NOT NULL,
    cursor_path VARCHAR NOT NULL, parent VARCHAR NOT NULL, last_value VARCHAR NOT NULL, load_id VARCHAR NOT NULL)`);
  const newest = newestLoad({ [PARENT_CURSORS]: moved.newest });
  const isStale = newest === undefined ? "true" : `CAST(load_id AS DOUBLE) > ${newest}`;
  const isOwn = "pipeline_name = $1 AND resource = $2";
  await db.run(`DELETE FROM ${table} WHERE ${isOwn} AND ${isStale}`, [pipeline, resource]);
  const entries = [...values];
  for (let at = 0; at < entries.length; at += BATCH) {
    const batch = entries.slice(at, at + BATCH);
    const keys = batch.map(([key]) => quoteText(key)).join(", ");
    await db.run(`DELETE FROM ${table} WHERE ${isOwn} AND cursor_path = $3 AND parent IN (${keys})`, [
      pipeline,
      resource,
      cursorPath,
    ]);
    const own = [pipeline, resource, cursorPath].map(quoteText).join(", ");
    const rows = batch.map(
      ([key, value]) =>
        `(${own}, ${quoteText(key)}, ${quoteText(stringifyRecord(value))}, ${quoteText(loadId)})`,
    );
    await db.run(`INSERT INTO ${table} VALUES ${rows.join(", ")}`);
  }
}

const BATCH = 500;

function newestLoad(extra: Readonly<Record<string, unknown>>): string | undefined {
  const value = extra[PARENT_CURSORS];
  return typeof value === "string" && /^\d+(\.\d+)?$/.test(value) ? value : undefined;
}

function readValue(text: string): CursorValue {
  const bytes = Buffer.from(text);
  return parseLossless(bytes, 0, bytes.length) as CursorValue;
}
