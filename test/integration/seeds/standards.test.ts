import { describe, expect, it } from "vitest";
import { raw, startSeed } from "./start-seed.js";

const PAGES = `resources:
  - name: customers
    endpoint:
      path: /customers
      params: {page_size: 1000}
      data_selector: data
      paginator: {type: page_number, has_more_path: pagination.has_next, KEYS}`;

const loop = (keys = "page_param: page"): string => PAGES.replace("KEYS", keys);

describe("the page loop of seed 002", () => {
  it("ends where has_next is false, without a further request (002-15)", async () => {
    const api = await startSeed(loop(), (url) => ({
      data: [{ id: Number(url.searchParams.get("page")) }],
      pagination: { has_next: url.searchParams.get("page") !== "3" },
    }));
    expect((await api.sync()).exitCode).toBe(0);
    expect(api.asked()).toEqual([
      "GET /customers?page_size=1000&page=1",
      "GET /customers?page_size=1000&page=2",
      "GET /customers?page_size=1000&page=3",
    ]);
    expect(await api.table("id", "customers")).toEqual([[1n], [2n], [3n]]);
  });

  it("takes a flag that is missing for the end with on_missing_path: end (002-15)", async () => {
    const api = await startSeed(loop("on_missing_path: end"), (url) => {
      const page = Number(url.searchParams.get("page"));
      return { data: [{ id: page }], ...(page === 1 ? { pagination: { has_next: true } } : {}) };
    });
    expect((await api.sync()).exitCode).toBe(0);
    expect(api.asked()).toEqual([
      "GET /customers?page_size=1000&page=1",
      "GET /customers?page_size=1000&page=2",
    ]);
    expect(await api.table("id", "customers")).toEqual([[1n], [2n]]);
  });

  it("asks on where the flag is missing and nothing says what that means, to the empty page (002-15, P13)", async () => {
    const api = await startSeed(loop(), (url) => {
      const page = Number(url.searchParams.get("page"));
      return { data: page < 3 ? [{ id: page }] : [] };
    });
    const synced = await api.sync();
    expect([synced.exitCode, synced.notices]).toEqual([
      0,
      ['customers info: has_more_path "pagination.has_next" is missing: paging goes on without it'],
    ]);
    expect(api.asked()).toHaveLength(3);
    expect(await api.table("id", "customers")).toEqual([[1n], [2n]]);
  });

  it("names page, URL without its key, and attempts where a page fails, and loads nothing (002-16)", async () => {
    const api = await startSeed(
      `auth: {type: api_key, name: key, location: query, api_key: "\${KEY}"}\n${loop()}`,
      (url) =>
        url.searchParams.get("page") === "3"
          ? raw(500, "boom")
          : { data: [{ id: Number(url.searchParams.get("page")) }], pagination: { has_next: true } },
    );
    api.env = { KEY: "query-key-canary" };
    const { exitCode, resources } = await api.sync();
    expect([exitCode, resources[0]?.error]).toEqual([
      8,
      {
        type: "unavailable",
        code: "DANGO_SOURCE_UNAVAILABLE",
        message: `page 3: GET ${api.server.url}/customers?page_size=1000&page=3 answered 500 Internal Server Error (5 attempts): boom`,
        hint: "The API is failing; sync again later.",
        status: 500,
        page: 3,
        url: `${api.server.url}/customers?page_size=1000&page=3`,
        method: "GET",
        attempts: 5,
      },
    ]);
    expect(api.server.requests).toHaveLength(7);
    await expect(api.rows("FROM raw_api.customers")).rejects.toThrow();
  });

  it("names the cursor of a page that fails where the URL does not show it (002-16)", async () => {
    const api = await startSeed(
      `resources:
  - name: customers
    endpoint:
      path: /search
      method: POST
      json: {query: all}
      data_selector: data
      paginator: {type: cursor, cursor_path: next, cursor_body_path: after}`,
      (_url, { body }) =>
        body.includes("after") ? raw(422, "cursor expired") : { data: [{ id: 1 }], next: "c-2" },
    );
    const { exitCode, resources } = await api.sync();
    expect([exitCode, resources[0]?.error?.message]).toEqual([
      1,
      `page 2 (after "c-2"): POST ${api.server.url}/search answered 422 Unprocessable Entity: cursor expired`,
    ]);
    expect(api.server.requests.map(({ body }) => body)).toEqual([
      '{"query":"all"}',
      '{"query":"all","after":"c-2"}',
    ]);
  });

  it("names the page of a GraphQL answer with errors (002-16, 002-18)", async () => {
    const api = await startSeed(
      `resources:
  - name: nodes
    endpoint: {graphql: {query: "query ($after: String) { nodes(after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }"}, data_selector: data.nodes.nodes}`,
      (_url, { body }) =>
        body.includes("abc")
          ? { errors: [{ message: "too deep" }, { message: "try less" }], data: null }
          : { data: { nodes: { nodes: [{ id: 1 }], pageInfo: { hasNextPage: true, endCursor: "abc" } } } },
    );
    expect((await api.sync()).resource("nodes").error?.message).toBe(
      `page 2 (variables.after "abc"): POST ${api.server.url}/graphql answered 200 with GraphQL errors: too deep; try less`,
    );
  });
});
