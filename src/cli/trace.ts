import type { LoadedTable, ReportedError, RunReport } from "../model/report.js";
import { isProcessAlive } from "../shared/process-identity.js";
import { reportFromJson } from "./report-from-json.js";
import type { TraceDocument } from "./trace-files.js";

/** What a trace says of one run of a pipeline. */
export interface Trace {
  readonly runId: string | null;
  /** When the run began: ISO 8601, UTC. */
  readonly startedAt: string;
  /** Null until the run ends. */
  readonly seconds: number | null;
  /** Of the pipeline's source, not of the whole run. `killed`: the process is gone and left no report. */
  readonly status: RunReport["status"] | "running" | "killed";
  readonly exitCode: number | null;
  readonly loadId: string | null;
  /** The first thing that failed. */
  readonly error: ReportedError | null;
  /** Of all tables together; null: nothing was committed, or it is not known yet. */
  readonly counts: Omit<LoadedTable, "name"> | null;
  readonly log: string | null;
  /** The process that runs, or ran. */
  readonly pid: number | null;
  /** The report with this source alone; null until the run ends. */
  readonly report: RunReport | null;
}

/** Reads a trace; a run whose process is gone was killed. */
export function describeTrace(document: TraceDocument): Trace {
  const log = typeof document["log"] === "string" ? document["log"] : null;
  const runId = typeof document["run_id"] === "string" ? document["run_id"] : null;
  const startedAt = String(document["started_at"]);
  if (document["status"] === "running") {
    const pid = Number(document["pid"]);
    const start = typeof document["pid_start"] === "string" ? document["pid_start"] : undefined;
    const status = isProcessAlive({ pid, start }) ? "running" : "killed";
    const unknown = { seconds: null, exitCode: null, loadId: null, error: null, counts: null, report: null };
    return { runId, startedAt, status, log, pid, ...unknown };
  }
  const report = reportFromJson(document);
  const [source] = report.sources;
  return {
    runId,
    startedAt,
    seconds: report.seconds,
    status: source?.status ?? report.status,
    exitCode: source?.exitCode ?? report.exitCode,
    loadId: source?.loadId ?? null,
    error: firstError(report),
    counts: (source?.loadId ?? null) === null ? null : sumCounts(report),
    log,
    pid: null,
    report,
  };
}

function firstError({ error, sources: [source] }: RunReport): ReportedError | null {
  const resource = source?.resources.find((one) => one.error !== null);
  return source?.error ?? resource?.error ?? error;
}

function sumCounts({ sources: [source] }: RunReport): Omit<LoadedTable, "name"> {
  const tables = (source?.resources ?? []).flatMap((resource) => resource.tables);
  const sum = (key: Exclude<keyof LoadedTable, "name">): number =>
    tables.reduce((total, table) => total + table[key], 0);
  return {
    fetched: sum("fetched"),
    inserted: sum("inserted"),
    updated: sum("updated"),
    deleted: sum("deleted"),
    unchanged: sum("unchanged"),
    discarded: sum("discarded"),
  };
}
