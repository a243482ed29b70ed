import { expect, it, onTestFinished } from "vitest";
import { makeProject } from "../support/project.js";
import { sendJson, serve } from "../support/serve.js";

it("carries HTTP policy from the file to the wire, and says what it left out", async () => {
  let tries = 0;
  const server = await serve((request, response) => {
    switch (request.url) {
      case "/odd":
        tries += 1;
        if (tries === 1) sendJson(response, { wait: 0 }, 420);
        else response.writeHead(200, { "content-type": "application/json" }).end(`)]}'[{"id": 1}]`);
        return;
      case "/gone":
        sendJson(response, { message: "no such thing" }, 404);
        return;
      default:
        sendJson(response, [{ id: 2 }]);
    }
  });
  onTestFinished(() => server.close());
  await using project = await makeProject({
    ".dango/sources.yml": `
sources:
  - name: api
    type: rest_api
    rest_api:
      client:
        base_url: "${server.url}"
        headers: {X-Tenant: acme}
        paginator: single_page
        rate_limit: {requests: 4, per: 1d}
        circuit_breaker: {failures: 5, pause: 30s}
        proxy: false
      resources:
        - {name: odd, endpoint: {path: /odd, response_actions: ["custom_sources.odd:judge"]}}
        - {name: gone, allow_empty: true, endpoint: {path: /gone, response_actions: [{status_code: "404", action: ignore}]}}
        - {name: plain, headers: {X-Tenant: null}}
`,
    "custom_sources/odd.ts": `
import type { ResponseFunction } from "dango";
export const judge: ResponseFunction = (response) => {
  if (response.status === 420) return { action: "retry", wait: (response.json() as { wait: number }).wait };
  if (response.text.startsWith(")]}'")) return { body: response.text.slice(4) };
  return undefined;
};
`,
  });
  const first = await project.dango(["sync", "--progress", "log"]);
  expect(first.stderr).toContain("api.gone: response_actions ignored answers: 1 with 404");
  expect(first.exitCode).toBe(0);
  expect(await project.query("SELECT id FROM raw_api.odd")).toEqual([{ id: "1" }]);
  expect(Object.fromEntries(server.requests.map(({ url, headers }) => [url, headers["x-tenant"]]))).toEqual({
    "/odd": "acme",
    "/gone": "acme",
    "/plain": undefined,
  });

  const second = await project.dango(["sync"], { HTTP_PROXY: "http://127.0.0.1:1" });
  expect(second.stderr).toContain(`The rate limit of 4 requests in 1 d to ${server.url} is used up until 20`);
  expect(second.exitCode).toBe(7);
  expect(server.requests).toHaveLength(4);
});
