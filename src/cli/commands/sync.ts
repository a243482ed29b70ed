import type { Project } from "../../config/project.js";
import type { RunEvent } from "../../model/events.js";
import type { RunReport } from "../../model/report.js";
import { systemClock } from "../../shared/async.js";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import { isDangoError } from "../../shared/errors.js";
import { openProject, type CommandContext } from "../command-context.js";
import { listenForInterruption } from "../interruption.js";
import { openLogFile, type LogFile } from "../log-file.js";
import { createProgress } from "../progress/create-progress.js";
import type { ProgressKind, ProgressSubscriber } from "../progress/subscriber.js";
import { renderThrown } from "../render-error.js";
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
  let exitCode: ExitCode = EXIT.failed;
  const progress = await createProgress(context, flags, () => exitCode);
  let report: RunReport | undefined;
  try {
    const project = await openProject(context);
    const log = openLogFile(project.root, systemClock.now(), project.redactor);
    try {
      report = await run(context, { project, flags, subscribers: [progress, log] });
      exitCode = report.exitCode;
    } catch (error) {
      log.writeFailure(renderThrown(error, context.terminal.errColor, project.redactor));
      throw error;
    } finally {
      log.onEnd(report);
      log.close();
      progress.onEnd(report);
    }
    printReport(context, flags, report, log);
    return exitCode;
  } catch (error) {
    exitCode = isDangoError(error) ? error.exitCode : EXIT.failed;
    if (report === undefined) progress.onEnd(undefined);
    throw error;
  }
}

async function run(
  context: CommandContext,
  parts: { project: Project; flags: SyncFlags; subscribers: readonly ProgressSubscriber[] },
): Promise<RunReport> {
  const { runSync } = await import("../../engine/run-sync.js");
  const { createRunContext } = await import("../run-context.js");
  using interruption = listenForInterruption();
  const emit = (event: RunEvent): void => {
    for (const subscriber of parts.subscribers) subscriber.onEvent(event);
  };
  const { project, flags } = parts;
  const runContext = await createRunContext(project, { emit, signal: interruption.signal });
  return runSync(runContext, {
    sources: flags.source,
    resources: flags.resource,
    fullRefresh: flags.fullRefresh,
    limit: flags.limit,
    allowEmptyReplace: flags.allowEmptyReplace,
    lockWaitMs: LOCK_WAIT_MS,
    dryRun: flags.dryRun,
  });
}

function printReport(context: CommandContext, flags: SyncFlags, report: RunReport, log: LogFile): void {
  const { terminal } = context;
  if (flags.json) terminal.out(JSON.stringify(reportToJson(report), null, 2));
  else if (!flags.quiet) terminal.out(renderReport(report, terminal.outColor));
  else if (report.exitCode !== EXIT.ok) terminal.err(renderReport(report, terminal.errColor));
  if (report.exitCode !== EXIT.ok) terminal.err(`log: ${log.path}`);
}
