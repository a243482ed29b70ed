import { wholeBody } from "../../../src/model/body.js";
import { expect, it } from "vitest";
import { systemClock } from "../../../src/shared/async.js";
import { sendJson, type ServeHandler } from "../../support/serve.js";
import { createBench, startBench } from "./support.js";

const ok: ServeHandler = (_request, response) => {
  sendJson(response, { ok: true });
};

it("sends dango's own headers and nothing else (002-07)", async () => {
  const [bench, server] = await startBench(ok);
  await bench.send("/users?page=1");
  expect(server.requests).toEqual([
    {
      method: "GET",
      url: "/users?page=1",
      headers: {
        host: `127.0.0.1:${String(server.port)}`,
        connection: "keep-alive",
        accept: "application/json",
        "accept-encoding": "gzip, br, deflate",
        "user-agent": "dango/1.2.3",
      },
      rawHeaders: expect.any(Array) as string[],
      body: "",
    },
  ]);
});

it("lets configured headers replace defaults, and the request's own replace both, whatever their case (002-07)", async () => {
  const [bench, server] = await startBench(ok, {
    headers: { "user-agent": "mine", "X-Team": "a", accept: "text/csv" },
  });
  await bench.send("/", { headers: { "x-team": "b", ACCEPT: "application/xml" } });
  expect(server.requests[0]?.headers).toMatchObject({
    "user-agent": "mine",
    "x-team": "b",
    accept: "application/xml",
  });
});

it("keeps the spelling of configured header names", async () => {
  const [bench, server] = await startBench(ok, { headers: { "X-Team": "a" } });
  await bench.send("/");
  expect(server.requests[0]?.rawHeaders).toContain("X-Team");
});

it("posts a body as it is", async () => {
  const [bench, server] = await startBench(ok);
  await bench.send("/search", {
    method: "POST",
    body: '{"q":"ü"}',
    headers: { "Content-Type": "application/json" },
  });
  expect(server.requests[0]).toMatchObject({
    method: "POST",
    body: '{"q":"ü"}',
    headers: { "content-length": "10", "content-type": "application/json" },
  });
});

it("sends path and query as they are spelled", async () => {
  const [bench, server] = await startBench(ok);
  await bench.send("/a%2Fb/c?x=%20&y=a+b&x=2&z");
  expect(server.requests[0]?.url).toBe("/a%2Fb/c?x=%20&y=a+b&x=2&z");
});

it("uses one connection for requests one after another", async () => {
  const [bench, server] = await startBench(ok);
  for (let page = 1; page <= 5; page += 1) await bench.send(`/?page=${String(page)}`);
  expect(server.requests).toHaveLength(5);
  expect(server.connections()).toBe(1);
});

it("has at most `concurrency` requests under way, and opens no more connections", async () => {
  let underWay = 0;
  let most = 0;
  const [bench, server] = await startBench(
    async (_request, response) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setTimeout(resolve, 20));
      underWay -= 1;
      sendJson(response, {});
    },
    { concurrency: 6 },
  );
  await Promise.all(Array.from({ length: 40 }, () => bench.send("/")));
  expect(server.requests).toHaveLength(40);
  expect(server.connections()).toBe(6);
  expect(most).toBe(6);
});

it("returns status, headers, body and URL", async () => {
  const [bench, server] = await startBench((_request, response) => {
    response.writeHead(201, { "X-Total": "7", "content-type": "text/plain" }).end("hello");
  });
  const response = await bench.send("/a?b=1");
  expect(response.status).toBe(201);
  expect(response.headers["x-total"]).toBe("7");
  expect(wholeBody(response.body).toString()).toBe("hello");
  expect(response.url.href).toBe(`${server.url}/a?b=1`);
});

it("returns an expected status as an answer, at once", async () => {
  const [bench, server] = await startBench((_request, response) => {
    sendJson(response, { gone: true }, 503);
  });
  const response = await bench.send("/", { expectedStatuses: [404, 503] });
  expect([response.status, wholeBody(response.body).toString()]).toEqual([503, '{"gone":true}']);
  expect(server.requests).toHaveLength(1);
});

it("reports each request as an event", async () => {
  const [bench, server] = await startBench(ok);
  await bench.send("/users?token=abc");
  expect(bench.events).toEqual([
    {
      event: "request",
      source: "api",
      resource: "users",
      method: "GET",
      url: `${server.url}/users?token=***`,
      status: 200,
      seconds: 0,
    },
  ]);
});

it("refuses a header that HTTP does not allow, without a request and without its value", async () => {
  const [bench, server] = await startBench(ok, { headers: { Authorization: "Bearer hidden-value\n" } });
  const error = await bench.fail("/users");
  expect(error.message).toBe(`GET ${server.url}/users cannot be sent: invalid Authorization header`);
  expect(error.hint).toBe(
    "Header values hold no line breaks; look for one at the end of a secret or a header's value.",
  );
  expect(error.exitCode).toBe(2);
  expect(server.requests).toEqual([]);
});

it("refuses a base URL that is none", () => {
  expect(() => createBench("api.example.com")).toThrow("base_url is not an http or https URL");
  expect(() => createBench("ftp://api.example.com")).toThrow("base_url is not an http or https URL");
});

it("ends a request at once with the signal's reason", async () => {
  const [bench, server] = await startBench((_request, response) => {
    response.writeHead(200).write("[");
    bench.abort.abort(new Error("stop"));
  });
  await expect(bench.send("/")).rejects.toThrow("stop");
  expect(server.requests).toHaveLength(1);
});

it("sends nothing when the signal is already aborted", async () => {
  const [bench, server] = await startBench(ok);
  bench.abort.abort(new Error("stop"));
  await expect(bench.send("/")).rejects.toThrow("stop");
  expect(server.requests).toEqual([]);
});

it("ends a wait at once with the signal's reason", async () => {
  const [bench, server] = await startBench((_request, response) => {
    response.writeHead(503, { "retry-after": "100" }).end();
    setTimeout(() => {
      bench.abort.abort(new Error("stop"));
    }, 20);
  });
  const slow = createBench(server.url, {}, { clock: systemClock });
  const sent = slow.client.send(
    { method: "GET", url: new URL(server.url), headers: {} },
    { ...slow.context, signal: bench.abort.signal },
  );
  await expect(sent).rejects.toThrow("stop");
  expect(server.requests).toHaveLength(1);
});
