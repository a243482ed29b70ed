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
