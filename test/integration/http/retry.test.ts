import { wholeBody } from "../../../src/model/body.js";
import { expect, it } from "vitest";
import { AuthError, RateLimitError, ResponseError, UnavailableError } from "../../../src/shared/errors.js";
import { sendJson, type ServeHandler } from "../../support/serve.js";
import { createBench, startBench, startServer } from "./support.js";

/** Answers by the given statuses in turn, with 200 after them. */
function inTurn(...statuses: (number | [number, Record<string, string>])[]): ServeHandler {
  const pending = [...statuses];
  return (_request, response) => {
    const next = pending.shift();
    if (next === undefined) {
      sendJson(response, { ok: true });
      return;
    }
    const [status, headers] = typeof next === "number" ? [next, {}] : next;
    response.writeHead(status, headers).end("busy");
  };
}

const always =
  (status: number, headers: Record<string, string> = {}, body = ""): ServeHandler =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };

it.each([408, 429, 500, 501, 503, 599])("§6.6: retries %i (001-10)", async (status) => {
  const [bench, server] = await startBench(inTurn(status));
  expect((await bench.send("/")).status).toBe(200);
  expect(server.requests).toHaveLength(2);
  expect(bench.clock.sleeps).toEqual([1_000]);
});

it.each([400, 401, 403, 404, 409, 410, 422])("§6.6: does not retry %i", async (status) => {
  const [bench, server] = await startBench(always(status));
  expect((await bench.fail("/")).context["status"]).toBe(status);
  expect(server.requests).toHaveLength(1);
  expect(bench.clock.sleeps).toEqual([]);
});

it("H1: attempts counts requests, and waits double from the base (001-10, 002-09)", async () => {
  const [bench, server] = await startBench(always(503, {}, "down"));
  const error = await bench.fail("/users");
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error.message).toBe(`GET ${server.url}/users answered 503 Service Unavailable (5 attempts): down`);
  expect(error.hint).toBe("The API is failing; sync again later.");
  expect(error.context).toEqual({ status: 503, url: `${server.url}/users`, method: "GET", attempts: 5 });
  expect([error.type, error.exitCode]).toEqual(["unavailable", 8]);
  expect(server.requests).toHaveLength(5);
  expect(bench.clock.sleeps).toEqual([1_000, 2_000, 4_000, 8_000]);
});

it("H1: takes attempts, base and statuses from the configuration (001-11)", async () => {
  const retry = { attempts: 3, baseMs: 100, maxWaitMs: 300_000, statuses: [404] };
  const [bench, server] = await startBench(always(404), { retry });
  await bench.fail("/");
  expect(server.requests).toHaveLength(3);
  expect(bench.clock.sleeps).toEqual([100, 200]);
});

it("H1: does not retry a 5xx that statuses leaves out", async () => {
  const retry = { attempts: 5, baseMs: 100, maxWaitMs: 300_000, statuses: [429] };
  const [bench, server] = await startBench(always(500), { retry });
  const error = await bench.fail("/");
  expect(error.message).toBe(`GET ${server.url}/ answered 500 Internal Server Error`);
  expect(server.requests).toHaveLength(1);
});

it("retries a POST with the same body", async () => {
  const [bench, server] = await startBench(inTurn(503));
  await bench.send("/search", { method: "POST", body: "q" });
  expect(server.requests.map(({ method, body }) => [method, body])).toEqual([
    ["POST", "q"],
    ["POST", "q"],
  ]);
});

it("reports each retry with its reason, attempt and wait", async () => {
  const [bench] = await startBench(inTurn(503, [429, { "retry-after": "7" }]));
  await bench.send("/");
  expect(bench.events.filter(({ event }) => event === "retry")).toEqual([
    {
      event: "retry",
      source: "api",
      resource: "users",
      reason: "503 Service Unavailable",
      attempt: 1,
      waitMs: 1_000,
    },
    {
      event: "retry",
      source: "api",
      resource: "users",
      reason: "429 Too Many Requests",
      attempt: 2,
      waitMs: 7_000,
    },
  ]);
});

it("§6.6: waits exactly as long as Retry-After says in seconds (000-26, 002-09)", async () => {
  const [bench] = await startBench(inTurn([429, { "retry-after": "30" }], [503, { "retry-after": "0" }]));
  await bench.send("/");
  expect(bench.clock.sleeps).toEqual([30_000, 0]);
});

it("§6.6: waits until the HTTP date of Retry-After", async () => {
  const date = new Date(Date.UTC(2026, 0, 1, 0, 2)).toUTCString();
  const [bench] = await startBench(inTurn([429, { "retry-after": date }]));
  await bench.send("/");
  expect(bench.clock.sleeps).toEqual([120_000]);
});

it.each(["-5", "soon", "Wed, 01 Jan 2025 00:00:00 GMT"])(
  "H1: Retry-After %j counts as absent",
  async (value) => {
    const [bench] = await startBench(inTurn([429, { "retry-after": value }]));
    await bench.send("/");
    expect(bench.clock.sleeps).toEqual([1_000]);
  },
);

it("H1: a Retry-After above max_wait fails at once and names the time", async () => {
  const [bench, server] = await startBench(always(429, { "retry-after": "3600" }, "slow down"));
  const error = await bench.fail("/users");
  expect(error).toBeInstanceOf(RateLimitError);
  expect(error.message).toBe(
    `GET ${server.url}/users answered 429 Too Many Requests and asks to wait 3600 s, until 2026-01-01T01:00:00.000Z; max_wait is 300 s`,
  );
  expect(error.hint).toBe("Sync again after that time, or raise max_wait of retry.");
  expect(error.context).toMatchObject({ retry_after_seconds: 3600, attempts: 1 });
  expect(error.exitCode).toBe(7);
  expect(server.requests).toHaveLength(1);
  expect(bench.clock.sleeps).toEqual([]);
});

it("H1: a 503 with a Retry-After above max_wait is unavailable, not a rate limit", async () => {
  const [bench, server] = await startBench(always(503, { "retry-after": "9000000000000" }));
  const error = await bench.fail("/");
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error.message).toBe(
    `GET ${server.url}/ answered 503 Service Unavailable and asks to wait 9000000000000 s; max_wait is 300 s`,
  );
});

it("names a rate limit that outlasts the attempts (exit 7) (000-26)", async () => {
  const [bench, server] = await startBench(always(429, { "retry-after": "1" }, "slow down"));
  const error = await bench.fail("/");
  expect(error.message).toBe(`GET ${server.url}/ answered 429 Too Many Requests (5 attempts): slow down`);
  expect(error.hint).toBe("Set rate_limit to stay below the API's limit, or sync again later.");
  expect([error.code, error.exitCode]).toEqual(["DANGO_SOURCE_RATE_LIMIT", 7]);
  expect(bench.clock.sleeps).toEqual([1_000, 1_000, 1_000, 1_000]);
});

it.each([{ "retry-after": "2" }, { "x-ratelimit-remaining": "0" }])(
  "H1: a 403 with %j is a rate limit",
  async (headers: Record<string, string>) => {
    const [bench, server] = await startBench(always(403, headers));
    const error = await bench.fail("/", { expectedStatuses: [403] });
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error.message).toBe(
      `GET ${server.url}/ answered 403 Forbidden, a rate limit by its headers (5 attempts)`,
    );
    expect(server.requests).toHaveLength(5);
  },
);

it("H1: a 403 with a Retry-After that cannot be read is a missing permission", async () => {
  const [bench, server] = await startBench(always(403, { "retry-after": "soon" }));
  expect(await bench.fail("/")).toBeInstanceOf(AuthError);
  expect(server.requests).toHaveLength(1);
});

it("§6.6: retries a connection that breaks before the answer", async () => {
  let count = 0;
  const [bench, server] = await startBench((_request, response) => {
    count += 1;
    if (count < 3) response.destroy();
    else sendJson(response, { ok: true });
  });
  expect((await bench.send("/")).status).toBe(200);
  expect(server.requests).toHaveLength(3);
  expect(bench.clock.sleeps).toEqual([1_000, 2_000]);
});

it("D4: retries a body that acceptBody refuses, like a 5xx", async () => {
  let count = 0;
  const [bench, server] = await startBench((_request, response) => {
    count += 1;
    if (count === 1) response.writeHead(200, { "content-type": "text/html" }).end("<p>wait</p>");
    else sendJson(response, []);
  });
  const acceptBody: NonNullable<Parameters<typeof bench.send>[1]>["acceptBody"] = ({ body }) =>
    wholeBody(body).toString().startsWith("<") ? "an HTML page" : undefined;
  expect(wholeBody((await bench.send("/", { acceptBody })).body).toString()).toBe("[]");
  expect(server.requests).toHaveLength(2);
  expect(bench.clock.sleeps).toEqual([1_000]);
  expect(bench.events.find(({ event }) => event === "retry")).toMatchObject({ reason: "an HTML page" });
});

it("D4: a body refused to the end is a ResponseError with reason, status, content type and first bytes", async () => {
  const [bench, server] = await startBench(
    always(200, { "content-type": "text/html; charset=utf-8" }, "<h1>\u001b[31mLog in</h1>\n"),
  );
  const error = await bench.fail("/users", { acceptBody: () => "HTML instead of JSON" });
  expect(error).toBeInstanceOf(ResponseError);
  expect(error.message).toBe(
    `GET ${server.url}/users answered 200 OK with a body that cannot be used (5 attempts): HTML instead of JSON; content type text/html; charset=utf-8; first bytes: <h1>\\u{1b}[31mLog in</h1>`,
  );
  expect(error.hint).toBe(
    "Open the URL in a browser or with curl: it may be a web page, a login, or a gateway's message.",
  );
  expect(error.exitCode).toBe(1);
  expect(server.requests).toHaveLength(5);
});

it("D4: asks acceptBody only of a 2xx", async () => {
  const [bench] = await startBench(always(404, {}, "nothing"));
  const response = await bench.send("/", { expectedStatuses: [404], acceptBody: () => "refused" });
  expect(wholeBody(response.body).toString()).toBe("nothing");
});

it("rate_limit: keeps the gap between request starts, retries included (002-08)", async () => {
  const [bench, server] = await startBench(inTurn(503), {
    rateLimit: [
      { requests: 10, perMs: 1_000 },
      { requests: 1, perMs: 3_000 },
    ],
  });
  await bench.send("/a");
  await bench.send("/b");
  expect(server.requests).toHaveLength(3);
  // The retry waits 1 s of its own, then 2 s more for its turn.
  expect(bench.clock.sleeps).toEqual([1_000, 2_000, 3_000]);
  expect(bench.events.filter(({ event }) => event === "rate_limited")).toEqual([
    { event: "rate_limited", source: "api", resource: "users", waitMs: 2_000 },
    { event: "rate_limited", source: "api", resource: "users", waitMs: 3_000 },
  ]);
});

it("rate_limit: a wait of up to a second is not reported", async () => {
  const [bench] = await startBench(inTurn(), { rateLimit: [{ requests: 1, perMs: 1_000 }] });
  await bench.send("/a");
  await bench.send("/b");
  expect(bench.clock.sleeps).toEqual([1_000]);
  expect(bench.events.filter(({ event }) => event === "rate_limited")).toEqual([]);
});

it("tells of a refused connection after all attempts", async () => {
  const server = await startServer(always(200));
  await server.close();
  const bench = createBench(server.url);
  const error = await bench.fail("/users?page=2");
  expect(error.message).toBe(
    `GET ${server.url}/users?page=2 failed: 127.0.0.1:${String(server.port)} refused the connection (5 attempts)`,
  );
  expect(error.hint).toBe("Check host and port of base_url, and that the server is running.");
  expect([error.type, error.exitCode]).toEqual(["connection", 8]);
  expect(error.context).toEqual({ url: `${server.url}/users?page=2`, method: "GET", attempts: 5 });
  expect(bench.events.filter(({ event }) => event === "request")).toHaveLength(5);
});
