import { existsSync } from "node:fs";
import type { Clock } from "../shared/async.js";
import { EMPTY_SNAPSHOT, type WarehouseSnapshot, type WarehouseTarget } from "../model/warehouse.js";
import { readCatalog } from "./catalog.js";
import { withParentCursors } from "./rows/parent-cursors.js";
import { readOtherPipelines } from "./pipelines/read-other-pipelines.js";
import { readSchema } from "./system/schema-document.js";
import { countCommits, hasLoadsOfDlt, readSchemaDocument, readState } from "./system/system-tables.js";
import { readWarehouse } from "./read-warehouse.js";

/** Schema and state of one pipeline; opens the file only if there is one, and only to read. */
export async function readSnapshot(
  target: WarehouseTarget,
  context: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<WarehouseSnapshot> {
  if (!existsSync(target.path)) return EMPTY_SNAPSHOT;
  return await readWarehouse(target, context, async (db) => {
    const catalog = await readCatalog(db, target.dataset);
    const stored = await readState(db, target, catalog);
    const state = await withParentCursors(db, target, { state: stored, catalog });
    const document = await readSchemaDocument(db, target, catalog);
    const tables = readSchema(catalog, document);
    const schema = { ...tables, hasRowsOfDlt: await hasLoadsOfDlt(db, target, catalog) };
    const exists = document !== undefined || state.version > 0 || schema.tables.size > 0;
    const commits = await countCommits(db, target, catalog);
    const others = await readOtherPipelines(db, target, catalog);
    return { exists, schema, state, commits, others };
  });
}
