import { afterEach, expect, it, vi } from "vitest";
import { sendJson, type ServeHandler } from "../../support/serve.js";
import { createBench, startServer } from "./support.js";

afterEach(() => {
  vi.unstubAllEnvs();
});

const ok: ServeHandler = (_request, response) => {
  sendJson(response, { ok: true });
};

it("sends through HTTP_PROXY", async () => {
  const proxy = await startServer(ok);
  vi.stubEnv("HTTP_PROXY", proxy.url);
  const bench = createBench("http://api.test:8080", { auth: { type: "bearer", token: "t" } });
  expect((await bench.send("/users?page=1")).status).toBe(200);
  expect(proxy.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "GET http://api.test:8080/users?page=1",
  ]);
  expect(proxy.requests[0]?.headers).toMatchObject({ host: "api.test:8080", authorization: "Bearer t" });
});

it("goes past the proxy for hosts of NO_PROXY", async () => {
  const proxy = await startServer(ok);
  const server = await startServer(ok);
  vi.stubEnv("HTTP_PROXY", proxy.url);
  vi.stubEnv("NO_PROXY", "127.0.0.1");
  await createBench(server.url).send("/");
  expect([proxy.requests.length, server.requests.length]).toEqual([0, 1]);
});

it("sends through the configured proxy, with its credentials, whatever the variables say", async () => {
  const proxy = await startServer(ok);
  vi.stubEnv("HTTP_PROXY", "http://127.0.0.1:1");
  vi.stubEnv("NO_PROXY", "*");
  const bench = createBench("http://api.test", { proxy: proxy.url.replace("//", "//me:p%40ss@") });
  await bench.send("/users");
  expect(proxy.requests[0]).toMatchObject({
    url: "http://api.test/users",
    headers: { "proxy-authorization": `Basic ${Buffer.from("me:p@ss").toString("base64")}` },
  });
});

it("goes past all proxies with proxy: false", async () => {
  const server = await startServer(ok);
  vi.stubEnv("HTTP_PROXY", "http://127.0.0.1:1");
  expect((await createBench(server.url, { proxy: false }).send("/")).status).toBe(200);
});

it("a proxy that asks for credentials is exit 8 and says so", async () => {
  const proxy = await startServer((_request, response) => {
    response.writeHead(407).end();
  });
  const retry = { attempts: 1, baseMs: 1, maxWaitMs: 1, statuses: [] };
  const error = await createBench("http://api.test", { proxy: proxy.url, retry }).fail("/");
  expect(error.message).toBe("GET http://api.test/ failed: Proxy Authentication Required (407)");
  expect(error.exitCode).toBe(8);
});

it("a variable that is no proxy is a configuration error", async () => {
  vi.stubEnv("HTTP_PROXY", "socks5://127.0.0.1:1");
  const error = await createBench("http://api.test").fail("/");
  expect(error.message).toBe("the variable HTTP_PROXY is no http or https URL of a proxy");
  expect(error.exitCode).toBe(2);
});
