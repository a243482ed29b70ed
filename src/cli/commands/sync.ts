import type { Project } from "../../config/project.js";
import type { RunEvent } from "../../model/events.js";
import type { RunReport } from "../../model/report.js";
import { systemClock } from "../../shared/async.js";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import { isDangoError } from "../../shared/errors.js";
import { openProject, type CommandContext } from "../command-context.js";
import { listenForInterruption } from "../interruption.js";
import { openLogFile } from "../log-file.js";
import { createProgress } from "../progress/create-progress.js";
import type { ProgressKind, ProgressSubscriber } from "../progress/subscriber.js";
import { renderReport } from "../render-report.js";
import { reportToJson } from "../report-json.js";

/** The flags of `dango sync`. */
export interface SyncFlags {
  readonly source: readonly string[];
  readonly resource: readonly string[];
  readonly fullRefresh: boolean;
  readonly limit?: number;
  readonly dryRun: boolean;
  readonly allowEmptyReplace: boolean;
  readonly json: boolean;
  readonly progress: ProgressKind;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

const LOCK_WAIT_MS = 300_000;

/** `dango sync`: reads the project, runs, prints the report; on failure the last line names the log file. */
export async function syncCommand(context: CommandContext, flags: SyncFlags): Promise<ExitCode> {
  const { report, logPath } = await runShown(context, flags);
  const { terminal } = context;
  if (flags.json) terminal.out(JSON.stringify(reportToJson(report), null, 2));
  else if (!flags.quiet) terminal.out(renderReport(report, terminal.outColor));
  else if (report.exitCode !== EXIT.ok) terminal.err(renderReport(report, terminal.errColor));
  if (report.exitCode !== EXIT.ok) terminal.err(`log: ${logPath}`);
  return report.exitCode;
}

interface LoggedRun {
  readonly report: RunReport;
  readonly logPath: string;
}

/** Progress ends exactly once, on every path out, and before anything else is printed. */
async function runShown(context: CommandContext, flags: SyncFlags): Promise<LoggedRun> {
  let exitCode: ExitCode = EXIT.failed;
  let report: RunReport | undefined;
  const progress = await createProgress(context, flags, () => exitCode);
  try {
    const project = await openProject(context);
    const logged = await runLogged(project, flags, progress);
    report = logged.report;
    return logged;
  } catch (error) {
    if (isDangoError(error)) exitCode = error.exitCode;
    throw error;
  } finally {
    progress.onEnd(report);
  }
}

async function runLogged(
  project: Project,
  flags: SyncFlags,
  progress: ProgressSubscriber,
): Promise<LoggedRun> {
  const log = openLogFile(project.root, systemClock.now(), project.redactor);
  try {
    const report = await run({ project, flags, subscribers: [progress, log] });
    log.onEnd(report);
    return { report, logPath: log.path };
  } catch (error) {
    log.writeFailure(error instanceof Error ? (error.stack ?? error.message) : String(error));
    log.onEnd(undefined);
    throw error;
  } finally {
    log.close();
  }
}

async function run(parts: {
  project: Project;
  flags: SyncFlags;
  subscribers: readonly ProgressSubscriber[];
}): Promise<RunReport> {
  const { runSync } = await import("../../engine/run-sync.js");
  const { createRunContext } = await import("../run-context.js");
  using interruption = listenForInterruption();
  const emit = (event: RunEvent): void => {
    for (const subscriber of parts.subscribers) subscriber.onEvent(event);
  };
  const { project, flags } = parts;
  const runContext = await createRunContext(project, { emit, signal: interruption.signal });
  return await runSync(runContext, {
    sources: flags.source,
    resources: flags.resource,
    fullRefresh: flags.fullRefresh,
    limit: flags.limit,
    allowEmptyReplace: flags.allowEmptyReplace,
    lockWaitMs: LOCK_WAIT_MS,
    dryRun: flags.dryRun,
  });
}
