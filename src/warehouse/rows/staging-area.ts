import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDb } from "../duckdb.js";
import { quoteText } from "../quote.js";

/** Where the records of wide tables are staged: a file of small blocks, the default catalog from here on. */
export interface StagingArea {
  /** A directory for other files, removed by whoever removes the temporary directory that it is in. */
  readonly directory: string;
}

/**
 * Makes a file below `tempDirectory` the place where tables are staged. Temporary tables would be in memory in blocks of
 * 256 KiB, one or more a column. Nothing is logged: the file does not outlive the load.
 */
export async function openStagingArea(db: DuckDb, tempDirectory: string): Promise<StagingArea> {
  const directory = await mkdtemp(join(tempDirectory, "staging-"));
  const path = quoteText(join(directory, "staged.duckdb"));
  await db.run(`ATTACH ${path} AS staging (TYPE duckdb, RECOVERY_MODE no_wal_writes)`);
  await db.run("USE staging");
  return { directory };
}
