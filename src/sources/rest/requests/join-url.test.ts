import { describe, expect, it } from "vitest";
import { joinUrl } from "./join-url.js";

describe("joinUrl (001-01, 002-10)", () => {
  it.each([
    ["https://h", "e", "https://h/e"],
    ["https://h/", "e", "https://h/e"],
    ["https://h", "/e", "https://h/e"],
    ["https://h/", "/e", "https://h/e"],
    ["https://h//", "//e", "https://h/e"],
    ["https://h/v1", "/e/", "https://h/v1/e/"],
    ["https://h/v1/", "", "https://h/v1/"],
    ["https://h/v1", "/", "https://h/v1/"],
    ["https://h/v1", "?a=1", "https://h/v1?a=1"],
    ["https://h/v1?k=1", "e?a=1", "https://h/v1/e?k=1&a=1"],
    ["https://h/v1", "HTTPS://other/x?y", "HTTPS://other/x?y"],
    ["https://h/v1", "a?u=https://x/", "https://h/v1/a?u=https://x/"],
  ])("%s and %s make %s", (base, path, expected) => {
    expect(joinUrl(base, path)).toBe(expected);
  });
});
