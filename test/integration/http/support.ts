import { onTestFinished } from "vitest";
import type { AuthHost } from "../../../src/http/auth/auth-host.js";
import { createHttpClient } from "../../../src/http/create-http-client.js";
import type { HttpClient, HttpContext, HttpRequest, HttpResponse } from "../../../src/http/client.js";
import type { RunEvent } from "../../../src/model/events.js";
import type { RestClientConfig } from "../../../src/model/rest-config.js";
import { isDangoError, type DangoError } from "../../../src/shared/errors.js";
import { createRedactor, type Redactor } from "../../../src/shared/redact.js";
import { serve, type ServeHandler, type TestServer } from "../../support/serve.js";
import { createFakeClock, type FakeClock } from "../../support/fake-clock.js";
import type { Clock } from "../../../src/shared/async.js";

/** A client with a clock that never sleeps, and what was seen of it. */
export interface Bench {
  readonly client: HttpClient;
  readonly clock: FakeClock;
  readonly events: RunEvent[];
  readonly abort: AbortController;
  readonly context: HttpContext;
  send(path: string, request?: Partial<HttpRequest>): Promise<HttpResponse>;
  /** The error that `send` ends in. */
  fail(path: string, request?: Partial<HttpRequest>): Promise<DangoError>;
}

/** A client of `baseUrl` with the contract's defaults; random is 0.5, so that waits are 1, 2, 4 and 8 s. */
export function createBench(
  baseUrl: string,
  config: Partial<RestClientConfig> = {},
  overrides: {
    readonly secrets?: readonly string[];
    readonly clock?: Clock;
    readonly auth?: AuthHost;
    readonly redactor?: Redactor;
    readonly directory?: string;
  } = {},
): Bench {
  const clock = createFakeClock();
  const redactor = overrides.redactor ?? createRedactor();
  for (const secret of overrides.secrets ?? []) redactor.add(secret);
  const client = createHttpClient(clientConfig(baseUrl, config), {
    clock: overrides.clock ?? clock,
    random: () => 0.5,
    redactor,
    userAgent: "dango/1.2.3",
    ...(overrides.auth === undefined ? {} : { auth: overrides.auth }),
    ...(overrides.directory === undefined ? {} : { directory: overrides.directory }),
  });
  onTestFinished(() => client.close());
  const events: RunEvent[] = [];
  const abort = new AbortController();
  const context: HttpContext = {
    source: "api",
    resource: "users",
    signal: abort.signal,
    emit: (event) => events.push(event),
  };
  const send: Bench["send"] = (path, request = {}) =>
    client.send({ method: "GET", url: new URL(path, baseUrl), headers: {}, ...request }, context);
  return {
    client,
    clock,
    events,
    abort,
    context,
    send,
    async fail(path, request) {
      const outcome = await send(path, request).then(
        (response) => new Error(`answered ${String(response.status)} instead of failing`),
        (error: unknown) => error,
      );
      if (!isDangoError(outcome)) throw outcome;
      return outcome;
    },
  };
}

/** A server and a client of it; both end with the test. */
export async function startBench(
  handler: ServeHandler,
  config: Partial<RestClientConfig> = {},
  overrides: Parameters<typeof createBench>[2] = {},
): Promise<[Bench, TestServer]> {
  const server = await startServer(handler);
  return [createBench(server.url, config, overrides), server];
}

/** A server that ends with the test. */
export async function startServer(handler: ServeHandler): Promise<TestServer> {
  const server = await serve(handler);
  onTestFinished(() => server.close());
  return server;
}

/** A client's configuration with the defaults that a source's configuration fills in. */
export function clientConfig(baseUrl: string, changes: Partial<RestClientConfig> = {}): RestClientConfig {
  return {
    baseUrl,
    headers: {},
    auth: undefined,
    timeoutMs: 30_000,
    retry: { attempts: 5, baseMs: 1_000, maxWaitMs: 300_000, statuses: [408, 429, "5xx"] },
    rateLimit: [],
    allowedOrigins: [],
    redirects: 10,
    concurrency: 4,
    maxBodyBytes: 2 ** 30,
    maxRecordBytes: 2 ** 26,
    ...changes,
  };
}
