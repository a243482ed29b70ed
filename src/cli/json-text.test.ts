import { describe, expect, it } from "vitest";
import { formatJson } from "./json-text.js";

describe("JSON for people and programs", () => {
  it("is what JSON.stringify writes with two blanks", () => {
    const value = { a: [1, "x", null, true, [], {}], b: { c: { d: 'quote " and \n' } }, e: undefined };
    expect(formatJson(value)).toBe(JSON.stringify(value, null, 2));
  });

  it("has all digits of big integers, as numbers", () => {
    expect(formatJson({ last_value: 9_007_199_254_740_993n })).toBe('{\n  "last_value": 9007199254740993\n}');
  });
});
