import { existsSync } from "node:fs";
import type { Clock } from "../../shared/async.js";
import type { PastRun, WarehouseTarget } from "../../model/warehouse.js";
import { readCatalog } from "../catalog.js";
import { quoteTable } from "../quote.js";
import { readWarehouse } from "../read-warehouse.js";

/** The runs of a source that committed something, newest first; none if there is no file. */
export async function readRuns(
  target: WarehouseTarget,
  source: string,
  context: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<PastRun[]> {
  if (!existsSync(target.path)) return [];
  const rows = await readWarehouse(target, context, async (db) => {
    const catalog = await readCatalog(db, target.dataset);
    return catalog.has("_dango_runs") ? db.rows(select(target), [source]) : [];
  });
  return rows.map(([runId, loadId, startedAt, seconds, ...counts]) => {
    const [fetched = 0, inserted = 0, updated = 0, deleted = 0, unchanged = 0, discarded = 0] =
      counts.map(Number);
    return {
      runId: String(runId),
      loadId: String(loadId),
      startedAt: String(startedAt),
      seconds: Number(seconds),
      counts: { fetched, inserted, updated, deleted, unchanged, discarded },
    };
  });
}

function select({ dataset }: WarehouseTarget): string {
  return `SELECT run_id, load_id, strftime(started_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ'),
      date_diff('millisecond', started_at, committed_at) / 1000,
      fetched, inserted, updated, deleted, unchanged, discarded
    FROM ${quoteTable(dataset, "_dango_runs")} WHERE source = $1 ORDER BY started_at DESC, run_id DESC`;
}
