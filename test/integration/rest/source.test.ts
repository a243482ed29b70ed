import { afterEach, describe, expect, it } from "vitest";
import type { HttpClient } from "../../../src/http/client.js";
import { createRequestSlots } from "../../../src/http/limits/request-slots.js";
import type { RestClientConfig } from "../../../src/model/rest-config.js";
import { createRestSource } from "../../../src/sources/rest/create-rest-source.js";
import { createFakeClock } from "../../support/fake-clock.js";
import { offset, pageNumber } from "../../support/paginator-configs.js";
import {
  openRestSource,
  readRest,
  restConfig,
  type RestScenario,
  noFunctions,
} from "../../support/read-rest.js";
import { idRows } from "../../support/run-paginator.js";
import { sendJson, serve, type TestServer } from "../../support/serve.js";

const BOUNDS = { startValue: "2024-01-01", initialValue: "2024-01-01", lastValue: null, endValue: null };

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function describeFirst(scenario: Partial<RestScenario>): Promise<string | undefined> {
  const source = openRestSource({ baseUrl: "https://api.test/v1", bounds: BOUNDS, ...scenario });
  try {
    return await source.resources[0]?.describeFirstRequest({ incremental: BOUNDS, clock: createFakeClock() });
  } finally {
    await source.close();
  }
}

describe("describeFirstRequest", () => {
  it("gives method and URL with the paginator's and the incremental's parameters", async () => {
    const endpoint = { params: { since: "{incremental.start_value}" }, paginator: pageNumber() };
    expect(await describeFirst({ endpoint })).toBe("GET https://api.test/v1/items?since=2024-01-01&page=1");
  });

  it("S2: shows no credential", async () => {
    const auth = { type: "api_key", name: "key", apiKey: "s3cret-value", location: "query" } as const;
    const endpoint = { method: "POST", params: { key: "s3cret-value" }, paginator: offset() } as const;
    expect(await describeFirst({ client: { auth }, endpoint })).not.toContain("s3cret-value");
  });
});

describe("createRestSource", () => {
  const scenario = { baseUrl: "https://api.test" };

  it("makes one client for equal settings, and closes each", async () => {
    const made: RestClientConfig[] = [];
    let closed = 0;
    const createClient = (config: RestClientConfig): HttpClient => {
      made.push(config);
      return {
        send: () => Promise.reject(new Error("not sent")),
        slots: createRequestSlots(1),
        redactUrl: (url) => url.href,
        close: () => {
          closed += 1;
          return Promise.resolve();
        },
      };
    };
    const config = restConfig(scenario);
    const [first] = config.resources;
    if (first === undefined) throw new Error("no resource");
    const slow = { ...first, client: { ...first.client, timeoutMs: 1 } };
    const resources = [first, { ...first }, slow];
    const source = createRestSource({
      name: "api",
      config: { ...config, resources },
      createClient,
      functions: noFunctions,
    });
    expect(made).toEqual([]);
    const context = { incremental: undefined, clock: createFakeClock() };
    for (const resource of source.resources) await resource.describeFirstRequest(context);
    expect(made.map(({ timeoutMs }) => timeoutMs)).toEqual([5000, 1]);
    await source.close();
    expect(closed).toBe(2);
  });
});

describe("P9: paginator placeholders over HTTP", () => {
  it("puts page, size and cursor where the configuration says", async () => {
    server = await serve((_, response) => {
      sendJson(response, idRows(1, 3).slice((server?.requests.length ?? 1) - 1, server?.requests.length));
    });
    const paginator = pageNumber({ target: { in: "placeholder" }, size: 1 });
    const endpoint = {
      path: "lists/{paginator.page}",
      params: { n: "{paginator.size}", cursor: "{paginator.cursor}" },
      headers: { "X-Page": "{paginator.page}" },
      paginator,
    };
    const result = await readRest({ baseUrl: server.url, endpoint });
    expect(result.rows).toEqual(idRows(1, 3));
    expect(server.requests.map(({ url, headers }) => `${url} ${String(headers["x-page"])}`)).toEqual([
      "/lists/1?n=1 1",
      "/lists/2?n=1 2",
      "/lists/3?n=1 3",
      "/lists/4?n=1 4",
    ]);
  });
});

describe("D4: bodies that cannot be JSON", () => {
  it("are asked for again, then an error of the page", async () => {
    server = await serve((_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<html>login</html>");
    });
    const { error } = await readRest({ baseUrl: server.url });
    expect(error?.code).toBe("DANGO_SOURCE_RESPONSE");
    expect(server.requests).toHaveLength(2);
  });
});
