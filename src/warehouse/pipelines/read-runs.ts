import { existsSync } from "node:fs";
import type { Clock } from "../../shared/async.js";
import type { PastRun, WarehouseTarget } from "../../model/warehouse.js";
import { withAttached } from "../attach.js";
import { readCatalog } from "../catalog.js";
import { openDuckDb } from "../duckdb.js";
import { engineSettings } from "../engine-settings.js";
import { quoteTable } from "../quote.js";

/** The runs of a source that committed something, newest first; none if there is no file. */
export async function readRuns(
  target: WarehouseTarget,
  source: string,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<PastRun[]> {
  if (!existsSync(target.path)) return [];
  await using db = await openDuckDb({ config: engineSettings(target.tempDirectory), signal });
  const { path, lockWaitMs, onLockWait } = target;
  const rows = await withAttached(
    db,
    { path, lockWaitMs, onLockWait, clock, signal, mode: "read" },
    async () => {
      const catalog = await readCatalog(db, target.dataset);
      const value = catalog.has("_dango_runs") ? await db.rows(select(target), [source]) : [];
      return { value, isCommitted: false };
    },
  );
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
