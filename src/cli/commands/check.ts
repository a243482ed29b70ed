import type { CheckReport } from "../../model/check-report.js";
import { systemClock } from "../../shared/async.js";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import { isDangoError, UsageError } from "../../shared/errors.js";
import { createRedactor, type Redactor } from "../../shared/redact.js";
import { openProject, type CommandContext } from "../command-context.js";
import { listenForInterruption } from "../interruption.js";
import { createNoticeSink } from "../notices.js";
import { checkToJson, renderCheck, renderCheckFailure } from "../render-check.js";
import { errorToJson, SCHEMA_VERSION } from "../report-json.js";

/** The flags of `dango check`. */
export interface CheckFlags {
  readonly all: boolean;
  readonly json: boolean;
}

/** `dango check`: asks every API, and looks at the warehouse; says what works and what to do about the rest. */
export async function checkCommand(
  context: CommandContext,
  flags: CheckFlags & { readonly names: readonly string[] },
): Promise<ExitCode> {
  const { terminal } = context;
  let redactor = createRedactor();
  try {
    if (flags.all && flags.names.length > 0)
      throw new UsageError("--all and the names of sources exclude each other", { hint: "leave one out" });
    const project = await openProject(context);
    redactor = project.redactor;
    const [{ checkSources }, { createRunContext }] = await Promise.all([
      import("../../engine/probes/check-sources.js"),
      import("../run-context.js"),
    ]);
    using interruption = listenForInterruption();
    const emit = createNoticeSink(terminal, redactor);
    const run = await createRunContext(project, { emit, signal: interruption.signal });
    const report = await checkSources(run, flags.names);
    print(context, report, flags);
    return report.exitCode;
  } catch (thrown) {
    if (flags.json && isDangoError(thrown) && !(thrown instanceof UsageError)) {
      terminal.out(JSON.stringify(await failedDocument(thrown, redactor), null, 2));
    }
    throw thrown;
  }
}

function print({ terminal }: CommandContext, report: CheckReport, { json }: CheckFlags): void {
  terminal.out(json ? JSON.stringify(checkToJson(report), null, 2) : renderCheck(report, terminal.outColor));
  if (report.exitCode !== EXIT.ok) terminal.err(renderCheckFailure(report, terminal.errColor));
}

/** Nothing was asked: the configuration is wrong, or the check was interrupted. */
async function failedDocument(thrown: unknown, redactor: Redactor): Promise<Record<string, unknown>> {
  const { describeFailure } = await import("../../engine/reported-error.js");
  const { error, exitCode } = describeFailure(thrown, redactor);
  return {
    schema_version: SCHEMA_VERSION,
    healthy: false,
    exit_code: exitCode,
    last_check: new Date(systemClock.now()).toISOString(),
    error: errorToJson(error),
    warehouse: null,
    sources: [],
  };
}
