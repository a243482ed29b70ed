import { existsSync } from "node:fs";
import type { Clock } from "../../shared/async.js";
import type { PastState, WarehouseTarget } from "../../model/warehouse.js";
import { readCatalog } from "../catalog.js";
import { quoteTable } from "../quote.js";
import { decodeState } from "../system/state-document.js";
import { readWarehouse } from "../read-warehouse.js";

/** Every state of the pipeline whose load was completed, newest first; none if there is no file. */
export async function readStates(
  target: WarehouseTarget,
  context: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<PastState[]> {
  if (!existsSync(target.path)) return [];
  const rows = await readWarehouse(target, context, async (db) => {
    const catalog = await readCatalog(db, target.dataset);
    const isKept = catalog.has("_dlt_pipeline_state") && catalog.has("_dlt_loads");
    return isKept ? db.rows(select(target), [target.pipeline]) : [];
  });
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
