import type { DuckDb } from "./duckdb.js";
import { memoryLimit, type MeasuredLoad } from "./engine-settings.js";

/** Runs an action that can be run again after it failed. */
export type Rerun = <T>(action: () => Promise<T>) => Promise<T>;

const MOST_ATTEMPTS = 5;
const OUT_OF_MEMORY =
  /^Out of Memory Error|: Failed to commit: (could not allocate|failed to (allocate|pin))/;

/**
 * Limits are measured, and may be too low for what nobody measured: an action that runs out of memory is run again with
 * twice the limit, which stays for those after it. More than is usual is better than a load that fails.
 */
export function growMemory(db: DuckDb, loads: readonly MeasuredLoad[], hasLargeBlocks = false): Rerun {
  let attempt = 0;
  return async (action) => {
    for (;;) {
      try {
        return await action();
      } catch (error) {
        attempt += 1;
        if (!isOutOfMemory(error) || attempt >= MOST_ATTEMPTS) throw error;
        await db.run(`SET memory_limit = '${memoryLimit(loads, { attempt, hasLargeBlocks })}'`);
      }
    }
  };
}

function isOutOfMemory(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return OUT_OF_MEMORY.test(error.message) || isOutOfMemory(error.cause);
}
