import { findPipeline } from "../../engine/pipelines/find-pipeline.js";
import { pipelineTarget } from "../../engine/pipelines/pipeline-parts.js";
import type { LoadedTable, RunReport } from "../../model/report.js";
import type { PastRun } from "../../model/warehouse.js";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import type { CommandContext } from "../command-context.js";
import { listenForInterruption } from "../interruption.js";
import { formatJson } from "../json-text.js";
import { openPipelines } from "../pipeline-access.js";
import { errorToJson, SCHEMA_VERSION } from "../report-json.js";
import { describeTrace, type Trace } from "../trace.js";
import { readTraces } from "../trace-files.js";
import { formatCount, formatTextTable, type TextColumn } from "../text-table.js";

/** The flags of `dango pipeline runs`. */
export interface PipelineRunsFlags {
  readonly name: string;
  readonly last: number;
  readonly json: boolean;
}

const COUNTS = ["fetched", "inserted", "updated", "deleted", "unchanged", "discarded"] as const;

/** `dango pipeline runs NAME`: runs by their traces, and by `_dango_runs` where the trace is gone (rule R7). */
export async function pipelineRunsCommand(
  context: CommandContext,
  flags: PipelineRunsFlags,
): Promise<ExitCode> {
  using interruption = listenForInterruption();
  const { project, parts } = await openPipelines(context, interruption.signal);
  const config = await findPipeline(parts, flags.name);
  const committed = await parts.warehouse.readRuns(
    pipelineTarget(parts, config),
    config.name,
    interruption.signal,
  );
  const traces = readTraces(project.root, config.name).map((document) => describeTrace(document));
  const runs = mergeRuns(traces, committed).slice(0, flags.last);
  if (flags.json) {
    const document = { schema_version: SCHEMA_VERSION, name: config.name, dataset: config.datasetName };
    context.terminal.out(formatJson({ ...document, runs: runs.map(toJson) }));
    return EXIT.ok;
  }
  context.terminal.out(runs.length === 0 ? `The pipeline ${config.name} has no runs` : renderText(runs));
  return EXIT.ok;
}

/** One run, from its trace, its row in the warehouse, or both. */
interface Run {
  readonly runId: string | null;
  readonly startedAt: string;
  readonly seconds: number | null;
  readonly status: RunReport["status"] | "running" | "killed" | "committed";
  readonly exitCode: number | null;
  readonly loadId: string | null;
  readonly error: Trace["error"];
  readonly counts: Omit<LoadedTable, "name"> | null;
  readonly log: string | null;
}

/** Newest first. A run whose trace is gone is known to have committed, and no more. */
function mergeRuns(traces: readonly Trace[], committed: readonly PastRun[]): Run[] {
  const rowOf = new Map(committed.map((row) => [row.runId, row]));
  const traced = traces.map((trace): Run => {
    const row = trace.runId === null ? undefined : rowOf.get(trace.runId);
    return {
      ...trace,
      loadId: trace.loadId ?? row?.loadId ?? null,
      counts: trace.counts ?? row?.counts ?? null,
    };
  });
  const known = new Set(traces.map(({ runId }) => runId));
  const untraced = committed
    .filter(({ runId }) => !known.has(runId))
    .map((row): Run => ({ ...row, status: "committed", exitCode: null, error: null, log: null }));
  return [...traced, ...untraced].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

function toJson(run: Run): Record<string, unknown> {
  return {
    run_id: run.runId,
    started_at: run.startedAt,
    seconds: run.seconds,
    status: run.status,
    exit_code: run.exitCode,
    load_id: run.loadId,
    error: errorToJson(run.error),
    ...Object.fromEntries(COUNTS.map((count) => [count, run.counts?.[count] ?? null])),
    log: run.log,
  };
}

function renderText(runs: readonly Run[]): string {
  const left = (header: string): TextColumn => ({ header });
  const right = (header: string): TextColumn => ({ header, align: "right" });
  const columns = [
    left("run"),
    left("started"),
    left("status"),
    right("exit"),
    right("seconds"),
    ...COUNTS.map(right),
    left("load"),
  ];
  return formatTextTable(
    columns,
    runs.map((run) => [
      run.runId ?? "",
      run.startedAt,
      run.status,
      run.exitCode === null ? "" : String(run.exitCode),
      run.seconds === null ? "" : run.seconds.toFixed(1),
      ...COUNTS.map((count) => (run.counts === null ? "" : formatCount(run.counts[count]))),
      run.loadId ?? "",
    ]),
  );
}
