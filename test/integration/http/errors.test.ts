import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import type { RetryConfig } from "../../../src/model/rest-config.js";
import type { ServeHandler } from "../../support/serve.js";
import { createBench, startBench } from "./support.js";

const once: RetryConfig = { attempts: 1, baseMs: 1_000, maxWaitMs: 300_000, statuses: [408, 429, "5xx"] };

const always =
  (status: number, headers: Record<string, string> = {}, body = ""): ServeHandler =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };

it("401 without credentials asks for them", async () => {
  const [bench, server] = await startBench(always(401, {}, '{"error":"login"}'));
  const error = await bench.fail("/users?page=2&api_key=abc");
  expect(error.message).toBe(
    `GET ${server.url}/users?page=2&api_key=*** answered 401 Unauthorized: {"error":"login"}`,
  );
  expect(error.hint).toBe("The request carried no credentials; add auth, or an Authorization header.");
  expect([error.code, error.type, error.exitCode]).toEqual(["DANGO_AUTH", "authentication", 6]);
  expect(error.context).toEqual({
    status: 401,
    url: `${server.url}/users?page=2&api_key=***`,
    method: "GET",
    attempts: 1,
  });
});

it("401 with credentials points at them", async () => {
  const [bench, server] = await startBench(always(401), { headers: { authorization: "Bearer x" } });
  const error = await bench.fail("/");
  expect(error.message).toBe(`GET ${server.url}/ answered 401 Unauthorized`);
  expect(error.hint).toBe(
    "The API did not accept the credentials; check the secret behind auth or the Authorization header.",
  );
});

it("403 shows the scope that is missing (000-23)", async () => {
  const challenge = 'Bearer realm="x", error="insufficient_scope", scope="read:users read:all"';
  const [bench, server] = await startBench(always(403, { "www-authenticate": challenge }));
  const error = await bench.fail("/users");
  expect(error.message).toBe(
    `GET ${server.url}/users answered 403 Forbidden, insufficient_scope: read:users read:all`,
  );
  expect(error.hint).toBe(
    "The credentials lack the permission for this; grant it, or leave the resource out.",
  );
  expect([error.type, error.exitCode]).toEqual(["permission", 6]);
});

it("404 names the URL and what the server says", async () => {
  const [bench, server] = await startBench(always(404, {}, "Not here"));
  const error = await bench.fail("/users?page=2");
  expect(error.message).toBe(`GET ${server.url}/users?page=2 answered 404 Not Found: Not here`);
  expect(error.hint).toBe("Check base_url and the resource's path.");
  expect([error.type, error.exitCode]).toEqual(["not_found", 1]);
});

it("another 4xx shows the server's text", async () => {
  const [bench, server] = await startBench(always(422, {}, '{"detail":"page must be >= 1"}'));
  const error = await bench.fail("/users");
  expect(error.message).toBe(
    `GET ${server.url}/users answered 422 Unprocessable Entity: {"detail":"page must be >= 1"}`,
  );
  expect(error.hint).toBe(
    "The API refuses the request as it is; check the resource's method, params, json and headers.",
  );
  expect([error.type, error.exitCode]).toEqual(["response", 1]);
});

it("H5: shows at most 500 characters of the server's text, controls escaped, secrets replaced", async () => {
  const secret = "very-secret-value";
  const [bench, server] = await startBench(
    always(400, {}, `a\u001b[2Jb\n${secret} ${"x".repeat(1_000)}`),
    {},
    {
      secrets: [secret],
    },
  );
  const error = await bench.fail("/");
  const excerpt = error.message.slice(`GET ${server.url}/ answered 400 Bad Request: `.length);
  expect(excerpt).toBe(`a\\u{1b}[2Jb\\n*** ${"x".repeat(482)}…`);
  expect(excerpt).toHaveLength(500);
});

it("shows a compressed error body in plain", async () => {
  const { gzipSync } = await import("node:zlib");
  const [bench, server] = await startBench((_request, response) => {
    response.writeHead(400, { "content-encoding": "gzip" }).end(gzipSync("bad page"));
  });
  expect((await bench.fail("/")).message).toBe(`GET ${server.url}/ answered 400 Bad Request: bad page`);
});

it("takes the status for the fact when an error's body breaks off", async () => {
  const [bench, server] = await startBench((_request, response) => {
    response.writeHead(404, { "content-length": "100" });
    response.write("x", () => response.destroy());
  });
  expect((await bench.fail("/")).message).toBe(`GET ${server.url}/ answered 404 Not Found`);
});

it("408 that outlasts the attempts is a timeout", async () => {
  const [bench, server] = await startBench(always(408), { retry: once });
  const error = await bench.fail("/");
  expect(error.message).toBe(`GET ${server.url}/ answered 408 Request Timeout`);
  expect([error.type, error.exitCode]).toEqual(["timeout", 8]);
});

it("304 is no answer", async () => {
  const [bench, server] = await startBench(always(304));
  const error = await bench.fail("/");
  expect(error.message).toBe(`GET ${server.url}/ answered 304 Not Modified`);
  expect(error.exitCode).toBe(1);
});

it("tells of no answer within timeout (000-28)", async () => {
  const [bench, server] = await startBench(() => undefined, { timeoutMs: 60, retry: once });
  const error = await bench.fail("/");
  expect(error.message).toBe(`GET ${server.url}/ timed out: no answer within 0.06 s`);
  expect(error.hint).toBe(
    "Raise timeout if the API is known to be slow, ask for smaller pages, or sync again later.",
  );
  expect([error.type, error.exitCode]).toEqual(["timeout", 8]);
});

it("tells of a body that pauses longer than timeout, and retries it", async () => {
  const [bench, server] = await startBench(
    (_request, response) => {
      response.writeHead(200).write("[");
    },
    { timeoutMs: 60, retry: { ...once, attempts: 2 } },
  );
  const error = await bench.fail("/");
  expect(error.message).toBe(
    `GET ${server.url}/ timed out: the body paused for more than 0.06 s (2 attempts)`,
  );
  expect(error.context["status"]).toBe(200);
  expect(server.requests).toHaveLength(2);
});

it("H2: a body of less than 1 KiB in 60 s has timed out, and is tried once more", async () => {
  let advance: () => void = () => undefined;
  const [bench, server] = await startBench(async (_request, response) => {
    response.writeHead(200);
    for (let part = 0; part < 4; part += 1) {
      response.write("x".repeat(100));
      await new Promise((resolve) => setTimeout(resolve, 15));
      advance();
    }
    response.end();
  });
  advance = () => {
    bench.clock.advance(25_000);
  };
  const error = await bench.fail("/");
  expect(error.message).toBe(
    `GET ${server.url}/ timed out: the body brought less than 1 KiB in 60 s (2 attempts)`,
  );
  expect([error.type, error.exitCode]).toEqual(["timeout", 8]);
  expect(server.requests).toHaveLength(2);
});

it("tells of a host name that does not exist", async () => {
  const bench = createBench("http://no-such-host.invalid", { retry: once });
  const error = await bench.fail("/users");
  expect(error.message).toMatch(
    /^GET http:\/\/no-such-host\.invalid\/users failed: the host name no-such-host\.invalid could not be resolved \((ENOTFOUND|EAI_AGAIN)\)$/,
  );
  expect(error.hint).toBe("Check the spelling of base_url, and this machine's network and DNS.");
  expect([error.type, error.exitCode]).toEqual(["connection", 8]);
});

it("tells of https where the server speaks http", async () => {
  const [, server] = await startBench(always(200));
  const bench = createBench(`https://127.0.0.1:${String(server.port)}`, { retry: once });
  const error = await bench.fail("/");
  expect(error.message).toBe(
    `GET https://127.0.0.1:${String(server.port)}/ failed: no secure connection to 127.0.0.1:${String(server.port)} (ERR_SSL_WRONG_VERSION_NUMBER: wrong version number)`,
  );
  expect([error.type, error.exitCode]).toEqual(["connection", 8]);
});

it("tells of a connection closed before an answer", async () => {
  const [bench, server] = await startBench((_request, response) => void response.destroy(), {
    retry: once,
  });
  const error = await bench.fail("/");
  expect(error.message).toBe(`GET ${server.url}/ failed: the connection was closed before an answer came`);
  expect(error.type).toBe("connection");
});

it("tells of an answer that is not HTTP", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.end("SSH-2.0-OpenSSH_9.6\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const bench = createBench(`http://127.0.0.1:${String(port)}`, { retry: once });
  const error = await bench.fail("/");
  expect(error.message).toBe(`GET http://127.0.0.1:${String(port)}/ failed: the answer is not valid HTTP`);
  expect(error.hint).toBe("Check scheme and port of base_url: this may not be a web server.");
});
