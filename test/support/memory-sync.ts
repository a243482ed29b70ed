import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Project, SourceConfig } from "../../src/config/project.js";
import type { PipelineParts } from "../../src/engine/pipelines/pipeline-parts.js";
import type { SyncOptions } from "../../src/engine/run-context.js";
import { runSync } from "../../src/engine/run-sync.js";
import type { ResourceReport, SourceReport } from "../../src/model/report.js";
import type { RecordLimits } from "../../src/model/record-limits.js";
import type { IncrementalOptions, ResourceOptions } from "../../src/model/resource.js";
import type { RunEvent } from "../../src/model/events.js";
import type { ProcessingStep } from "../../src/model/processing-step.js";
import type { UserFunction } from "../../src/model/user-function.js";
import type { Resource, Source } from "../../src/model/source.js";
import { systemClock } from "../../src/shared/async.js";
import { createAuthHost } from "../../src/http/auth/auth-host.js";
import { createRedactor } from "../../src/shared/redact.js";
import { queryWarehouse } from "../../src/warehouse/query-warehouse.js";
import { createWarehouse } from "../../src/warehouse/warehouse.js";

/** A resource whose pages are given: each a body as an API would send it, or JavaScript values. */
export interface MemoryResource {
  readonly name: string;
  /** The resource that it is a child of. */
  readonly parent?: string;
  readonly pages: readonly (string | readonly unknown[])[];
  readonly options?: Partial<ResourceOptions>;
  readonly steps?: readonly ProcessingStep<UserFunction>[];
  readonly limits?: Partial<RecordLimits>;
  /** Thrown after the last page. */
  readonly failure?: Error;
}

/** A project without files: the real engine and a real warehouse over records that are given. */
export interface MemoryProject extends AsyncDisposable {
  readonly warehousePath: string;
  /** What all syncs so far told. */
  readonly events: readonly RunEvent[];
  /** One `dango sync` of the source `shop`, dataset `raw_shop`. */
  sync(resources: readonly MemoryResource[], options?: Partial<SyncOptions>): Promise<SourceReport>;
  rows(sql: string): Promise<unknown[][]>;
  /** The pipeline of `shop`, to look at or to change outside a sync; `resources` are what the source declares. */
  pipeline(resources: readonly MemoryResource[]): {
    readonly parts: PipelineParts;
    readonly config: SourceConfig;
  };
}

/** Makes a project in a directory of its own. */
export async function createMemoryProject(): Promise<MemoryProject> {
  const root = await mkdtemp(join(tmpdir(), "dango-memory-"));
  const warehousePath = join(root, "data", "warehouse.duckdb");
  const signal = new AbortController().signal;
  const project: Project = {
    root,
    sources: [SHOP],
    warehousePath,
    runtime: { logLevel: "INFO" },
    redactor: createRedactor(),
    values: { parameter: () => ({ value: undefined, places: [] }) },
    refreshTokens: () => createAuthHost().refreshTokens,
  };
  const given = {
    project,
    warehouse: createWarehouse({ clock: systemClock }),
    clock: systemClock,
    random: Math.random,
    signal,
  };
  const events: RunEvent[] = [];
  return {
    warehousePath,
    events,
    async sync(resources, options = {}) {
      const report = await runSync(
        {
          ...given,
          emit: (event) => events.push(event),
          openSource: () => Promise.resolve(openMemorySource(resources)),
        },
        { ...PLAIN_SYNC, ...options },
      );
      const [source] = report.sources;
      if (source === undefined) throw new Error("the run has no source");
      return source;
    },
    rows: async (sql) => (await queryWarehouse(warehousePath, sql, { lockWaitMs: 0, signal })).rows,
    pipeline: (resources) => ({
      config: SHOP,
      parts: {
        ...given,
        lockWaitMs: 0,
        onLockWait: () => undefined,
        openSource: () => Promise.resolve(openMemorySource(resources)),
      },
    }),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** The report of one resource, which must have been loaded. */
export function loadedResource(report: SourceReport, name: string): ResourceReport {
  const resource = report.resources.find((one) => one.name === name);
  if (resource?.status !== "ok") {
    throw new Error(`${name} was not loaded: ${JSON.stringify(resource?.error ?? report.error)}`);
  }
  return resource;
}

/** Options of an incremental resource with dlt's defaults. */
export function incrementalBy(
  cursorPath: string,
  options: Partial<IncrementalOptions> = {},
): IncrementalOptions {
  return {
    cursorPath,
    lastValueFunc: "max",
    rangeStart: "closed",
    rangeEnd: "open",
    onCursorValueMissing: "raise",
    ...options,
  };
}

const PLACE = { file: "sources.yml", line: 1, column: 1 };

const SHOP: SourceConfig = {
  name: "shop",
  enabled: true,
  datasetName: "raw_shop",
  pipelineName: "shop",
  schemaName: "shop",
  location: PLACE,
  definition: {
    type: "dlt_native",
    module: { sourceModule: "shop", sourceName: "shop", args: {}, location: PLACE },
  },
};

const PLAIN_SYNC: SyncOptions = {
  sources: [],
  resources: [],
  fullRefresh: false,
  limit: undefined,
  allowEmptyReplace: false,
  allowHistoryLoss: false,
  lockWaitMs: 0,
  dryRun: false,
};

function openMemorySource(resources: readonly MemoryResource[]): Source {
  return {
    name: "shop",
    resources: resources.map(openMemoryResource),
    concurrency: 1,
    close: () => Promise.resolve(),
  };
}

function openMemoryResource(resource: MemoryResource): Resource {
  const { name, parent, pages, options, steps, limits, failure } = resource;
  return {
    options: {
      name,
      tableName: name,
      writeDisposition: { kind: "append" },
      primaryKey: [],
      mergeKey: [],
      columns: {},
      allowEmpty: false,
      onNullKey: "error",
      ...options,
    },
    maxRecordBytes: 1 << 26,
    ...limits,
    ...(parent === undefined ? {} : { parent }),
    ...(steps === undefined ? {} : { processingSteps: steps }),
    async read({ records }) {
      for (const [index, page] of pages.entries()) {
        if (records.isFull) break;
        if (typeof page !== "string") await records.writeObjects(page);
        else {
          const pick = {
            selector: "$",
            emptyWhenMissing: false,
            chosen: undefined,
            singleEntity: false,
          };
          await records.writeBody(Buffer.from(page), pick, {
            number: index + 1,
            url: "http://shop.test/",
            status: 200,
            contentType: "application/json",
          });
        }
      }
      if (failure !== undefined) throw failure;
      return { paginator: null };
    },
    describeFirstRequest: () => undefined,
  };
}
