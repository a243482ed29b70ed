import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { HttpClient } from "../../../src/http/client.js";
import { createHttpClient } from "../../../src/http/create-http-client.js";
import { createTraffic, type Traffic } from "../../../src/http/limits/traffic.js";
import type { RunEvent } from "../../../src/model/events.js";
import type { RestClientConfig } from "../../../src/model/rest-config.js";
import { createRedactor } from "../../../src/shared/redact.js";
import { createFakeClock } from "../../support/fake-clock.js";
import { sendJson } from "../../support/serve.js";
import { clientConfig, startBench, startServer } from "./support.js";

/** Clients of one source, made with one traffic; the clock notes the time of each arrival. */
function createSource(baseUrl: string, clock = createFakeClock(0), directory?: string) {
  const traffic: Traffic = createTraffic({ clock, directory });
  const events: RunEvent[] = [];
  return {
    clock,
    events,
    client(config: Partial<RestClientConfig> = {}): HttpClient {
      const client = createHttpClient(clientConfig(baseUrl, config), {
        clock,
        random: () => 0.5,
        redactor: createRedactor(),
        userAgent: "dango/test",
        traffic,
      });
      onTestFinished(() => client.close());
      return client;
    },
    send: (client: HttpClient, path = "/", resource = "users") =>
      client.send(
        { method: "GET", url: new URL(path, baseUrl), headers: {} },
        {
          source: "api",
          resource,
          signal: new AbortController().signal,
          emit: (event) => events.push(event),
        },
      ),
  };
}

const gap = [{ requests: 1, perMs: 100 }];

describe("a rate limit", () => {
  it("is shared by clients with other headers, and counts retries and redirects (mission 000-25)", async () => {
    const clock = createFakeClock(0);
    const times: [string, number][] = [];
    const server = await startServer((request, response) => {
      times.push([request.url, clock.now()]);
      if (request.url === "/old") response.writeHead(302, { location: "/new" }).end();
      else if (times.length === 4) response.writeHead(503, { "retry-after": "0" }).end();
      else sendJson(response, {});
    });
    const source = createSource(server.url, clock);
    const [a, b] = [
      source.client({ rateLimit: gap }),
      source.client({ rateLimit: gap, headers: { X: "1" } }),
    ];
    await source.send(a, "/a");
    await source.send(b, "/old");
    await source.send(a, "/c");
    expect(times).toEqual([
      ["/a", 0],
      ["/old", 100],
      ["/new", 200],
      ["/c", 300],
      ["/c", 400],
    ]);
  });

  it("holds back the other requests of an origin after a 429 with Retry-After", async () => {
    const clock = createFakeClock(0);
    const times: [string, number][] = [];
    const server = await startServer((request, response) => {
      times.push([request.url, clock.now()]);
      if (times.length === 1) response.writeHead(429, { "retry-after": "7" }).end();
      else sendJson(response, {});
    });
    const source = createSource(server.url, clock);
    await source.send(source.client(), "/refused");
    clock.advance(-5_000);
    await source.send(source.client({ headers: { X: "1" } }), "/other");
    expect(times).toEqual([
      ["/refused", 0],
      ["/refused", 7_000],
      ["/other", 7_000],
    ]);
  });

  it("over an hour or more is counted across runs, in a file that only its owner reads", async () => {
    const directory = join(await mkdtemp(join(tmpdir(), "dango-budget-")), "api");
    onTestFinished(() => rm(join(directory, ".."), { recursive: true }));
    const server = await startServer((_request, response) => {
      sendJson(response, {});
    });
    const rateLimit = [{ requests: 3, perMs: 86_400_000 }];
    const clock = createFakeClock();
    const first = createSource(server.url, clock, directory);
    await first.send(first.client({ rateLimit }));
    await first.send(first.client({ rateLimit }));

    const second = createSource(server.url, clock, directory);
    const client = second.client({ rateLimit });
    await second.send(client);
    await expect(second.send(client)).rejects.toMatchObject({ exitCode: 7, type: "rate_limit" });
    expect(server.requests).toHaveLength(3);
    expect(await readdir(directory)).toEqual(["rate-limits.json"]);
    const path = join(directory, "rate-limits.json");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, "utf8")).toContain(`"${server.url} 3/86400000"`);

    clock.advance(90_000_000);
    const third = createSource(server.url, clock, directory);
    await third.send(third.client({ rateLimit }));
    expect(server.requests).toHaveLength(4);
  });

  it("over an hour or more holds for processes at the same time", async () => {
    const directory = await mkdtemp(join(tmpdir(), "dango-budget-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    const server = await startServer((_request, response) => {
      sendJson(response, {});
    });
    const rateLimit = [{ requests: 5, perMs: 3_600_000 }];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => {
        const source = createSource(server.url, createFakeClock(), directory);
        return source.send(source.client({ rateLimit }));
      }),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    expect(server.requests).toHaveLength(5);
  });
});

it("shares connections among clients with other headers (mission 002-03)", async () => {
  const server = await startServer((_request, response) => {
    sendJson(response, {});
  });
  const source = createSource(server.url);
  const first = source.client();
  await source.send(first);
  await source.send(source.client({ headers: { X: "1" } }));
  await first.close();
  await source.send(source.client({ headers: { X: "2" } }));
  expect([server.requests.length, server.connections()]).toEqual([3, 1]);
});

it("bounds a resource with a concurrency of its own, within that of the source", async () => {
  const now = { small: 0, all: 0 };
  const most = { small: 0, all: 0 };
  const server = await startServer(async (request, response) => {
    const isSmall = request.url === "/small";
    now.all += 1;
    if (isSmall) now.small += 1;
    most.all = Math.max(most.all, now.all);
    most.small = Math.max(most.small, now.small);
    await new Promise((resolve) => setTimeout(resolve, 15));
    now.all -= 1;
    if (isSmall) now.small -= 1;
    sendJson(response, {});
  });
  const source = createSource(server.url);
  const small = source.client({ concurrency: 1, sourceConcurrency: 3 });
  const rest = source.client({ concurrency: 3 });
  await Promise.all([
    ...Array.from({ length: 4 }, () => source.send(small, "/small", "small")),
    ...Array.from({ length: 9 }, () => source.send(rest, "/rest", "rest")),
  ]);
  expect(most).toEqual({ small: 1, all: 3 });
});

describe("a circuit breaker", () => {
  const circuitBreaker = { failures: 3, pauseMs: 30_000 };

  it("fails further requests at once after so many failures, and names the time (mission 002-02, H1)", async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(500).end("down");
    });
    const source = createSource(server.url);
    const client = source.client({ circuitBreaker });
    await expect(source.send(client, "/a")).rejects.toMatchObject({
      exitCode: 8,
      message: `GET ${server.url}/a answered 500 Internal Server Error (3 attempts, circuit open after 3 failures in a row, retry in 30 s): down`,
    });
    source.clock.advance(10_000);
    await expect(source.send(source.client({ circuitBreaker }), "/b", "other")).rejects.toMatchObject({
      exitCode: 8,
      type: "unavailable",
      message: `GET ${server.url}/b was not sent: circuit open after 3 failures in a row, retry in 20 s`,
    });
    expect(server.requests).toHaveLength(3);
  });

  it("lets one probe through after the pause, and all others when it succeeds", async () => {
    let isDown = true;
    const server = await startServer((_request, response) => {
      response.writeHead(isDown ? 500 : 200, { "content-type": "application/json" }).end("{}");
    });
    const source = createSource(server.url);
    const client = source.client({ circuitBreaker });
    await expect(source.send(client)).rejects.toMatchObject({ exitCode: 8 });
    source.clock.advance(30_000);
    isDown = false;
    await Promise.all([source.send(client), source.send(client), source.send(client)]);
    expect(server.requests).toHaveLength(6);
  });

  it("waits for the pause where the retries left would have waited as long", async () => {
    let requests = 0;
    const server = await startServer((_request, response) => {
      requests += 1;
      response.writeHead(requests <= 3 ? 503 : 200, { "content-type": "application/json" }).end("{}");
    });
    const source = createSource(server.url);
    const client = source.client({ circuitBreaker: { failures: 3, pauseMs: 10_000 } });
    expect((await source.send(client)).status).toBe(200);
    expect(source.clock.sleeps).toEqual([1_000, 2_000, 4_000, 6_000]);
  });

  it("is off unless it is configured, and never opened by 4xx", async () => {
    const [bench, server] = await startBench((_request, response) => {
      response.writeHead(500).end();
    });
    for (let index = 0; index < 3; index += 1) await bench.fail("/");
    expect(server.requests).toHaveLength(15);
    const [other, refusing] = await startBench(
      (_request, response) => {
        response.writeHead(404).end();
      },
      { circuitBreaker: { failures: 1, pauseMs: 1_000 } },
    );
    for (let index = 0; index < 3; index += 1) await other.fail("/");
    expect(refusing.requests).toHaveLength(3);
  });
});

it("retry.budget ends the retries of a resource that waited so long, rate limits aside", async () => {
  const server = await startServer((request, response) => {
    response.writeHead(request.url === "/limited" ? 429 : 500).end();
  });
  const source = createSource(server.url);
  const client = source.client({
    retry: { attempts: 3, baseMs: 1_000, maxWaitMs: 300_000, statuses: [429, "5xx"], budgetMs: 4_000 },
  });
  await expect(source.send(client, "/limited")).rejects.toMatchObject({ exitCode: 7 });
  await expect(source.send(client, "/a")).rejects.toThrow("500 Internal Server Error (3 attempts)");
  await expect(source.send(client, "/b")).rejects.toThrow(
    `GET ${server.url}/b answered 500 Internal Server Error (2 attempts, the retry budget of 4 s is used up)`,
  );
  await expect(source.send(client, "/c", "other")).rejects.toThrow("500 Internal Server Error (3 attempts)");
  expect(server.requests).toHaveLength(11);
});
