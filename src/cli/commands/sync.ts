import type { Project } from "../../config/project.js";
import type { RunEvent } from "../../model/events.js";
import type { RunReport } from "../../model/report.js";
import { systemClock } from "../../shared/async.js";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import { UsageError } from "../../shared/errors.js";
import { createRedactor } from "../../shared/redact.js";
import { openProject, type CommandContext } from "../command-context.js";
import { listenForInterruption } from "../interruption.js";
import { openLogFile, type LogFile } from "../log-file.js";
import { createProgress } from "../progress/create-progress.js";
import type { ProgressKind, ProgressSubscriber, RunEnd } from "../progress/subscriber.js";
import { redactEvent } from "../redact-event.js";
import { renderThrown } from "../render-error.js";
import { renderFailures, renderLogLine } from "../render-failures.js";
import { renderReport } from "../render-report.js";
import { reportToJson } from "../report-json.js";
import { createTraceFiles } from "../trace-files.js";
import type { Terminal } from "../terminal.js";

/** The flags of `dango sync`. */
export interface SyncFlags {
  readonly source: readonly string[];
  readonly resource: readonly string[];
  readonly fullRefresh: boolean;
  readonly limit?: number;
  readonly dryRun: boolean;
  readonly allowEmptyReplace: boolean;
  readonly yes: boolean;
  readonly json: boolean;
  readonly progress: ProgressKind;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

const LOCK_WAIT_MS = 300_000;

/**
 * `dango sync`: reads the project, runs, prints the report. Progress ends exactly once, on every path out, and before
 * anything else is printed; on failure the last line names the log file.
 */
export async function syncCommand(context: CommandContext, flags: SyncFlags): Promise<ExitCode> {
  const verbosity = { isVerbose: flags.verbose };
  const progress = await createProgress(context, flags, verbosity);
  const end = await run(context, flags, { progress, verbosity });
  progress.onEnd(end);
  printEnd(end, context.terminal, flags);
  return end.report.exitCode;
}

/** How the run ended, and what ended it if it did not come to a report of its own. */
interface SyncEnd extends RunEnd {
  readonly thrown?: unknown;
}

interface Shown {
  readonly progress: ProgressSubscriber;
  readonly verbosity: { isVerbose: boolean };
}

/** Never rejects. */
async function run(context: CommandContext, flags: SyncFlags, shown: Shown): Promise<SyncEnd> {
  const startedAtMs = systemClock.now();
  using interruption = listenForInterruption();
  let redactor = createRedactor();
  let log: LogFile | undefined;
  let traces: ProgressSubscriber | undefined;
  try {
    const project = await openProject(context);
    redactor = project.redactor;
    shown.verbosity.isVerbose ||= project.runtime.logLevel === "DEBUG";
    log = openLogFile(project.root, startedAtMs);
    traces = createTraceFiles(project.root, startedAtMs, chosenSources(project, flags));
    const subscribers = [shown.progress, log, traces];
    const report = await runProject(project, flags, { signal: interruption.signal, subscribers });
    return finish(log, traces, { report, logPath: log.path });
  } catch (thrown) {
    const { createFailedRun } = await import("../../engine/failed-run.js");
    const times = { startedAtMs, nowMs: systemClock.now() };
    const report = createFailedRun(thrown, { ...times, random: Math.random, redactor });
    return finish(log, traces, { report, logPath: log?.path, thrown });
  }
}

function finish(log: LogFile | undefined, traces: ProgressSubscriber | undefined, end: SyncEnd): SyncEnd {
  // A usage error is no run.
  if (!(end.thrown instanceof UsageError)) traces?.onEnd(end);
  log?.onEnd(end);
  log?.close();
  return end;
}

function chosenSources({ sources }: Project, { source: names }: SyncFlags): string[] {
  const chosen = sources.filter(
    ({ name, enabled }) => enabled && (names.length === 0 || names.includes(name)),
  );
  return chosen.map(({ name }) => name);
}

async function runProject(
  project: Project,
  flags: SyncFlags,
  parts: { readonly signal: AbortSignal; readonly subscribers: readonly ProgressSubscriber[] },
): Promise<RunReport> {
  const { runSync } = await import("../../engine/run-sync.js");
  const { createRunContext } = await import("../run-context.js");
  const emit = (event: RunEvent): void => {
    const clean = redactEvent(event, project.redactor);
    for (const subscriber of parts.subscribers) subscriber.onEvent(clean);
  };
  const runContext = await createRunContext(project, { emit, signal: parts.signal });
  return await runSync(runContext, {
    sources: flags.source,
    resources: flags.resource,
    fullRefresh: flags.fullRefresh,
    limit: flags.limit,
    allowEmptyReplace: flags.allowEmptyReplace,
    allowHistoryLoss: flags.yes,
    lockWaitMs: LOCK_WAIT_MS,
    dryRun: flags.dryRun,
  });
}

/** With `--progress json` stderr holds nothing but events: the last one has the errors and the log file. */
function printEnd({ report, logPath, thrown }: SyncEnd, terminal: Terminal, flags: SyncFlags): void {
  const isUsageError = thrown instanceof UsageError;
  if (flags.json && !isUsageError) terminal.out(JSON.stringify(reportToJson(report), null, 2));
  else if (!flags.quiet && thrown === undefined) terminal.out(renderReport(report, terminal.outColor));
  if (report.exitCode === EXIT.ok || flags.progress === "json") return;
  const { errColor } = terminal;
  terminal.err(thrown === undefined ? renderFailures(report, errColor) : renderThrown(thrown, errColor));
  if (logPath !== undefined && !isUsageError) terminal.err(renderLogLine(report, logPath));
}
