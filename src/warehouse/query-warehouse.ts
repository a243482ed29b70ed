import { existsSync } from "node:fs";
import { systemClock } from "../shared/async.js";
import { isDangoError, UsageError, WarehouseError } from "../shared/errors.js";
import { waitForLock } from "./attach.js";
import { openDuckDb, type DuckDb, type QueryResult, type SqlValue } from "./duckdb.js";
import { exclusive } from "./exclusive.js";
import { explainFailure } from "./rows/explain-failure.js";
import { missingWarehouse } from "./missing-warehouse.js";

/** How to ask: `params` are bound to `$1`, `$2`, … */
export interface QueryOptions {
  readonly params?: readonly SqlValue[];
  readonly lockWaitMs: number;
  readonly signal: AbortSignal;
  /** Told once, with who holds the file, when the waiting begins. */
  readonly onLockWait?: (reason: string) => void;
}

/**
 * Runs one SELECT (or SHOW, DESCRIBE, EXPLAIN) on the warehouse file, which is opened read-only and with no way out
 * to other files or the network. Values are exact: integers are `bigint`, decimals and times DuckDB's text.
 */
export async function queryWarehouse(path: string, sql: string, options: QueryOptions): Promise<QueryResult> {
  if (!existsSync(path)) throw missingWarehouse(path);
  const { lockWaitMs, signal, onLockWait } = options;
  return exclusive(path, async () => {
    try {
      await using db = await waitForLock({ path, lockWaitMs, clock: systemClock, signal, onLockWait }, () =>
        openDuckDb({ path, config: READ_ONLY, signal }),
      );
      await db.run("SET lock_configuration = true");
      await refuseOthers(db, sql);
      return await runQuery(db, sql, options.params ?? []);
    } catch (error) {
      signal.throwIfAborted();
      throw isDangoError(error) ? error : explainFailure(error, path);
    }
  });
}

const READ_ONLY = { access_mode: "READ_ONLY", enable_external_access: "false" };

async function refuseOthers(db: DuckDb, sql: string): Promise<void> {
  const classes = await asSqlError(() => db.classify(sql));
  if (classes.length === 1 && classes[0] !== "other") return;
  throw new UsageError(
    classes.length > 1
      ? `one statement at a time: this is ${String(classes.length)}`
      : "only statements that read can be run: SELECT, FROM, WITH, SHOW, DESCRIBE, SUMMARIZE, EXPLAIN",
    { hint: "to change data, open the file with DuckDB itself" },
  );
}

async function runQuery(db: DuckDb, sql: string, params: readonly SqlValue[]): Promise<QueryResult> {
  return asSqlError(() => db.query(sql, params));
}

/** DuckDB's own message about the statement, whole: it points at the place. */
async function asSqlError<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (isDangoError(error) || !(error instanceof Error)) throw error;
    if (error.message.includes("disabled by configuration")) throw refuseOutside(error);
    throw new WarehouseError(error.message.trimEnd(), "data", {
      hint: /prepared statement parameters|bind to parameter/.test(error.message)
        ? "give one --param for each of $1, $2, …, in their order"
        : "`dango pipeline show NAME` lists the tables and columns",
      cause: error,
    });
  }
}

/** Other files, other databases, extensions: whatever leads out of the warehouse. */
function refuseOutside(cause: Error): UsageError {
  const [what] = cause.message.replace(/^\w+ Error: /, "").split("\n", 1);
  return new UsageError(`the statement leads out of the warehouse: ${what ?? ""}`, {
    hint: "`dango sql` reads the warehouse and nothing else; `--output csv` or `json` writes rows to stdout",
    cause,
  });
}
