import { describe, expect, it } from "vitest";
import type { RequestParts } from "../requests/request-parts.js";
import { createSeenRequests } from "./seen-requests.js";

const request = (page: number): RequestParts => ({
  method: "GET",
  url: new URL(`https://api.test/items?page=${String(page)}`),
  headers: {},
  json: undefined,
});

describe("createSeenRequests (P5)", () => {
  it("knows a request again by URL, headers and body", () => {
    const seen = createSeenRequests();
    expect(seen.has(request(1))).toBe(false);
    expect(seen.has({ ...request(1), headers: { "X-Cursor": "a" } })).toBe(false);
    expect(seen.has({ ...request(1), method: "POST", json: { cursor: 1n } })).toBe(false);
    expect(seen.has({ ...request(1), method: "POST", json: { cursor: 1n } })).toBe(true);
    expect(seen.has(request(1))).toBe(true);
  });

  it("finds a cycle that is longer than what it remembers one by one", () => {
    const seen = createSeenRequests(10);
    let steps = 0;
    while (!seen.has(request(steps % 25))) steps += 1;
    expect(steps).toBeGreaterThan(25);
    expect(steps).toBeLessThan(4 * 25);
  });
});
