import { describe, expect, it } from "vitest";
import { parseLinkHeader } from "./link-header.js";

describe("parseLinkHeader", () => {
  it.each([
    ['<https://a/?x=1,2>; rel="next"', { next: "https://a/?x=1,2" }],
    ["</p2>; rel=next; title=x", { next: "/p2" }],
    ['</p2>; title="a, b; rel=prev"; rel="next"', { next: "/p2" }],
    ['</p1>; rel="prev first", </p3>;rel="NEXT"', { prev: "/p1", first: "/p1", next: "/p3" }],
    ['</p2>; rel="next"; rel="last"', { next: "/p2" }],
    ['</p2>;REL="next",</p3>; rel="next"', { next: "/p2" }],
    ["</p2>", {}],
    ["nonsense", {}],
    ["<>; rel=next", { next: "" }],
  ])("reads %s", (header, expected) => {
    expect(Object.fromEntries(parseLinkHeader(header))).toEqual(expected);
  });

  it("reads several headers as one", () => {
    expect(parseLinkHeader(["</a>; rel=prev", "</b>; rel=next"]).get("next")).toBe("/b");
  });

  it("takes linear time on a hostile header", () => {
    expect(parseLinkHeader(`<a>${";a".repeat(20_000)}`).size).toBe(0);
  });
});
