import type { ExitCode } from "../shared/exit-codes.js";
import type { ErrorType, SourceLocation } from "../shared/errors.js";

/** What one run did to one table; counts of this run, not of the table. */
export interface LoadedTable {
  readonly name: string;
  readonly fetched: number;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly discarded: number;
}

/**
 * Why records are not among the rows written. Because of the cursor: no value of it (`exclude`); before the start or
 * beyond the end of the interval; later than the moment at which the last window ends, so left to the next sync; brought by
 * two windows; in the warehouse already. Because of the key: null in it (`skip`); another record of the load has the same
 * one. Of scd2: another record of the load is the same version. Of `hard_delete`: it says that its row is gone.
 */
export type LeftOutReason =
  | "no_cursor"
  | "before_start"
  | "beyond_end"
  | "after_sync_began"
  | "repeated"
  | "already_loaded"
  | "null_key"
  | "same_key"
  | "same_version"
  | "hard_delete";

/** Records of one resource that were fetched but not written, for one reason. */
export interface LeftOut {
  readonly reason: LeftOutReason;
  readonly rows: number;
  /** The start or end that they lie outside of, in the words of the interval: `before 5`, `not after 5`. */
  readonly range?: string;
}

/** An error as `--json` shows it. */
export interface ReportedError {
  readonly type: ErrorType;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly location?: SourceLocation;
  readonly [fact: string]: unknown;
}

/** The outcome of one resource. */
export interface ResourceReport {
  readonly name: string;
  readonly status: "ok" | "failed" | "skipped";
  readonly exitCode: ExitCode;
  readonly error: ReportedError | null;
  /** What the load did, with the strategy if one applies: `merge (delete-insert)`. */
  readonly writeDisposition: string;
  /** What was chosen or configured, in words: `page_number (page from 1)`. */
  readonly paginator: string | null;
  /** The first request in words, for `--dry-run`; null for TypeScript sources. */
  readonly firstRequest: string | null;
  readonly requests: number;
  readonly retries: number;
  readonly pages: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly tables: readonly LoadedTable[];
  readonly schemaChanges: readonly string[];
  /** What the cursor and the keys left out and why; those `already_loaded` count as unchanged, the others as discarded. */
  readonly leftOut: readonly LeftOut[];
}

/** The outcome of one source. */
export interface SourceReport {
  readonly name: string;
  readonly dataset: string;
  readonly status: "ok" | "partial" | "failed" | "skipped";
  readonly exitCode: ExitCode;
  readonly loadId: string | null;
  readonly error: ReportedError | null;
  readonly resources: readonly ResourceReport[];
}

/** The outcome of a run: what `sync --json` prints (rules J). */
export interface RunReport {
  readonly runId: string;
  readonly status: "ok" | "partial" | "failed" | "skipped";
  readonly exitCode: ExitCode;
  readonly error: ReportedError | null;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly seconds: number;
  /** `--dry-run`: one page a resource was read, nothing was loaded. */
  readonly isDryRun: boolean;
  readonly sources: readonly SourceReport[];
}
