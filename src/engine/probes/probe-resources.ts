import type { Resource } from "../../model/source.js";
import type { ChosenResource } from "../choose-resources.js";
import { extractResource, leaveOut, type Extraction, type ExtractionJob } from "../extract-resource.js";
import { failWithParent } from "../families.js";
import { createKnownColumns } from "../steps/known-columns.js";
import type { Probe } from "./probe-sink.js";
import { readAfterParents, recordsOf } from "../read-after-parents.js";
import type { RunContext } from "../run-context.js";
import { shareEvaluator } from "../steps/shared-evaluator.js";
import { EMPTY_SNAPSHOT } from "../../model/warehouse.js";
import type { WorkingDirectory } from "../working-directory.js";

/** What is read for a look, and how much of it. */
export interface ProbeJob {
  readonly source: string;
  readonly chosen: readonly ChosenResource[];
  readonly concurrency: number;
  readonly directory: WorkingDirectory;
  readonly probeOf: (resource: Resource) => Probe;
  /** The run with which one resource is read; default: `run` itself. */
  readonly runOf?: (resource: Resource) => RunContext;
}

/**
 * Reads the beginning of each resource as a first sync would, children from the beginning of their parent. Unlike in a
 * sync, what fails fails alone; only children of what failed are left out. Resolves in the order of `chosen`.
 */
export async function probeResources(run: RunContext, job: ProbeJob): Promise<Extraction[]> {
  await using evaluator = shareEvaluator(() => run.warehouse.openEvaluator(job.directory.path, run.signal));
  return await readAfterParents(job.chosen, job.concurrency, async (one, index, parent) => {
    const { resource } = one;
    const common: Omit<ExtractionJob, "parent" | "directory"> = {
      ...one,
      source: job.source,
      storedState: undefined,
      limit: undefined,
      probe: job.probeOf(resource),
      knownColumns: createKnownColumns(EMPTY_SNAPSHOT.schema, resource.options.tableName),
      openEvaluator: () => evaluator.open(),
    };
    if (parent?.status === "failed") {
      const { name } = parent.resource.options;
      return leaveOut(common, failWithParent(resource.options.name, name, parent.failure));
    }
    const directory = await job.directory.create(`resource-${String(index)}`);
    const records = parent === undefined ? undefined : recordsOf(parent);
    return extractResource(job.runOf?.(resource) ?? run, { ...common, parent: records, directory });
  });
}
