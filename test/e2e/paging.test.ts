import { afterEach, describe, expect, it } from "vitest";
import { startSampleApi, type SampleApi } from "../../src/sample/server.js";
import { makeProject } from "../support/project.js";

let api: SampleApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

/** Syncs `resource` (a YAML flow map) from 25 events and gives the requests after the path, and the ids in the table. */
async function sync(resource: string): Promise<{ requests: string[]; ids: unknown[]; stdout: string }> {
  api = await startSampleApi({ events: 25 });
  await using project = await makeProject({
    ".dango/sources.yml": `
sources:
  - name: demo
    type: rest_api
    rest_api:
      base_url: ${api.url}
      resources:
        - ${resource}
`,
  });
  const ended = await project.dango(["sync"]);
  expect(ended.stdout + ended.stderr).not.toContain("error");
  expect(ended.exitCode).toBe(0);
  const rows = await project.query("SELECT id FROM raw_demo.events ORDER BY rowid");
  return {
    requests: api.requests.map(({ url }) => url),
    ids: rows.map((row) => row["id"]),
    stdout: ended.stdout,
  };
}

const ALL = Array.from({ length: 25 }, (_, index) => `evt_${String(index + 1).padStart(8, "0")}`);

describe("paging the sample API", () => {
  it("by page number, to the empty page (004-06)", async () => {
    const { requests, ids } = await sync(
      "{name: events, endpoint: /page/events, params: {per_page: 10}, pagination: {type: page_number}}",
    );
    expect(requests).toEqual([1, 2, 3, 4].map((page) => `/page/events?per_page=10&page=${String(page)}`));
    expect(ids).toEqual(ALL);
  });

  it("by page number with the total of pages, believed (P1)", async () => {
    const { requests, ids } = await sync(
      "{name: events, endpoint: /page/events, params: {per_page: 10}, pagination: {type: page_number, total_pages_path: total_pages}}",
    );
    expect(requests.length).toBe(3);
    expect(ids).toEqual(ALL);
  });

  it("by offset, stepping by the rows received (004-06)", async () => {
    const { requests, ids } = await sync(
      "{name: events, endpoint: /offset/events, pagination: {type: offset, size: 10}}",
    );
    expect(requests).toEqual(
      [0, 10, 20, 25].map((offset) => `/offset/events?offset=${String(offset)}&limit=10`),
    );
    expect(ids).toEqual(ALL);
  });

  it("by cursor in the query (004-06)", async () => {
    const { requests, ids } = await sync(
      "{name: events, endpoint: /cursor/events, params: {limit: 10}, pagination: {type: cursor, path: next_cursor, param: cursor}}",
    );
    const cursor = (from: number): string => Buffer.from(`from:${String(from)}`).toString("base64url");
    expect(requests).toEqual([
      "/cursor/events?limit=10",
      `/cursor/events?limit=10&cursor=${cursor(10)}`,
      `/cursor/events?limit=10&cursor=${cursor(20)}`,
    ]);
    expect(ids).toEqual(ALL);
  });

  it("by Link header", async () => {
    const { requests, ids } = await sync(
      "{name: events, endpoint: /link/events, params: {per_page: 10}, paginator: header_link}",
    );
    expect(requests).toEqual([
      "/link/events?per_page=10",
      "/link/events?per_page=10&page=2",
      "/link/events?per_page=10&page=3",
    ]);
    expect(ids).toEqual(ALL);
  });

  it("by next URL in the body (004-13)", async () => {
    const { requests, ids } = await sync(
      "{name: events, endpoint: /next/events, params: {limit: 10}, paginator: {type: json_link, path: next_page_url}}",
    );
    expect(requests).toEqual([
      "/next/events?limit=10",
      "/next/events?limit=10&after=10",
      "/next/events?limit=10&after=20",
    ]);
    expect(ids).toEqual(ALL);
  });

  it.each(["page", "offset", "cursor", "link", "next", "all"])(
    "with nothing configured, from the first answer: /%s/events (P10)",
    async (style) => {
      const sizes = style === "page" || style === "link" ? "per_page: 10" : "limit: 10";
      const { ids, stdout } = await sync(`{name: events, endpoint: /${style}/events, params: {${sizes}}}`);
      expect(ids).toEqual(ALL);
      expect(stdout).toContain("events: replace, ");
    },
  );
});
