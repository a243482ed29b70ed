import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readProject } from "../../src/config/read-project.js";
import { openSource } from "../../src/engine/open-source.js";
import type { PipelineParts } from "../../src/engine/pipelines/pipeline-parts.js";
import type { SyncOptions } from "../../src/engine/run-context.js";
import { runSync } from "../../src/engine/run-sync.js";
import type { RunEvent } from "../../src/model/events.js";
import type { ResourceReport, SourceReport } from "../../src/model/report.js";
import { queryWarehouse } from "../../src/warehouse/query-warehouse.js";
import { createWarehouse } from "../../src/warehouse/warehouse.js";
import { createFakeClock, type FakeClock } from "./fake-clock.js";

/** What one sync came to. */
export interface SyncedSource extends SourceReport {
  readonly events: readonly RunEvent[];
  /** Warnings and notices in words. */
  readonly notices: readonly string[];
  resource(name: string): ResourceReport;
}

/** A project whose one source `api` is a `rest_api` block: the whole engine in this process, waits take no time. */
export interface RestProject extends AsyncDisposable {
  readonly root: string;
  /** One `dango sync`; the dataset is `raw_api`. `block` replaces the source's block. */
  sync(options?: Partial<SyncOptions>, block?: string): Promise<SyncedSource>;
  /** Environment variables of the syncs to come. */
  env: Readonly<Record<string, string>>;
  readonly clock: FakeClock;
  rows(sql: string): Promise<unknown[][]>;
  /** What commands that inspect and repair are given. */
  pipelines(): Promise<PipelineParts>;
}

/** What a project has beside its block. */
export interface ProjectStart {
  /** Lines of the source entry, such as `dataset_name: x`. */
  readonly keys?: readonly string[];
  /** A DuckDB file to begin with, copied. */
  readonly warehouse?: string;
  /** Where the clock starts. */
  readonly nowMs?: number;
  /** Modules and other files, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Makes a project; `block` is YAML as it stands under `rest_api:`. */
export async function createRestProject(block: string, start: ProjectStart = {}): Promise<RestProject> {
  const root = await mkdtemp(join(tmpdir(), "dango-rest-project-"));
  const signal = new AbortController().signal;
  const clock = createFakeClock(start.nowMs);
  const warehousePath = join(root, "data", "warehouse.duckdb");
  let current = block;
  if (start.warehouse !== undefined) {
    await mkdir(join(root, "data"));
    await copyFile(start.warehouse, warehousePath);
  }
  for (const [path, text] of Object.entries(start.files ?? {})) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const open = async () => {
    await mkdir(join(root, ".dango"), { recursive: true });
    await writeFile(join(root, ".dango", "sources.yml"), toYaml(current, start.keys ?? []));
    return readProject({ startDirectory: root, env: opened.env });
  };
  const opened: RestProject = {
    root,
    clock,
    env: {},
    async sync(options = {}, changed = current) {
      current = changed;
      const project = await open();
      const events: RunEvent[] = [];
      const deps = { project, clock, random: () => 0.5 };
      const report = await runSync(
        {
          ...deps,
          warehouse: createWarehouse({ clock }),
          emit: (event) => events.push(event),
          signal,
          openSource: (config) => openSource(config, deps),
        },
        { ...PLAIN_SYNC, ...options },
      );
      // Two loads of one moment would have one id.
      clock.advance(1000);
      const [source] = report.sources;
      if (source === undefined) throw new Error("the run has no source");
      return describeSync(source, events);
    },
    async pipelines() {
      const project = await open();
      const deps = { project, clock, random: () => 0.5 };
      return {
        ...deps,
        warehouse: createWarehouse({ clock }),
        lockWaitMs: 0,
        onLockWait: () => undefined,
        signal,
        openSource: (config) => openSource(config, deps),
      };
    },
    rows: async (sql) => (await queryWarehouse(warehousePath, sql, { lockWaitMs: 0, signal })).rows,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
  return opened;
}

function toYaml(block: string, keys: readonly string[]): string {
  const indented = block.trim().replaceAll("\n", "\n      ");
  const lines = keys.map((line) => `    ${line}\n`).join("");
  return `sources:\n  - name: api\n    type: rest_api\n${lines}    rest_api:\n      ${indented}\n`;
}

function describeSync(source: SourceReport, events: readonly RunEvent[]): SyncedSource {
  return {
    ...source,
    events,
    notices: events.flatMap((event) =>
      event.event === "notice" ? [`${event.resource ?? ""} ${event.level}: ${event.message}`] : [],
    ),
    resource(name) {
      const found = source.resources.find((one) => one.name === name);
      if (found === undefined) throw new Error(`no report of ${name}: ${JSON.stringify(source.error)}`);
      return found;
    },
  };
}

const PLAIN_SYNC: SyncOptions = {
  sources: [],
  resources: [],
  fullRefresh: false,
  limit: undefined,
  allowEmptyReplace: false,
  lockWaitMs: 0,
  dryRun: false,
  allowHistoryLoss: false,
};
