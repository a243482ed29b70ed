import { findPipeline } from "../../engine/pipelines/find-pipeline.js";
import { UsageError } from "../../shared/errors.js";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import type { CommandContext } from "../command-context.js";
import { listenForInterruption } from "../interruption.js";
import { formatJson } from "../json-text.js";
import { openPipelines } from "../pipeline-access.js";
import { renderFailures } from "../render-failures.js";
import { renderReport } from "../render-report.js";
import { describeTrace, type Trace } from "../trace.js";
import { readTraces } from "../trace-files.js";

/** The flags of `dango pipeline trace`. */
export interface PipelineTraceFlags {
  readonly name: string;
  /** Default: the last run. */
  readonly runId: string | undefined;
  readonly json: boolean;
}

const SHOWN_RUNS = 5;

/** `dango pipeline trace NAME [RUN]`: what a run of the pipeline did, and what failed. */
export async function pipelineTraceCommand(
  context: CommandContext,
  { name, runId, json }: PipelineTraceFlags,
): Promise<ExitCode> {
  const { terminal } = context;
  using interruption = listenForInterruption();
  const { project, parts } = await openPipelines(context, interruption.signal);
  const config = await findPipeline(parts, name);
  const documents = readTraces(project.root, config.name);
  const document = runId === undefined ? documents[0] : documents.find((one) => one["run_id"] === runId);
  if (document === undefined) {
    const known = documents.slice(0, SHOWN_RUNS).map((one) => String(one["run_id"]));
    throw new UsageError(
      runId === undefined
        ? `the pipeline ${name} has no trace`
        : `the pipeline ${name} has no trace of the run ${runId}`,
      {
        hint:
          known.length === 0
            ? `\`dango sync ${name}\` writes one`
            : `newest traces: ${known.join(", ")}; \`dango pipeline runs ${name}\` lists all runs`,
      },
    );
  }
  terminal.out(json ? formatJson(document) : renderTrace(describeTrace(document), context));
  return EXIT.ok;
}

function renderTrace(trace: Trace, { terminal }: CommandContext): string {
  const { report, pid } = trace;
  const title = `run ${trace.runId ?? "(unknown)"}, began ${trace.startedAt}`;
  if (report === null) {
    const who = `process ${String(pid)}`;
    return trace.status === "running"
      ? `${title}: under way in ${who}`
      : `${title}: ${who} was killed, and left no report`;
  }
  const log = trace.log === null ? [] : [`log: ${trace.log}`];
  const failures = renderFailures(report, terminal.outColor);
  const blocks = [title, renderReport(report, terminal.outColor), failures, ...log];
  return blocks.filter((block) => block !== "").join("\n\n");
}
