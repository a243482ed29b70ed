import { existsSync } from "node:fs";
import type { Clock } from "../../shared/async.js";
import type { PipelineChange, WarehouseTarget } from "../../model/warehouse.js";
import { withAttached } from "../attach.js";
import { readCatalog } from "../catalog.js";
import { openDuckDb, type DuckDb } from "../duckdb.js";
import { engineSettings } from "../engine-settings.js";
import { missingWarehouse } from "../missing-warehouse.js";
import { quoteTable } from "../quote.js";
import { writeSchema } from "../system/schema-document.js";
import { encodeState } from "../system/state-document.js";
import { createSystemRows, schemaHashOf } from "../system/system-rows.js";
import { checkUnchanged, createSystemTables, readSchemaDocument } from "../system/system-tables.js";

/**
 * Drops tables and writes a new state in one transaction; the state's version. It is a new version also where it says
 * the same as the one before, and what was there remains in the tables of states and schemas.
 */
export async function changePipeline(
  target: WarehouseTarget,
  change: PipelineChange,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<number> {
  if (!existsSync(target.path)) throw missingWarehouse(target.path);
  await using db = await openDuckDb({ config: engineSettings(target.tempDirectory), signal });
  const { path, lockWaitMs, onLockWait } = target;
  return await withAttached(db, { path, lockWaitMs, onLockWait, clock, signal, mode: "write" }, async () => {
    try {
      const value = await commitChange(db, target, change, clock);
      return { value, isCommitted: true };
    } catch (error) {
      await db.finish("ROLLBACK").catch(() => undefined);
      throw error;
    }
  });
}

async function commitChange(
  db: DuckDb,
  target: WarehouseTarget,
  { loadId, before, resources, dropped }: PipelineChange,
  clock: Clock,
): Promise<number> {
  await db.run("BEGIN TRANSACTION");
  const catalog = await readCatalog(db, target.dataset);
  await checkUnchanged(db, target, { before, catalog });
  const schemaBefore = await readSchemaDocument(db, target, catalog);
  await createSystemTables(db, target.dataset);
  for (const table of dropped) await db.run(`DROP TABLE ${quoteTable(target.dataset, table)}`);
  const now = new Date(clock.now()).toISOString();
  const rows = createSystemRows(db, target, { loadId, now });
  const schema =
    dropped.length === 0 ? undefined : writeSchema(schemaBefore, target.schema, { tables: [], dropped });
  if (schema !== undefined) await rows.addSchema(schema);
  const state = encodeState(before.state, resources, target);
  await rows.addState(state);
  await rows.addLoad(schemaHashOf(schemaBefore, schema));
  await db.finish("COMMIT");
  return state.version;
}
