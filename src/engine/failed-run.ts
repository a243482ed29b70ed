import type { RunReport } from "../model/report.js";
import type { Redactor } from "../shared/redact.js";
import { createRunId } from "./ids.js";
import { describeFailure } from "./reported-error.js";

/** The report of a run that ended before any source was read, or in a bug of dango's. */
export function createFailedRun(
  thrown: unknown,
  parts: {
    readonly startedAtMs: number;
    readonly nowMs: number;
    readonly random: () => number;
    readonly redactor: Redactor;
  },
): RunReport {
  const { error, exitCode } = describeFailure(thrown, parts.redactor);
  return {
    runId: createRunId(parts.startedAtMs, parts.random),
    status: "failed",
    exitCode,
    error,
    startedAt: new Date(parts.startedAtMs).toISOString(),
    seconds: (parts.nowMs - parts.startedAtMs) / 1000,
    isDryRun: false,
    sources: [],
  };
}
