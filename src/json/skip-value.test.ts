import { describe, expect, it } from "vitest";
import { JsonFault } from "./json-fault.js";
import { skipString, skipValue, skipWhitespace } from "./skip-value.js";

function skip(json: string): number {
  const buffer = Buffer.from(json);
  return skipValue(buffer, 0, buffer.length);
}

function faultOf(json: string): unknown {
  try {
    skip(json);
  } catch (error) {
    if (error instanceof JsonFault) return [error.message, error.offset, error.reason];
  }
  return undefined;
}

describe("skipValue", () => {
  it("stops behind the value, whatever follows", () => {
    expect(skip('{"a":[1,"]"]} , 7')).toBe(13);
    expect(skip("12.5e3,")).toBe(6);
    expect(skip('"a\\"b"x')).toBe(6);
  });

  it("does not look beyond the given end", () => {
    expect(skipValue(Buffer.from("1234"), 0, 2)).toBe(2);
    expect(() => skipValue(Buffer.from('"ab"'), 0, 3)).toThrow("the JSON ends within a string at byte 3");
  });

  it.each([
    ['{"a" 1}', '"1" where a colon should be at byte 5', 5, "syntax"],
    ["{a:1}", '"a" where a key should be at byte 1', 1, "syntax"],
    ["[1,]", '"]" where a value should be at byte 3', 3, "syntax"],
    ["[1 2]", '"2" where a comma or ] should be at byte 3', 3, "syntax"],
    ['{"a":1', "the JSON ends where a comma or } should be at byte 6", 6, "syntax"],
    ["", "the JSON ends where a value should be at byte 0", 0, "syntax"],
    ["<html>", '"<" where a value should be at byte 0', 0, "syntax"],
    ["\u0001", "byte 0x01 where a value should be at byte 0", 0, "syntax"],
    ['"a\nb"', "raw control character in a string at byte 2", 2, "syntax"],
    ['"\\x41"', "an unknown escape in a string at byte 1", 1, "syntax"],
    ['"\\u12g4"', "a \\u escape without four hex digits at byte 1", 1, "syntax"],
    ["[-007]", "a number with a leading zero at byte 2", 2, "syntax"],
    ["1.", "the JSON ends where a digit should be at byte 2", 2, "syntax"],
    ["[1e+]", '"]" where a digit should be at byte 4', 4, "syntax"],
    ["truE", '"t" where a value should be at byte 0', 0, "syntax"],
  ])("says what is wrong with %j and where", (json, message, offset, reason) => {
    expect(faultOf(json)).toStrictEqual([message, offset, reason]);
  });

  it.each(["NaN", "Infinity", "-Infinity"])("calls %s by name, as a fault of values (B1)", (word) => {
    expect(faultOf(`[${word}]`)).toStrictEqual([`${word}, which is no JSON number, at byte 1`, 1, "number"]);
  });

  it("takes 1,000 levels and refuses one more (B2)", () => {
    const nest = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    expect(skip(nest(1_000))).toBe(2_000);
    expect(faultOf(nest(1_001))).toStrictEqual([
      "nested deeper than max_depth (1,000) levels at byte 1000",
      1_000,
      "depth",
    ]);
    expect(faultOf('{"a":'.repeat(100_000))).toStrictEqual([
      "nested deeper than max_depth (1,000) levels at byte 5000",
      5_000,
      "depth",
    ]);
  });
});

describe("skipString", () => {
  it("needs a quote to begin with", () => {
    expect(() => skipString(Buffer.from("a"), 0, 1)).toThrow('"a" where a string should be at byte 0');
  });
});

describe("skipWhitespace", () => {
  it("passes the four blanks of JSON and no others", () => {
    const buffer = Buffer.from(" \t\r\n\u00a0");
    expect(skipWhitespace(buffer, 0, buffer.length)).toBe(4);
    expect(skipWhitespace(buffer, 0, 2)).toBe(2);
  });
});
