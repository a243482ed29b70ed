import { existsSync } from "node:fs";
import type { Clock } from "../../shared/async.js";
import type { PastState, WarehouseTarget } from "../../model/warehouse.js";
import { withAttached } from "../attach.js";
import { readCatalog } from "../catalog.js";
import { openDuckDb } from "../duckdb.js";
import { engineSettings } from "../engine-settings.js";
import { quoteTable } from "../quote.js";
import { decodeState } from "../system/state-document.js";

/** Every state of the pipeline whose load was completed, newest first; none if there is no file. */
export async function readStates(
  target: WarehouseTarget,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<PastState[]> {
  if (!existsSync(target.path)) return [];
  await using db = await openDuckDb({ config: engineSettings(target.tempDirectory), signal });
  const { path, lockWaitMs, onLockWait } = target;
  const rows = await withAttached(
    db,
    { path, lockWaitMs, onLockWait, clock, signal, mode: "read" },
    async () => {
      const catalog = await readCatalog(db, target.dataset);
      const isKept = catalog.has("_dlt_pipeline_state") && catalog.has("_dlt_loads");
      return { value: isKept ? await db.rows(select(target), [target.pipeline]) : [], isCommitted: false };
    },
  );
  return rows.map(([version, state, loadId, createdAt]) => ({
    state: decodeState(String(state), Number(version), target),
    loadId: String(loadId),
    createdAt: String(createdAt),
  }));
}

function select({ dataset }: WarehouseTarget): string {
  return `SELECT s.version, s.state, s._dlt_load_id, s.created_at
    FROM ${quoteTable(dataset, "_dlt_pipeline_state")} s
   WHERE s.pipeline_name = $1
     AND s._dlt_load_id IN (SELECT load_id FROM ${quoteTable(dataset, "_dlt_loads")} WHERE status = 0)
   ORDER BY s.version DESC, s._dlt_load_id DESC`;
}
