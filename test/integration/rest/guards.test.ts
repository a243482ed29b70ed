import { afterEach, describe, expect, it } from "vitest";
import { cursor, jsonLink, offset, pageNumber } from "../../support/paginator-configs.js";
import { readRest } from "../../support/read-rest.js";
import { idRows } from "../../support/run-paginator.js";
import { sendJson, serve, type TestServer } from "../../support/serve.js";

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Answers the bodies one after the other, the last one for ever. */
async function serveBodies(bodies: readonly unknown[]): Promise<TestServer> {
  const server = await serve((_, response) => {
    sendJson(response, bodies[Math.min(server.requests.length, bodies.length) - 1]);
  });
  servers.push(server);
  return server;
}

const REPEAT_HINT =
  "Check that the paginator's parameter is the one that the API reads; on_repeat: end takes this for the end, accept goes on.";

describe("P5: pages that bring nothing new", () => {
  it("a cursor that was used before is an error that shows it", async () => {
    const server = await serveBodies([
      { data: idRows(1, 1), next_cursor: "a" },
      { data: idRows(2, 2), next_cursor: "b" },
      { data: idRows(3, 3), next_cursor: "a" },
    ]);
    const { error } = await readRest({ baseUrl: server.url, endpoint: { paginator: cursor() } });
    expect(error).toMatchObject({
      code: "DANGO_GUARD",
      exitCode: 5,
      message: `api.items, page 3 (${server.url}/items?cursor=b): it leads to cursor "a", which was used before`,
      hint: REPEAT_HINT,
      context: { page: 3, url: `${server.url}/items?cursor=b` },
    });
    expect(server.requests.map(({ url }) => url)).toEqual(["/items", "/items?cursor=a", "/items?cursor=b"]);
  });

  it("a next link that was used before is an error that shows it", async () => {
    const server = await serveBodies([{ data: idRows(1, 1), next: "/items" }]);
    const { error } = await readRest({ baseUrl: server.url, endpoint: { paginator: jsonLink() } });
    expect(error?.message).toBe(
      `api.items, page 1 (${server.url}/items): it leads to next link "/items", which was used before`,
    );
    expect(server.requests).toHaveLength(1);
  });

  it("the same records as on the page before are an error, spelled otherwise or not", async () => {
    let page = 0;
    const server = await serve((_, response) => {
      page += 1;
      response.setHeader("content-type", "application/json");
      response.end(page === 1 ? '{"data":[{"id":1,"n":1.0}]}' : '{"data":[ {"n":1, "id":1} ]}');
    });
    servers.push(server);
    const { error } = await readRest({ baseUrl: server.url, endpoint: { paginator: pageNumber() } });
    expect(error).toMatchObject({
      message: `api.items, page 2 (${server.url}/items?page=2): page 2 brought the same 1 record as the page before`,
      hint: REPEAT_HINT,
    });
    expect(server.requests).toHaveLength(2);
  });

  it("the end is tested before: equal pages up to the declared total are kept", async () => {
    const server = await serveBodies([{ data: [{ x: 1 }, { x: 1 }], pages: 2 }]);
    const paginator = pageNumber({ totalPagesPath: "pages" });
    const { error, rows } = await readRest({ baseUrl: server.url, endpoint: { paginator } });
    expect(error).toBeUndefined();
    expect(rows).toEqual([{ x: 1 }, { x: 1 }, { x: 1 }, { x: 1 }]);
  });

  it("on_repeat: end takes the same records for the end, and loads them once", async () => {
    const server = await serveBodies([idRows(1, 2), idRows(3, 4)]);
    const paginator = pageNumber({ onRepeat: "end" });
    const result = await readRest({ baseUrl: server.url, endpoint: { paginator } });
    expect(result).toMatchObject({
      rows: idRows(1, 4),
      error: undefined,
      notices: ["info: page 3 has the records of the page before: the end"],
    });
  });

  it("on_repeat: end takes a used cursor for the end", async () => {
    const server = await serveBodies([
      { data: idRows(1, 1), next_cursor: "a" },
      { data: idRows(2, 2), next_cursor: "a" },
    ]);
    const paginator = cursor({ onRepeat: "end" });
    const result = await readRest({ baseUrl: server.url, endpoint: { paginator } });
    expect(result).toMatchObject({
      rows: idRows(1, 2),
      notices: ['info: cursor "a" was used before: the end'],
    });
    expect(server.requests).toHaveLength(2);
  });

  it("on_repeat: accept goes on", async () => {
    const server = await serveBodies([idRows(1, 1), idRows(1, 1), []]);
    const paginator = pageNumber({ onRepeat: "accept" });
    const result = await readRest({ baseUrl: server.url, endpoint: { paginator } });
    expect(result).toMatchObject({ rows: [{ id: 1 }, { id: 1 }], error: undefined });
    expect(server.requests).toHaveLength(3);
  });

  it("so many empty pages in a row are no progress", async () => {
    const server = await serve(({ url }, response) => {
      sendJson(response, {
        data: [],
        next_cursor: `${url.length.toString()}${String(server.requests.length)}`,
      });
    });
    servers.push(server);
    const paginator = cursor({ maxEmptyPages: 3 });
    const { error } = await readRest({ baseUrl: server.url, endpoint: { paginator, dataSelector: "data" } });
    expect(error?.message).toMatch(/^api\.items, page 3 \(.*\): 3 empty pages in a row are no progress$/);
    expect(server.requests).toHaveLength(3);
  });

  it("has_more true with a null cursor is an error", async () => {
    const server = await serveBodies([{ data: idRows(1, 1), next_cursor: null, has_more: true }]);
    const paginator = cursor({ hasMorePath: "has_more" });
    const { error } = await readRest({ baseUrl: server.url, endpoint: { paginator } });
    expect(error?.message).toBe(
      `api.items, page 1 (${server.url}/items): has_more promises more, but there is no cursor (next_cursor) to ask for it with`,
    );
  });
});

describe("other guards", () => {
  it("max_pages is an error while more pages follow, before the next request", async () => {
    const server = await serve((_, response) => {
      sendJson(response, idRows(server.requests.length, server.requests.length));
    });
    servers.push(server);
    const endpoint = { paginator: pageNumber(), maxPages: 2 };
    const { error } = await readRest({ baseUrl: server.url, endpoint });
    expect(error).toMatchObject({
      exitCode: 5,
      message: `api.items, page 2 (${server.url}/items?page=2): max_pages 2 is reached, and more pages follow`,
      hint: "Raise or remove max_pages.",
    });
    expect(server.requests).toHaveLength(2);
  });

  it("max_pages is no error where the chain ends by itself", async () => {
    const server = await serveBodies([{ data: idRows(1, 1), pages: 1 }]);
    const endpoint = { paginator: pageNumber({ totalPagesPath: "pages" }), maxPages: 1 };
    expect((await readRest({ baseUrl: server.url, endpoint })).error).toBeUndefined();
  });

  it("P2: an empty page while the total promises more is an error", async () => {
    const server = await serveBodies([
      { data: idRows(1, 2), total: 5 },
      { data: [], total: 5 },
    ]);
    const { error } = await readRest({
      baseUrl: server.url,
      client: { concurrency: 1 },
      endpoint: { paginator: offset({ totalPath: "total" }) },
    });
    expect(error?.message).toBe(
      `api.items, page 2 (${server.url}/items?offset=2&limit=2): the page is empty after 2 rows, but total_path "total" promises 5 rows`,
    );
  });

  it("P2: a later page without the list but with unknown keys is an error in a numbered chain", async () => {
    const server = await serveBodies([{ data: idRows(1, 2), page: 1 }, { status: "gone" }]);
    const { error } = await readRest({ baseUrl: server.url, endpoint: { paginator: pageNumber() } });
    expect(error).toMatchObject({ exitCode: 5 });
    expect(error?.message).toMatch(/"?status"?/);
  });

  it("P2: a later page without the list and with known keys only is the end of a numbered chain", async () => {
    const server = await serveBodies([{ data: idRows(1, 2), page: 1 }, { page: 2 }]);
    const result = await readRest({ baseUrl: server.url, endpoint: { paginator: pageNumber() } });
    expect(result).toMatchObject({ rows: idRows(1, 2), error: undefined });
  });

  it("P3: an overlap after a short page names advance", async () => {
    const server = await serveBodies([idRows(1, 3), idRows(3, 6)]);
    const { error } = await readRest({ baseUrl: server.url, endpoint: { paginator: offset({ limit: 4 }) } });
    expect(error).toMatchObject({
      message: `api.items, page 2 (${server.url}/items?offset=3&limit=4): after a page shorter than limit 4, this one begins with the 1 record that it ended with`,
      hint: "The API seems to filter rows after cutting pages: set advance: size, so that offsets step by the limit.",
    });
  });

  it("H3: a next link to another origin is an error, and nothing is sent there", async () => {
    const other = await serveBodies([{ data: idRows(3, 4) }]);
    const server = await serveBodies([{ data: idRows(1, 2), next: `${other.url}/items` }]);
    const scenario = { baseUrl: server.url, endpoint: { paginator: jsonLink() } };
    const { error } = await readRest(scenario);
    expect(error).toMatchObject({
      exitCode: 5,
      message: `api.items, page 1 (${server.url}/items): the next link leads to ${other.url}, another origin than base_url's ${server.url}`,
      hint: `Credentials go to no other origin. If this one belongs to the API, add "${other.url}" to allowed_origins.`,
    });
    expect(other.requests).toHaveLength(0);

    const allowed = await readRest({ ...scenario, client: { allowedOrigins: [other.url] } });
    expect(allowed).toMatchObject({ rows: idRows(1, 4), error: undefined });
  });

  it("H3: an absolute path in the configuration makes its origin allowed", async () => {
    const other = await serveBodies([{ data: idRows(1, 2) }]);
    const server = await serveBodies([]);
    const result = await readRest({
      baseUrl: server.url,
      client: { auth: { type: "bearer", token: "t0ken" } },
      endpoint: { path: `${other.url}/items`, paginator: { type: "single_page" } },
    });
    expect(result).toMatchObject({ rows: idRows(1, 2), error: undefined });
    expect(other.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer t0ken"]);
  });

  it("P10: auto refuses a guess that page 2 does not prove", async () => {
    const server = await serveBodies([{ data: idRows(1, 2), next_page: 2 }]);
    const { error } = await readRest({ baseUrl: server.url });
    expect(error).toMatchObject({
      exitCode: 5,
      message: `api.items, page 2 (${server.url}/items?page=2): auto guessed cursor (next_page into page) (next_page is 2, sent as page), but page 2 brought the records of page 1 again`,
    });
    expect(server.requests).toHaveLength(2);
  });
});
