import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecordSink } from "../../src/extract/spool/record-sink.js";
import { createHttpClient } from "../../src/http/create-http-client.js";
import { parseLossless } from "../../src/json/parse-lossless.js";
import type { RunEvent } from "../../src/model/events.js";
import type { ResourceOptions } from "../../src/model/resource.js";
import type { EndpointConfig, RestClientConfig, RestSourceConfig } from "../../src/model/rest-config.js";
import type { IncrementalBounds, Source } from "../../src/model/source.js";
import { isDangoError, type DangoError } from "../../src/shared/errors.js";
import { createRedactor } from "../../src/shared/redact.js";
import { createRestSource } from "../../src/sources/rest/create-rest-source.js";
import { createFakeClock } from "./fake-clock.js";
import { incrementalBy } from "./memory-sync.js";

/** One resource to read, defaults left out. */
export interface RestScenario {
  readonly baseUrl: string;
  readonly endpoint?: Partial<EndpointConfig>;
  readonly client?: Partial<RestClientConfig>;
  readonly options?: Partial<ResourceOptions>;
  readonly bounds?: Partial<IncrementalBounds>;
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** What reading came to. */
export interface RestReading {
  readonly rows: readonly unknown[];
  readonly paginator: string | null | undefined;
  readonly error: DangoError | undefined;
  readonly notices: readonly string[];
  readonly events: readonly RunEvent[];
}

/** For configurations without custom slots. */
export function noFunctions(): never {
  throw new Error("there are no custom slots");
}

/** A source `api` with the one resource `items`, ready to be read over real HTTP; waits take no time. */
export function openRestSource(scenario: RestScenario): Source {
  return createRestSource({
    name: "api",
    config: restConfig(scenario),
    functions: noFunctions,
    createClient: (config) =>
      createHttpClient(config, {
        clock: createFakeClock(),
        random: () => 0.5,
        redactor: createRedactor(),
        userAgent: "dango/test",
      }),
  });
}

/** Reads the resource into a real spool; an error of dango's own is returned, any other thrown. */
export async function readRest(scenario: RestScenario): Promise<RestReading> {
  const directory = await mkdtemp(join(tmpdir(), "dango-rest-"));
  const source = openRestSource(scenario);
  const events: RunEvent[] = [];
  const sink = createRecordSink({
    directory,
    maxRecordBytes: 1_000_000,
    ...(scenario.limit === undefined ? {} : { limit: scenario.limit }),
  });
  let paginator: string | null | undefined;
  let error: DangoError | undefined;
  try {
    const outcome = await source.resources[0]?.read({
      records: sink,
      incremental:
        scenario.bounds === undefined
          ? undefined
          : { startValue: null, initialValue: null, lastValue: null, endValue: null, ...scenario.bounds },
      state: {},
      signal: scenario.signal ?? new AbortController().signal,
      emit: (event) => events.push(event),
      clock: createFakeClock(),
    });
    paginator = outcome?.paginator;
  } catch (thrown) {
    if (!isDangoError(thrown)) throw thrown;
    error = thrown;
  } finally {
    await source.close();
  }
  const { files } = await sink.finish();
  const rows: unknown[] = [];
  for (const file of files) {
    for (const line of (await readFile(file, "utf8")).split("\n")) {
      const bytes = Buffer.from(line);
      if (line.trim() !== "") rows.push(parseLossless(bytes, 0, bytes.length));
    }
  }
  await rm(directory, { recursive: true });
  const notices = events.flatMap((event) =>
    event.event === "notice" ? [`${event.level}: ${event.message}`] : [],
  );
  return { rows, paginator, error, notices, events };
}

/** The configuration of a scenario, defaults filled in. */
export function restConfig(scenario: RestScenario): RestSourceConfig {
  const client: RestClientConfig = {
    baseUrl: scenario.baseUrl,
    headers: {},
    auth: undefined,
    timeoutMs: 5_000,
    retry: { attempts: 2, baseMs: 1_000, maxWaitMs: 300_000, statuses: [408, 429, "5xx"] },
    rateLimit: [],
    allowedOrigins: [],
    redirects: 10,
    concurrency: 4,
    maxBodyBytes: 10_000_000,
    maxRecordBytes: 1_000_000,
    ...scenario.client,
  };
  return {
    client,
    functions: [],
    resources: [
      {
        options: {
          name: "items",
          tableName: "items",
          writeDisposition: { kind: "replace" },
          primaryKey: [],
          mergeKey: [],
          columns: {},
          allowEmpty: false,
          onNullKey: "error",
          ...(scenario.bounds === undefined ? {} : { incremental: incrementalBy("at") }),
          ...scenario.options,
        },
        selected: true,
        client,
        endpoint: {
          path: "items",
          method: "GET",
          params: {},
          json: undefined,
          headers: {},
          paginator: { type: "auto" },
          dataSelector: undefined,
          emptyWhenSelectorMissing: false,
          maxPages: undefined,
          ...scenario.endpoint,
        },
        location: { file: "sources.yml" },
      },
    ],
  };
}
