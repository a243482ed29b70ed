import type { LeftOut, LoadedTable, ResourceReport } from "../model/report.js";
import type { WriteDisposition } from "../model/resource.js";
import type { ResourceLoad } from "../model/warehouse.js";
import { EXIT } from "../shared/exit-codes.js";
import { describeChanges } from "./describe-changes.js";
import type { Extraction } from "./extract-resource.js";
import type { Failure } from "./reported-error.js";

/** Puts together what is said of one resource at the end of a run. */
export function reportResource(
  extraction: Extraction,
  outcome: {
    failure: Failure | undefined;
    load: ResourceLoad | undefined;
    tables: readonly LoadedTable[];
    leftOut: readonly LeftOut[];
  },
): ResourceReport {
  const { options } = extraction.resource;
  const { failure } = outcome;
  return {
    name: options.name,
    status: failure === undefined ? "ok" : "failed",
    exitCode: failure?.exitCode ?? EXIT.ok,
    error: failure?.error ?? null,
    writeDisposition: extraction.isLoaded ? describeDisposition(options.writeDisposition) : "skip",
    paginator: extraction.status === "read" ? extraction.outcome.paginator : null,
    firstRequest: extraction.firstRequest ?? null,
    ...extraction.traffic,
    seconds: extraction.seconds,
    tables: failure === undefined ? outcome.tables : [],
    schemaChanges: failure === undefined ? describeChanges(outcome.load, outcome.tables) : [],
    leftOut: failure === undefined ? outcome.leftOut : [],
  };
}

/** The write disposition as reports show it: `merge (delete-insert)`. */
export function describeDisposition(disposition: WriteDisposition): string {
  return disposition.kind === "merge" ? `merge (${disposition.strategy})` : disposition.kind;
}
