import { afterEach, describe, expect, it } from "vitest";
import { cursor, headerLink, jsonLink, offset, pageNumber } from "../../support/paginator-configs.js";
import { readRest } from "../../support/read-rest.js";
import { idRows } from "../../support/run-paginator.js";
import { sendJson, serve, type TestServer } from "../../support/serve.js";

let server: TestServer;
afterEach(() => server.close());

const sent = (): string[] =>
  server.requests.map(({ method, url, body }) => `${method} ${url}${body && ` ${body}`}`);

function query(url: string): URLSearchParams {
  return new URL(url, "http://x").searchParams;
}

/** Rows 1 to 5, two a page, under `data`. */
function slice(from: number, size: number): { id: number }[] {
  return idRows(1, 5).slice(from, from + size);
}

describe("chains over HTTP", () => {
  it("page_number: reads all pages with their rows, and tells how far it is", async () => {
    server = await serve(({ url }, response) => {
      const page = Number(query(url).get("page"));
      sendJson(response, { data: slice((page - 1) * 2, 2) });
    });
    const result = await readRest({ baseUrl: server.url, endpoint: { paginator: pageNumber() } });
    expect(result).toMatchObject({
      rows: idRows(1, 5),
      paginator: "page_number (page from 1)",
      error: undefined,
    });
    expect(sent()).toEqual([
      "GET /items?page=1",
      "GET /items?page=2",
      "GET /items?page=3",
      "GET /items?page=4",
    ]);
    const progress = result.events.filter((event) => event.event === "progress");
    expect(progress).toEqual(
      [
        [2, 28],
        [4, 56],
        [5, 75],
        [5, 86],
      ].map(([rows, bytes], index) => ({
        event: "progress",
        source: "api",
        resource: "items",
        rows,
        pages: index + 1,
        requests: index + 1,
        bytes,
      })),
    );
  });

  it("offset: pages to the end", async () => {
    server = await serve(({ url }, response) => {
      sendJson(response, {
        data: slice(Number(query(url).get("offset")), Number(query(url).get("limit"))),
        total: 5,
      });
    });
    const paginator = offset({ totalPath: "total" });
    const result = await readRest({
      baseUrl: server.url,
      client: { concurrency: 1 },
      endpoint: { paginator },
    });
    expect(result).toMatchObject({ rows: idRows(1, 5), paginator: "offset (offset from 0, limit 2)" });
    expect(sent()).toEqual([
      "GET /items?offset=0&limit=2",
      "GET /items?offset=2&limit=2",
      "GET /items?offset=4&limit=2",
    ]);
  });

  it("cursor: keeps a POST body across pages and sets the cursor in it (002-11)", async () => {
    server = await serve(({ body }, response) => {
      const { after } = JSON.parse(body) as { after?: string };
      const from = Number(after ?? 0);
      sendJson(response, {
        results: slice(from, 2),
        paging: from < 4 ? { next: { after: String(from + 2) } } : undefined,
      });
    });
    const paginator = cursor({ cursorPath: "paging.next.after", target: { in: "body", path: "after" } });
    const endpoint = { path: "search", method: "POST", json: { filter: { a: [1] } }, paginator } as const;
    const result = await readRest({ baseUrl: server.url, endpoint });
    expect(result).toMatchObject({ rows: idRows(1, 5), paginator: "cursor (paging.next.after into after)" });
    expect(sent()).toEqual([
      'POST /search {"filter":{"a":[1]}}',
      'POST /search {"filter":{"a":[1]},"after":"2"}',
      'POST /search {"filter":{"a":[1]},"after":"4"}',
    ]);
    expect(server.requests.map(({ headers }) => headers["content-type"])).toEqual(
      Array(3).fill("application/json"),
    );
  });

  it("json_link: follows links, its own params cleared (004-13)", async () => {
    server = await serve(({ url }, response) => {
      const from = Number(query(url).get("from") ?? 0);
      sendJson(response, { data: slice(from, 2), next: from < 4 ? `/items?from=${String(from + 2)}` : null });
    });
    const result = await readRest({
      baseUrl: server.url,
      endpoint: { params: { z: 1 }, paginator: jsonLink() },
    });
    expect(result).toMatchObject({ rows: idRows(1, 5), paginator: "json_link (next)" });
    expect(sent()).toEqual(["GET /items?z=1", "GET /items?from=2", "GET /items?from=4"]);
  });

  it("header_link: follows the Link header; credentials and headers go along", async () => {
    server = await serve(({ url }, response) => {
      const from = Number(query(url).get("from") ?? 0);
      if (from < 4) response.setHeader("Link", `<${server.url}/items?from=${String(from + 2)}>; rel="next"`);
      sendJson(response, slice(from, 2));
    });
    const result = await readRest({
      baseUrl: server.url,
      client: { auth: { type: "bearer", token: "t0ken" }, headers: { "X-A": "1" } },
      endpoint: { paginator: headerLink(), headers: { "X-B": "2" } },
    });
    expect(result.rows).toEqual(idRows(1, 5));
    expect(sent()).toEqual(["GET /items", "GET /items?from=2", "GET /items?from=4"]);
    expect(
      server.requests.map(({ headers }) => [headers.authorization, headers["x-a"], headers["x-b"]]),
    ).toEqual(Array(3).fill(["Bearer t0ken", "1", "2"]));
  });

  it("auto: says what it chose and why", async () => {
    server = await serve(({ url }, response) => {
      const page = Number(query(url).get("page") ?? 1);
      sendJson(response, { data: slice((page - 1) * 2, 2), page, total_pages: 3 });
    });
    const result = await readRest({ baseUrl: server.url });
    expect(result).toMatchObject({
      rows: idRows(1, 5),
      paginator: "auto: page_number (page from 1)",
      notices: ["info: auto chose page_number (page from 1): page is 1 of 3 pages, sent as page"],
    });
    expect(sent()).toEqual(["GET /items", "GET /items?page=2", "GET /items?page=3"]);
  });

  it("P3: rows that moved are kept, counted, and warned of without a key", async () => {
    const bodies = [idRows(1, 3), idRows(3, 5), []];
    server = await serve((_, response) => {
      sendJson(response, bodies[server.requests.length - 1]);
    });
    const paginator = offset({ limit: 3 });
    const keyless = await readRest({ baseUrl: server.url, endpoint: { paginator } });
    expect(keyless.rows).toEqual([...idRows(1, 3), ...idRows(3, 5)]);
    expect(keyless.notices).toEqual([
      "warning: 1 record came twice, at the end of one page and the start of the next: rows moved while they were read; set a primary_key to merge them",
    ]);
  });

  it("P3: rows that moved are merged where there is a key, and told", async () => {
    const bodies = [idRows(1, 3), idRows(2, 4), []];
    server = await serve((_, response) => {
      sendJson(response, bodies[server.requests.length - 1]);
    });
    const endpoint = { paginator: offset({ limit: 3 }) };
    const keyed = await readRest({ baseUrl: server.url, endpoint, options: { primaryKey: ["id"] } });
    expect(keyed.notices).toEqual([
      "info: 2 records came twice, at the end of one page and the start of the next: rows moved while they were read; they are merged by key",
    ]);
  });

  it("stops when the sink is full", async () => {
    server = await serve(({ url }, response) => {
      sendJson(response, slice((Number(query(url).get("page")) - 1) * 2, 2));
    });
    const result = await readRest({ baseUrl: server.url, limit: 3, endpoint: { paginator: pageNumber() } });
    expect(result.rows).toEqual(idRows(1, 3));
    expect(sent()).toEqual(["GET /items?page=1", "GET /items?page=2"]);
  });

  it("stops requesting when it is aborted", async () => {
    const abort = new AbortController();
    server = await serve((_, response) => {
      if (server.requests.length === 2) abort.abort(new Error("enough"));
      sendJson(response, {
        data: idRows(server.requests.length, server.requests.length),
        next: `?n=${String(server.requests.length)}`,
      });
    });
    const reading = readRest({
      baseUrl: server.url,
      signal: abort.signal,
      endpoint: { paginator: jsonLink() },
    });
    await expect(reading).rejects.toThrow("enough");
    expect(sent()).toEqual(["GET /items", "GET /items?n=1"]);
  });

  it("I1: sends the stored cursor as the API spelled it, by start_param and placeholders", async () => {
    server = await serve((_, response) => {
      sendJson(response, []);
    });
    const incremental = {
      cursorPath: "updated_at",
      startParam: "since",
      endParam: "until",
      lastValueFunc: "max",
      rangeStart: "closed",
      rangeEnd: "open",
      onCursorValueMissing: "raise",
    } as const;
    const endpoint = {
      params: { q: "{incremental.start_value}" },
      paginator: { type: "single_page" },
    } as const;
    const options = { incremental };
    await readRest({ baseUrl: server.url, options, endpoint });
    await readRest({
      baseUrl: server.url,
      options,
      endpoint,
      bounds: { startValue: "2024-01-01T00:00:00+00:00", endValue: 9007199254740993n },
    });
    expect(sent()).toEqual([
      "GET /items",
      "GET /items?q=2024-01-01T00%3A00%3A00%2B00%3A00&since=2024-01-01T00%3A00%3A00%2B00%3A00&until=9007199254740993",
    ]);
  });
});
