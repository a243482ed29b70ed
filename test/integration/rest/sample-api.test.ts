import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSampleApi, type SampleApi } from "../../../src/sample/server.js";
import { readRest } from "../../support/read-rest.js";

let api: SampleApi;
beforeAll(async () => {
  api = await startSampleApi({ users: 250 });
});
afterAll(() => api.close());

describe("auto, against the sample API", () => {
  it.each([
    ["page", "auto: page_number (page from 1)", 3],
    ["offset", "auto: offset (offset from 0)", 3],
    ["cursor", "auto: cursor (next_cursor into cursor)", 3],
    ["link", "auto: header_link (next)", 3],
    ["next", "auto: json_link (next_page_url)", 3],
    ["all", "auto: single_page", 1],
  ])("reads every user paged by %s", async (style, paginator, requests) => {
    const before = api.requests.length;
    const result = await readRest({ baseUrl: api.url, endpoint: { path: `${style}/users` } });
    expect(result).toMatchObject({ paginator, error: undefined });
    expect(new Set(result.rows.map((row) => (row as { id: number }).id)).size).toBe(250);
    expect(result.rows).toHaveLength(250);
    expect(api.requests.length - before).toBe(requests);
  });
});
