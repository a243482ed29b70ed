import type { ChalkInstance } from "chalk";
import { EXIT } from "../shared/exit-codes.js";
import type { ReportedError, RunReport, SourceReport } from "../model/report.js";
import { nameError, renderReported } from "./render-error.js";
import { formatPlural } from "./text-table.js";

/** Everything that failed in a run, each with its name, and one closing line; empty if nothing did. */
export function renderFailures(report: RunReport, color: ChalkInstance): string {
  if (report.exitCode === EXIT.ok) return "";
  const errors = report.sources.flatMap(errorsOf);
  // The run was interrupted: the source that it hit says the same.
  const own = report.error === null ? errors : errors.filter(({ type }) => type !== "interrupted");
  const all = report.error === null ? own : [...own, report.error];
  return [...all.map((error) => renderReported(error, color)), closingLine(report, color)].join("\n");
}

/** The last line of a run that failed; rule R6 wants to know what was committed all the same. */
export function renderLogLine(report: RunReport, logPath: string): string {
  const isInterrupted = report.error?.type === "interrupted";
  const committed = report.sources.filter(({ loadId }) => loadId !== null).map(({ name }) => name);
  const note = isInterrupted && committed.length > 0 ? `committed: ${committed.join(", ")}; ` : "";
  return `${note}log: ${logPath}`;
}

function errorsOf(source: SourceReport): ReportedError[] {
  const own = source.error === null ? [] : [nameError(source.error, source.name)];
  const others = source.resources.flatMap(({ name, error }) =>
    // A source that failed as a whole fails its resources with the same error.
    error === null || error === source.error ? [] : [nameError(error, `${source.name}.${name}`, name)],
  );
  return [...own, ...others];
}

function closingLine(report: RunReport, color: ChalkInstance): string {
  const exit = `(exit ${String(report.exitCode)})`;
  const resources = report.sources.flatMap((source) => source.resources);
  const failed = resources.filter((resource) => resource.status === "failed").length;
  const isCommitted = report.sources.some((source) => source.loadId !== null);
  const rest = isCommitted ? "the others are committed" : "nothing was committed";
  if (report.error !== null)
    return color.red(`Interrupted, ${isCommitted ? "not all is" : "nothing was"} committed ${exit}`);
  if (failed === 0) return color.red(`Failed: ${rest} ${exit}`);
  return color.red(
    `Failed: ${String(failed)} of ${formatPlural(resources.length, "resource")}, ${rest} ${exit}`,
  );
}
