import { expect, it } from "vitest";
import { nextHop, type Hop, type RedirectRules } from "./next-hop.js";

const rules: RedirectRules = {
  origins: { baseUrl: "https://api.test", allowedOrigins: [] },
  redirects: 10,
  secretParameters: ["key"],
  redactUrl: (url) => url.href,
};
const get = (url: string): Hop => ({
  method: "GET",
  url: new URL(url),
  headers: { "X-Own": "1" },
  body: undefined,
  isBare: false,
});

it("resolves a relative Location against the URL that answered", () => {
  const next = nextHop(
    [get("https://api.test/v1/users?page=1")],
    { status: 302, location: "people?x=2#y" },
    rules,
  );
  expect(next?.url.href).toBe("https://api.test/v1/people?x=2");
});

it("H3: refuses https to http, on the same host and to another", () => {
  for (const target of ["http://api.test/x", "http://other.test/x"]) {
    expect(() => nextHop([get("https://api.test/x")], { status: 301, location: target }, rules)).toThrow(
      expect.objectContaining({
        message: `GET https://api.test/x redirects to ${target}, from https to http, which is not followed`,
        exitCode: 5,
      }),
    );
  }
});

it("H3: http to https of one host keeps credentials and body", () => {
  const plain = { ...rules, origins: { baseUrl: "http://api.test", allowedOrigins: [] } };
  const post: Hop = { ...get("http://api.test/x"), method: "POST", body: "{}" };
  const next = nextHop([post], { status: 308, location: "https://api.test/x" }, plain);
  expect(next).toEqual({ ...post, url: new URL("https://api.test/x") });
});

it("H3: takes a credential's parameter out of a Location of another origin, and leaves the others", () => {
  const answer = { status: 302, location: "https://cdn.test/f?sig=1&key=abc&x=%20" };
  const next = nextHop([get("https://api.test/f")], answer, rules);
  expect([next?.url.href, next?.isBare]).toEqual(["https://cdn.test/f?sig=1&x=%20", true]);
});

it.each([200, 204, 300, 304, 305, 404])("%i is no redirect", (status) => {
  expect(nextHop([get("https://api.test/")], { status, location: "/to" }, rules)).toBeUndefined();
});

it("fails with the status when the Location is no URL", () => {
  expect(() => nextHop([get("https://api.test/x")], { status: 302, location: "http://[" }, rules)).toThrow(
    "GET https://api.test/x answered 302 with a Location that is no URL",
  );
});
