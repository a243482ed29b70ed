import type { ExitCode } from "../shared/exit-codes.js";
import type { ReportedError } from "./report.js";

/** What `dango check` found at one place. */
export interface CheckResult {
  readonly healthy: boolean;
  /** When it was looked at: ISO 8601, UTC. */
  readonly lastCheck: string;
  readonly exitCode: ExitCode;
  readonly error: ReportedError | null;
}

/** One resource: its first page, or its configured health check. */
export interface ResourceCheck extends CheckResult {
  readonly name: string;
  readonly status: "ok" | "empty" | "unavailable";
  /** Records of the first page; null where a health check was asked, or nothing came. */
  readonly records: number | null;
  /** What was asked, in words; null for TypeScript sources. */
  readonly request: string | null;
  readonly paginator: string | null;
  /** What a reader should know beside it; null: nothing. */
  readonly note: string | null;
  readonly seconds: number;
}

/** One source: healthy if all of its resources are. `error` is the first that one of them has. */
export interface SourceCheck extends CheckResult {
  readonly name: string;
  readonly resources: readonly ResourceCheck[];
}

/** The outcome of `dango check`. */
export interface CheckReport extends CheckResult {
  readonly warehouse: CheckResult & { readonly path: string; readonly freeBytes: number | null };
  readonly sources: readonly SourceCheck[];
}
