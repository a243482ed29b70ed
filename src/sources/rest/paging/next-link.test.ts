import { describe, expect, it } from "vitest";
import { resolveNextLink } from "./next-link.js";

const current = new URL("http://api.test/v1/items?page=1");
const origins = { baseUrl: "http://api.test/v1", allowedOrigins: ["https://files.test"] };

describe("resolveNextLink (H3)", () => {
  it.each([
    ["?page=2", "http://api.test/v1/items?page=2"],
    ["items?page=2", "http://api.test/v1/items?page=2"],
    ["/v1/items?page=2#top", "http://api.test/v1/items?page=2"],
    ["//api.test/x", "http://api.test/x"],
    ["http://api.test/v1/items?page=2", "http://api.test/v1/items?page=2"],
    ["https://api.test/v1/items?page=2", "https://api.test/v1/items?page=2"],
    ["https://files.test/2", "https://files.test/2"],
  ])("follows %s", (link, expected) => {
    expect(resolveNextLink(link, current, origins)).toEqual(new URL(expected));
  });

  it.each([
    [
      "https://evil.test/x",
      "the next link leads to https://evil.test, another origin than base_url's http://api.test",
    ],
    [
      "http://api.test:8080/x",
      "the next link leads to http://api.test:8080, another origin than base_url's http://api.test",
    ],
    ["javascript:alert(1)", 'the next link has the scheme "javascript": only http and https are followed'],
    ["file:///etc/passwd", 'the next link has the scheme "file": only http and https are followed'],
    ["http://[", 'the next link "http://[" is no URL'],
  ])("refuses %s", (link, problem) => {
    expect(resolveNextLink(link, current, origins)).toMatchObject({ kind: "stuck", problem });
  });
});
