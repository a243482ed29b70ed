import { suggestName } from "../../config/nearest.js";
import type { SourceConfig } from "../../config/project.js";
import type { RunEvent } from "../../model/events.js";
import type { PreviewReport, PreviewTable, ResourcePreview, SchemaField } from "../../model/preview.js";
import type { Source } from "../../model/source.js";
import { EMPTY_SNAPSHOT, type ResourceLoad, type WarehouseTarget } from "../../model/warehouse.js";
import { EXIT } from "../../shared/exit-codes.js";
import { UsageError } from "../../shared/errors.js";
import { chooseResources } from "../choose-resources.js";
import { decideExitCode } from "../exit-code.js";
import type { Extraction } from "../extract-resource.js";
import { createLoadId } from "../ids.js";
import { openSources, unknownSource } from "../open-sources.js";
import { planLoads } from "../plan-loads.js";
import { probeResources } from "./probe-resources.js";
import type { Failure } from "../reported-error.js";
import { describeDisposition } from "../report-resource.js";
import type { RunContext, SyncOptions } from "../run-context.js";
import { readFirstRecords } from "./read-first-records.js";
import { openWorkingDirectory, type WorkingDirectory } from "../working-directory.js";

/**
 * Reads the first records of a source's resources, or of one of them (`source.resource`), as the first sync would, and
 * says what that sync would make of them. The warehouse is not touched. Rejects with UsageError for a name that does
 * not exist, and before anything is requested with what is wrong with the source.
 */
export async function previewSource(
  run: RunContext,
  { target, limit }: { readonly target: string; readonly limit: number },
): Promise<PreviewReport> {
  const { config, resource } = findTarget(run.project.sources, target);
  const [opened] = await openSources(run, [{ ...config, enabled: true }]);
  if (opened === undefined) throw new Error(`${config.name} was not opened`);
  try {
    checkResource(opened.source, resource, config.name);
    const resources = await previewResources(run, { config, source: opened.source, resource, limit });
    const outcomes = resources.map(({ exitCode }) => ({ exitCode, isCommitted: false }));
    return {
      source: config.name,
      dataset: config.datasetName,
      exitCode: decideExitCode(outcomes),
      resources,
    };
  } finally {
    await opened.source.close();
  }
}

/** A source's name may hold dots itself: the longest name that fits is meant. */
function findTarget(
  sources: readonly SourceConfig[],
  target: string,
): { readonly config: SourceConfig; readonly resource: string | undefined } {
  const fitting = sources
    .filter(({ name }) => target === name || target.startsWith(`${name}.`))
    .sort((a, b) => b.name.length - a.name.length);
  const [config] = fitting;
  if (config !== undefined) {
    const resource = target === config.name ? undefined : target.slice(config.name.length + 1);
    return { config, resource };
  }
  throw unknownSource(target.split(".", 1)[0] ?? target, sources);
}

function checkResource(source: Source, name: string | undefined, sourceName: string): void {
  if (name === undefined || source.resources.some(({ options }) => options.name === name)) return;
  const known = source.resources.map(({ options }) => options.name);
  throw new UsageError(`There is no resource "${name}" in the source ${sourceName}`, {
    hint: suggestName(name, known, `Known resources: ${known.join(", ")}`),
  });
}

interface PreviewJob {
  readonly config: SourceConfig;
  readonly source: Source;
  /** Undefined: all that are selected. */
  readonly resource: string | undefined;
  readonly limit: number;
}

/** What reading one resource showed beside its records. */
interface Probed {
  readonly events: RunEvent[];
  dataSelector: string | null;
}

async function previewResources(run: RunContext, job: PreviewJob): Promise<readonly ResourcePreview[]> {
  const { config, source } = job;
  const loadId = createLoadId(run.clock.now(), run.random);
  await using directory = await openWorkingDirectory(run.project.root, config.name, loadId);
  const { probed, extractions } = await probeForPreview(run, job, directory);
  run.signal.throwIfAborted();
  const warehouse: WarehouseTarget = {
    path: run.project.warehousePath,
    dataset: config.datasetName,
    pipeline: config.pipelineName,
    schema: config.schemaName,
    tempDirectory: await directory.create("tmp"),
    lockWaitMs: 0,
  };
  const loads = await planLoads(run, {
    options: PLAN_ONLY,
    declared: source.resources.filter(({ isSelected }) => isSelected !== false),
    target: warehouse,
    before: EMPTY_SNAPSHOT,
    directory,
    extractions,
  });
  return await Promise.all(
    extractions
      .filter(({ isLoaded }) => isLoaded)
      .map(async (extraction) => {
        const { name } = extraction.resource.options;
        const isRead = extraction.status === "read";
        const fields = isRead ? await extraction.resource.describeSchema?.(run) : undefined;
        return composePreview(extraction, {
          ...(probed.get(name) ?? { events: [], dataSelector: null }),
          fields: fields ?? [],
          load: loads.ready.get(name),
          failure: loads.failed.get(name),
          limit: job.limit,
        });
      }),
  );
}

/** Reads the beginning of each resource, and notes what it showed. */
async function probeForPreview(
  run: RunContext,
  job: PreviewJob,
  directory: WorkingDirectory,
): Promise<{ probed: ReadonlyMap<string, Probed>; extractions: readonly Extraction[] }> {
  const { config, source } = job;
  const probed = new Map<string, Probed>(
    source.resources.map(({ options }) => [options.name, { events: [], dataSelector: null }]),
  );
  const extractions = await probeResources(run, {
    source: config.name,
    chosen: chooseResources(source.resources, {
      resources: job.resource === undefined ? [] : [job.resource],
      fullRefresh: false,
    }),
    concurrency: source.concurrency,
    directory,
    probeOf: ({ options }) => ({
      leastRows: job.limit,
      onPage: ({ chosen }) => {
        const seen = probed.get(options.name);
        if (seen !== undefined && chosen !== "") seen.dataSelector ??= chosen;
      },
    }),
    runOf: ({ options }) => ({
      ...run,
      emit: (event) => {
        probed.get(options.name)?.events.push(event);
        run.emit(event);
      },
    }),
  });
  return { probed, extractions };
}

const PLAN_ONLY: SyncOptions = {
  sources: [],
  resources: [],
  fullRefresh: false,
  limit: undefined,
  allowEmptyReplace: false,
  lockWaitMs: 0,
  allowHistoryLoss: false,
  dryRun: true,
};

async function composePreview(
  extraction: Extraction,
  seen: Readonly<Probed> & {
    readonly fields: readonly SchemaField[];
    readonly load: ResourceLoad | undefined;
    readonly failure: Failure | undefined;
    readonly limit: number;
  },
): Promise<ResourcePreview> {
  const { events, dataSelector, fields } = seen;
  const { options } = extraction.resource;
  const isRead = extraction.status === "read";
  const failure = isRead ? seen.failure : extraction.failure;
  return {
    name: options.name,
    exitCode: failure?.exitCode ?? EXIT.ok,
    error: failure?.error ?? null,
    requests: events.flatMap((event) =>
      event.event === "request" ? [{ method: event.method, url: event.url, status: event.status }] : [],
    ),
    paginator: isRead ? extraction.outcome.paginator : null,
    notices: events.flatMap((event) => (event.event === "notice" ? [event.message] : [])),
    dataSelector,
    writeDisposition: describeDisposition(options.writeDisposition),
    primaryKey: options.primaryKey,
    rows: isRead ? extraction.spooled.rows : 0,
    records: isRead ? await readFirstRecords(extraction.spooled.files, seen.limit) : [],
    tables: isRead && extraction.spooled.rows > 0 ? tablesOf(seen.load) : [],
    fields,
  };
}

function tablesOf(load: ResourceLoad | undefined): PreviewTable[] {
  return (load?.plan.tables ?? []).map(({ table }) => ({
    name: table.name,
    parent: table.parent ?? null,
    columns: table.columns.map(({ name, sqlType, nullable }) => ({ name, type: sqlType, nullable })),
  }));
}
