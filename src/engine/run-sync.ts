import type { SourceConfig } from "../config/project.js";
import type { RunReport, SourceReport } from "../model/report.js";
import { EXIT } from "../shared/exit-codes.js";
import { InterruptedError, isDangoError } from "../shared/errors.js";
import { checkSelection } from "./check-selection.js";
import { decideExitCode, type Outcome } from "./exit-code.js";
import { createLoadId, createRunId } from "./ids.js";
import { chooseSources, openSources } from "./open-sources.js";
import { describeFailure } from "./reported-error.js";
import type { RunContext, SyncOptions } from "./run-context.js";
import { syncSource } from "./sync-source.js";

/**
 * Syncs the chosen sources one after the other; one that fails does not stop the others. Never rejects for what a
 * source does: everything is in the report. Rejects with UsageError or ConfigError before anything is requested.
 */
export async function runSync(run: RunContext, options: SyncOptions): Promise<RunReport> {
  const startedAtMs = run.clock.now();
  const runId = createRunId(startedAtMs, run.random);
  const chosen = chooseSources(run.project.sources, options.sources);
  const opened = await openSources(run, chosen);
  const reports: SourceReport[] = [];
  let interruption: InterruptedError | undefined;
  try {
    checkSelection(
      opened.map(({ source }) => source.resources.map((resource) => resource.options)),
      options,
    );
    const startedAt = new Date(startedAtMs).toISOString();
    run.emit({ event: "start", runId, startedAt, sources: opened.map(({ config }) => config.name) });
    for (const config of chosen) {
      const source = opened.find((candidate) => candidate.config === config)?.source;
      if (source === undefined) {
        reports.push(skippedReport(run, config));
        continue;
      }
      if (interruption !== undefined) continue;
      const sourceStartMs = run.clock.now();
      const loadId = createLoadId(sourceStartMs, run.random);
      try {
        reports.push(
          await syncSource(run, { config, source, options, loadId, runId, startedAtMs: sourceStartMs }),
        );
      } catch (error) {
        if (!(error instanceof InterruptedError)) throw error;
        interruption = error;
        reports.push(interruptedReport(run, config, error));
      }
      if (run.signal.aborted) interruption ??= asInterruption(run.signal.reason);
    }
  } finally {
    await Promise.all(opened.map(({ source }) => source.close()));
  }
  return composeReport(run, { runId, startedAtMs, sources: reports, interruption, isDryRun: options.dryRun });
}

function interruptedReport(run: RunContext, config: SourceConfig, error: InterruptedError): SourceReport {
  return {
    name: config.name,
    dataset: config.datasetName,
    status: "failed",
    exitCode: error.exitCode,
    loadId: null,
    error: describeFailure(error, run.project.redactor).error,
    resources: [],
  };
}

function skippedReport(run: RunContext, config: SourceConfig): SourceReport {
  run.emit({
    event: "notice",
    level: "info",
    source: config.name,
    message: "skipped: it has `enabled: false`",
  });
  return {
    name: config.name,
    dataset: config.datasetName,
    status: "skipped",
    exitCode: EXIT.ok,
    loadId: null,
    error: null,
    resources: [],
  };
}

function asInterruption(reason: unknown): InterruptedError {
  return isDangoError(reason) && reason instanceof InterruptedError
    ? reason
    : new InterruptedError("The run was interrupted", EXIT.interrupted);
}

function composeReport(
  run: RunContext,
  parts: {
    runId: string;
    startedAtMs: number;
    sources: readonly SourceReport[];
    interruption: InterruptedError | undefined;
    isDryRun: boolean;
  },
): RunReport {
  const exitCode = parts.interruption?.exitCode ?? decideExitCode(parts.sources.flatMap(outcomesOf));
  return {
    runId: parts.runId,
    status: statusOf(exitCode, parts.sources),
    exitCode,
    error:
      parts.interruption === undefined
        ? null
        : describeFailure(parts.interruption, run.project.redactor).error,
    startedAt: new Date(parts.startedAtMs).toISOString(),
    seconds: (run.clock.now() - parts.startedAtMs) / 1000,
    isDryRun: parts.isDryRun,
    sources: parts.sources,
  };
}

function outcomesOf(source: SourceReport): readonly Outcome[] {
  if (source.resources.length === 0) return [{ exitCode: source.exitCode, isCommitted: false }];
  return source.resources.map((resource) => ({
    exitCode: resource.exitCode,
    isCommitted: source.loadId !== null && resource.status === "ok",
  }));
}

function statusOf(exitCode: number, sources: readonly SourceReport[]): RunReport["status"] {
  if (exitCode === EXIT.ok)
    return sources.length > 0 && sources.every((source) => source.status === "skipped") ? "skipped" : "ok";
  return exitCode === EXIT.partial ? "partial" : "failed";
}
