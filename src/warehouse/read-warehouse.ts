import type { Clock } from "../shared/async.js";
import type { WarehouseTarget } from "../model/warehouse.js";
import { withAttached } from "./attach.js";
import { openDuckDb, type DuckDb } from "./duckdb.js";
import { engineSettings } from "./engine-settings.js";

/** What `action` finds in the warehouse file, which must exist and is only read. */
export async function readWarehouse<T>(
  target: Pick<WarehouseTarget, "path" | "tempDirectory" | "lockWaitMs" | "onLockWait">,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  action: (db: DuckDb) => Promise<T>,
): Promise<T> {
  await using db = await openDuckDb({ config: engineSettings(target.tempDirectory), signal });
  const { path, lockWaitMs, onLockWait } = target;
  return await withAttached(db, { path, lockWaitMs, onLockWait, clock, signal, mode: "read" }, async () => ({
    value: await action(db),
    isCommitted: false,
  }));
}
