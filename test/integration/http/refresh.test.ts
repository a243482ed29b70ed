import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import type { Authenticator } from "../../../src/http/auth/authenticator.js";
import { sendWithRetries } from "../../../src/http/send-with-retries.js";
import { createTraffic } from "../../../src/http/limits/traffic.js";
import { createRedactor } from "../../../src/shared/redact.js";
import { createFakeClock } from "../../support/fake-clock.js";
import { sendJson, type TestServer } from "../../support/serve.js";
import { clientConfig, startServer } from "./support.js";

/** Sends one request with credentials that are good from `refreshes` refreshes on; returns the server and the status. */
async function sendWithRefresh(
  refreshesNeeded: number,
): Promise<{ server: TestServer; outcome: number | string }> {
  const server = await startServer((request, response) => {
    sendJson(response, {}, request.headers["x-token"] === String(refreshesNeeded) ? 200 : 401);
  });
  let token = 0;
  const authenticator: Authenticator = {
    secretParameters: [],
    apply: (request) => ({ ...request, headers: { ...request.headers, "x-token": String(token) } }),
    onUnauthorized: () => {
      token += 1;
      return Promise.resolve(true);
    },
  };
  const clock = createFakeClock();
  const traffic = createTraffic({ clock });
  const transport = traffic.openTransport({ timeoutMs: 30_000, tls: undefined, proxy: undefined });
  const sent = sendWithRetries(
    { method: "GET", url: new URL(server.url), headers: {} },
    { source: "api", resource: "users", signal: new AbortController().signal, emit: () => undefined },
    {
      config: clientConfig(server.url),
      clock,
      random: () => 0.5,
      redactor: createRedactor(),
      authenticator,
      transport,
      directory: tmpdir(),
      traffic,
      baseHeaders: {},
      redactUrl: (url) => url.href,
    },
  );
  const outcome = await sent.then(
    ({ status }) => status,
    (error: unknown) => String(error),
  );
  await transport.close();
  return { server, outcome };
}

it("asks for new credentials after a 401, and sends again without a wait", async () => {
  const { server, outcome } = await sendWithRefresh(1);
  expect(outcome).toBe(200);
  expect(server.requests.map(({ headers }) => headers["x-token"])).toEqual(["0", "1"]);
});

it("H4: a 401 that survives the one refresh is final", async () => {
  const { server, outcome } = await sendWithRefresh(2);
  expect(outcome).toBe(`AuthError: GET ${server.url}/ answered 401 Unauthorized (2 attempts): {}`);
  expect(server.requests).toHaveLength(2);
});
