import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Project, SourceConfig } from "../../../src/config/project.js";
import type { RunEvent } from "../../../src/model/events.js";
import type { IncrementalBounds, Source } from "../../../src/model/source.js";
import { createRedactor } from "../../../src/shared/redact.js";
import { loadModuleSource } from "../../../src/sources/module/load-module-source.js";
import { createFakeClock } from "../../support/fake-clock.js";
import { collectRecords } from "./collect-records.js";

/** What a module is loaded with. */
export interface ModuleOptions {
  readonly files: Readonly<Record<string, string>>;
  /** Default `custom_sources.my_api`. */
  readonly sourceModule?: string;
  /** Default `my_source`. */
  readonly sourceName?: string;
  readonly args?: Readonly<Record<string, unknown>>;
  /** Values that settings hold, by key. */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** What a resource is read with. */
export interface ReadOptions {
  readonly incremental?: IncrementalBounds;
  readonly state?: Record<string, unknown>;
  readonly signal?: AbortSignal;
  readonly limit?: number;
}

/** What reading came to. */
export interface ReadResult {
  readonly rows: readonly unknown[];
  readonly events: readonly RunEvent[];
  readonly state: Record<string, unknown>;
  /** The waits of all reads so far, in milliseconds. */
  readonly sleeps: readonly number[];
}

/** A project without node_modules in a folder of its own. */
export interface ModuleProject extends AsyncDisposable {
  readonly root: string;
  readonly redact: (text: string) => string;
  load(): Promise<Source>;
  /** Loads the source and reads one of its resources to its end. */
  read(resource: string, options?: ReadOptions): Promise<ReadResult>;
}

const LOCATION = { file: ".dango/sources.yml", line: 3, column: 5 };

/** Writes a project from strings. */
export async function makeModuleProject(options: ModuleOptions): Promise<ModuleProject> {
  const root = await mkdtemp(join(tmpdir(), "dango-module-"));
  for (const [path, text] of Object.entries(options.files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const redactor = createRedactor();
  const source: SourceConfig = {
    name: "my_custom_api",
    enabled: true,
    datasetName: "raw_my_custom_api",
    pipelineName: "my_custom_api",
    schemaName: "my_custom_api",
    location: LOCATION,
    definition: {
      type: "dlt_native",
      module: {
        sourceModule: options.sourceModule ?? "custom_sources.my_api",
        sourceName: options.sourceName ?? "my_source",
        args: options.args ?? {},
        location: LOCATION,
      },
    },
  };
  const project: Project = {
    root,
    sources: [source],
    warehousePath: join(root, "data/warehouse.duckdb"),
    runtime: { logLevel: "WARNING" },
    redactor,
    values: {
      parameter: ({ key }) => ({
        value: options.values?.[key],
        places: [`environment: ${key.toUpperCase()}`],
      }),
    },
    refreshTokens: () => {
      throw new Error("there is no refresh token");
    },
  };
  const clock = createFakeClock();
  const http = { clock, random: () => 0, redactor, userAgent: "dango/test" };
  const load = (): Promise<Source> => loadModuleSource({ project, source, http });
  return {
    root,
    redact: (text) => redactor.redact(text),
    load,
    async read(name, { incremental, state = {}, signal, limit } = {}) {
      const opened = await load();
      const events: RunEvent[] = [];
      try {
        const resource = opened.resources.find((candidate) => candidate.options.name === name);
        if (resource === undefined) throw new Error(`no resource ${name}`);
        const rows = await collectRecords(limit, (records) =>
          resource.read({
            records,
            incremental,
            state,
            signal: signal ?? new AbortController().signal,
            emit: (event) => events.push(event),
            clock,
          }),
        );
        return { rows, events, state, sleeps: clock.sleeps };
      } finally {
        await opened.close();
      }
    },
    async [Symbol.asyncDispose]() {
      await rm(root, { recursive: true, force: true });
    },
  };
}
