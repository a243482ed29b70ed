import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Clock } from "../shared/async.js";
import type { DuckDb } from "./duckdb.js";
import { exclusive } from "./exclusive.js";
import { explainFailure, isLockFailure, lockedError } from "./rows/explain-failure.js";
import { quoteText, WAREHOUSE } from "./quote.js";

const LOCK_POLL_MS = 150;

/** Which file to hold, and for how long to wait for another process to let go of it. */
export interface AttachOptions {
  readonly path: string;
  readonly mode: "read" | "write";
  readonly lockWaitMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told once, with who holds the file, when the waiting begins. */
  readonly onLockWait?: ((reason: string) => void) | undefined;
}

/** What `action` made of the file: a new file in which nothing was committed is removed again. */
export interface AttachOutcome<T> {
  readonly value: T;
  readonly isCommitted: boolean;
}

/**
 * Holds the warehouse file while `action` runs, as the catalog `w`. Creates the folder and the file for writing.
 * Throws LockedError when another process holds it for longer than `lockWaitMs`; failures of DuckDB are explained.
 */
export async function withAttached<T>(
  db: DuckDb,
  options: AttachOptions,
  action: () => Promise<AttachOutcome<T>>,
): Promise<T> {
  return exclusive(options.path, async () => {
    let isNew = false;
    let isCommitted = false;
    let isRemoved = false;
    try {
      if (options.mode === "write") await mkdir(dirname(options.path), { recursive: true });
      isNew = await attach(db, options);
      try {
        const outcome = await action();
        isCommitted = outcome.isCommitted;
        return outcome.value;
      } finally {
        // While it is held: once it is let go of, another process may open it, and would load into a file that goes.
        if (isNew && !isCommitted) isRemoved = await removeDatabase(options.path);
        await detach(db);
      }
    } catch (error) {
      options.signal.throwIfAborted();
      throw explainFailure(error, options.path);
    } finally {
      // Where no file can be removed that is open.
      if (isNew && !isCommitted && !isRemoved) await removeDatabase(options.path);
    }
  });
}

/** Waits until `open` gets the file, or throws LockedError when `lockWaitMs` have passed. */
export async function waitForLock<T>(
  { path, lockWaitMs, clock, signal, onLockWait }: Omit<AttachOptions, "mode">,
  open: () => Promise<T>,
): Promise<T> {
  const startMs = clock.now();
  let isTold = false;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!isLockFailure(error)) throw error;
      const waitedMs = clock.now() - startMs;
      if (waitedMs >= lockWaitMs) throw lockedError(error, path, waitedMs);
      if (!isTold) onLockWait?.(lockedError(error, path, 0).message);
      isTold = true;
      await clock.sleep(Math.min(LOCK_POLL_MS, lockWaitMs - waitedMs), signal);
    }
  }
}

/** True if the file is one that this call made, and nobody else has loaded into. */
async function attach(db: DuckDb, options: AttachOptions): Promise<boolean> {
  const { path, mode } = options;
  const access = mode === "read" ? "READ_ONLY" : "READ_WRITE";
  for (;;) {
    const wasMissing = await waitForLock(options, async () => {
      const isMissing = !existsSync(path);
      await db.run(`ATTACH ${quoteText(path)} AS ${WAREHOUSE} (TYPE duckdb, ${access})`);
      return isMissing;
    });
    if (mode === "read") return false;
    // Another process may have made the file since it was missing, and it may have removed it while this one opened it.
    if (existsSync(path)) return wasMissing && (await isEmpty(db));
    await db.finish(`DETACH ${WAREHOUSE}`);
  }
}

async function isEmpty(db: DuckDb): Promise<boolean> {
  const kinds = ["duckdb_schemas", "duckdb_tables", "duckdb_views"].map(
    (kind) => `SELECT 1 FROM ${kind}() WHERE database_name = '${WAREHOUSE}' AND NOT internal`,
  );
  return (await db.rows(kinds.join(" UNION ALL "))).length === 0;
}

async function detach(db: DuckDb): Promise<void> {
  try {
    await db.finish(`DETACH ${WAREHOUSE}`);
  } catch {
    // Only the checkpoint can fail here (a full disk): what was committed is in the log, and closing lets go of the file.
  }
}

async function removeDatabase(path: string): Promise<boolean> {
  try {
    await rm(path, { force: true });
    await rm(`${path}.wal`, { force: true });
    return true;
  } catch {
    return false;
  }
}
