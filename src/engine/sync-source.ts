import type { SourceConfig } from "../config/project.js";
import type { LeftOut, ResourceReport, SourceReport } from "../model/report.js";
import type { Source } from "../model/source.js";
import {
  EMPTY_SNAPSHOT,
  type CommitReport,
  type ResourceLoad,
  type SourceLoad,
  type WarehouseSnapshot,
  type WarehouseTarget,
} from "../model/warehouse.js";
import { EXIT, type ExitCode } from "../shared/exit-codes.js";
import { decideExitCode } from "./exit-code.js";
import { describeChanges } from "./describe-changes.js";
import { describeUnmetHints } from "./describe-unmet-hints.js";
import { checkContinuation } from "./pipelines/check-continuation.js";
import { chooseResources, type ChosenResource } from "./choose-resources.js";
import { extractResource, leaveOut, type Extraction, type ExtractionJob } from "./extract-resource.js";
import { planLoads, type PlannedLoads } from "./plan-loads.js";
import { readFamilies } from "./read-families.js";
import { createKnownColumns } from "./steps/known-columns.js";
import { shareEvaluator } from "./steps/shared-evaluator.js";
import { describeFailure, type Failure } from "./reported-error.js";
import type { RunContext, SyncOptions } from "./run-context.js";
import { reportResource } from "./report-resource.js";
import { openWorkingDirectory, type WorkingDirectory } from "./working-directory.js";

/** One source's part of a run. */
export interface SourceJob {
  readonly config: SourceConfig;
  readonly source: Source;
  readonly options: SyncOptions;
  readonly loadId: string;
  readonly runId: string;
  /** When reading this source began. */
  readonly startedAtMs: number;
}

/**
 * Reads all resources of a source, then commits those that succeeded in one transaction. Rejects only with
 * InterruptedError; every other failure is in the report.
 */
export async function syncSource(run: RunContext, job: SourceJob): Promise<SourceReport> {
  const dataset =
    job.options.limit === undefined ? job.config.datasetName : `${job.config.datasetName}_limited`;
  run.emit({ event: "source_start", source: job.config.name, dataset });
  const extractions: Extraction[] = [];
  try {
    await using directory = await openWorkingDirectory(run.project.root, job.config.name, job.loadId);
    const target = createTarget(run, job, dataset, await directory.create("tmp"));
    const before =
      job.options.limit === undefined ? await run.warehouse.readSnapshot(target, run.signal) : EMPTY_SNAPSHOT;
    checkContinuation(job.source.resources, target, before.others ?? []);
    extractions.push(...(await readResources(run, job, { before, directory })));
    run.signal.throwIfAborted();
    const declared = job.source.resources.filter((resource) => resource.isSelected !== false);
    const { options } = job;
    const loads = await planLoads(run, { options, declared, target, before, directory, extractions });
    const commit = job.options.dryRun ? undefined : await commitLoads(run, job, { target, before, loads });
    return composeReport(job, dataset, { extractions, loads, commit });
  } catch (error) {
    run.signal.throwIfAborted();
    return failedReport(job, dataset, {
      failure: describeFailure(error, run.project.redactor),
      extractions,
    });
  }
}

function createTarget(
  run: RunContext,
  { config, options }: SourceJob,
  dataset: string,
  tempDirectory: string,
): WarehouseTarget {
  return {
    path: run.project.warehousePath,
    dataset,
    pipeline: config.pipelineName,
    schema: config.schemaName,
    tempDirectory,
    lockWaitMs: options.lockWaitMs,
    onLockWait: (reason) => {
      run.emit({
        event: "notice",
        level: "warning",
        source: config.name,
        message: `waiting, because ${reason}`,
      });
    },
  };
}

async function readResources(
  run: RunContext,
  job: SourceJob,
  place: { before: WarehouseSnapshot; directory: WorkingDirectory },
): Promise<Extraction[]> {
  const { options, source } = job;
  await using evaluator = shareEvaluator(() => run.warehouse.openEvaluator(place.directory.path, run.signal));
  const jobOf = (chosen: ChosenResource): FamilyJob => ({
    ...chosen,
    source: job.config.name,
    storedState: options.fullRefresh ? undefined : place.before.state.resources[chosen.resource.options.name],
    limit: options.limit,
    knownColumns: createKnownColumns(place.before.schema, chosen.resource.options.tableName),
    openEvaluator: () => evaluator.open(),
    probe: options.dryRun ? { leastRows: 0 } : undefined,
  });
  return await readFamilies(chooseResources(source.resources, options), source.concurrency, {
    read: async (chosen, index, parent) => {
      const directory = await place.directory.create(`resource-${String(index)}`);
      return extractResource(run, { ...jobOf(chosen), parent, directory });
    },
    leaveOut: (chosen, failure) => leaveOut(jobOf(chosen), failure),
  });
}

type FamilyJob = Omit<ExtractionJob, "parent" | "directory">;

/** What a commit did, with the failure of each resource that it refused. */
export interface Committed {
  readonly isCommitted: boolean;
  readonly tables: ReadonlyMap<string, ResourceReport["tables"]>;
  readonly leftOut: ReadonlyMap<string, readonly LeftOut[]>;
  readonly refused: ReadonlyMap<string, Failure>;
}

async function commitLoads(
  run: RunContext,
  job: SourceJob,
  input: { target: WarehouseTarget; before: WarehouseSnapshot; loads: PlannedLoads },
): Promise<Committed> {
  const resources = [...input.loads.ready.values()];
  if (resources.length === 0)
    return { isCommitted: false, tables: new Map(), leftOut: new Map(), refused: new Map() };
  run.emit({ event: "load_start", source: job.config.name });
  const load: SourceLoad = {
    loadId: job.loadId,
    runId: job.runId,
    startedAtMs: job.startedAtMs,
    resources,
    before: input.before,
    isLimited: job.options.limit !== undefined,
    source: job.config.name,
  };
  const report = await run.warehouse.commit(input.target, load, run.signal);
  const refused = new Map<string, Failure>();
  for (const [name, error] of report.refused) refused.set(name, describeFailure(error, run.project.redactor));
  if (report.committed) {
    announceChanges(run, job, input.loads.ready, report.tables);
    for (const [resource, message] of warningsOf(resources, report))
      run.emit({ event: "notice", level: "warning", source: job.config.name, resource, message });
    const tables = [...report.tables.values()].flat();
    run.emit({ event: "commit", source: job.config.name, loadId: job.loadId, tables });
  }
  const { tables, leftOut } = report;
  return { isCommitted: report.committed, tables, leftOut: withoutSecrets(leftOut, run), refused };
}

/** What to look at in the resources that were committed, by name. */
function warningsOf(loads: readonly ResourceLoad[], report: CommitReport): (readonly [string, string])[] {
  const committed = loads.filter(({ options }) => !report.refused.has(options.name));
  const unmet = committed.flatMap((load) =>
    describeUnmetHints(load).map((message) => [load.options.name, message] as const),
  );
  return [...report.warnings, ...unmet];
}

/** A bound may come from a secret, as every value of the configuration may. */
function withoutSecrets(leftOut: CommitReport["leftOut"], { project }: RunContext): Committed["leftOut"] {
  const clean = ({ range, ...one }: LeftOut): LeftOut =>
    range === undefined ? one : { ...one, range: project.redactor.redact(range) };
  return new Map([...leftOut].map(([name, all]) => [name, all.map(clean)]));
}

function announceChanges(
  run: RunContext,
  job: SourceJob,
  loads: ReadonlyMap<string, ResourceLoad>,
  tables: CommitReport["tables"],
): void {
  for (const [resource, loaded] of tables) {
    for (const change of describeChanges(loads.get(resource), loaded))
      run.emit({ event: "schema_change", source: job.config.name, resource, change });
  }
}

function composeReport(
  job: SourceJob,
  dataset: string,
  outcome: { extractions: readonly Extraction[]; loads: PlannedLoads; commit: Committed | undefined },
): SourceReport {
  const resources = outcome.extractions.map((extraction) => {
    const { name } = extraction.resource.options;
    const failure =
      extraction.status === "failed"
        ? extraction.failure
        : (outcome.loads.failed.get(name) ?? outcome.commit?.refused.get(name));
    const load = outcome.loads.ready.get(name);
    const tables = outcome.commit?.tables.get(name) ?? [];
    return reportResource(extraction, {
      failure,
      load,
      tables,
      leftOut: outcome.commit?.leftOut.get(name) ?? [],
    });
  });
  const isCommitted = outcome.commit?.isCommitted ?? false;
  const exitCode = decideExitCode(
    resources.map((resource) => ({
      exitCode: resource.exitCode,
      isCommitted: isCommitted && resource.status === "ok",
    })),
  );
  return {
    name: job.config.name,
    dataset,
    status: statusOf(exitCode),
    exitCode,
    loadId: isCommitted ? job.loadId : null,
    error: null,
    resources,
  };
}

/** The source failed as a whole, after or before its resources were read: nothing of it is committed. */
function failedReport(
  job: SourceJob,
  dataset: string,
  parts: { failure: Failure; extractions: readonly Extraction[] },
): SourceReport {
  const { failure } = parts;
  return {
    name: job.config.name,
    dataset,
    status: "failed",
    exitCode: failure.exitCode,
    loadId: null,
    error: failure.error,
    resources: parts.extractions.map((extraction) =>
      reportResource(extraction, {
        failure: extraction.status === "failed" ? extraction.failure : failure,
        load: undefined,
        tables: [],
        leftOut: [],
      }),
    ),
  };
}

function statusOf(exitCode: ExitCode): SourceReport["status"] {
  if (exitCode === EXIT.ok) return "ok";
  return exitCode === EXIT.partial ? "partial" : "failed";
}
