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
