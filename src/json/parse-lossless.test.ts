import { describe, expect, it } from "vitest";
import { parseLossless } from "./parse-lossless.js";

function parse(json: string): unknown {
  const buffer = Buffer.from(json);
  return parseLossless(buffer, 0, buffer.length);
}

describe("parseLossless", () => {
  it("keeps integers beyond 2^53 exact, as bigints, and all others as numbers", () => {
    expect(
      parse('{"a":9007199254740992,"b":[-9007199254740993, 123456789012345678901234567890],"c":0.1}'),
    ).toStrictEqual({
      a: 9007199254740992,
      b: [-9007199254740993n, 123456789012345678901234567890n],
      c: 0.1,
    });
  });

  it("gives a number beyond DOUBLE as the text of its digits (B4)", () => {
    expect(parse("[1e400,-1E+400,1e308,1e003]")).toStrictEqual(["1e400", "-1E+400", 1e308, 1000]);
  });

  it.each(["", ',"big":9007199254740993'])(
    "makes __proto__ an own key and touches no prototype (B1) %s",
    (more) => {
      const value = parse(`{"__proto__":{"x":1}${more}}`) as object;
      expect(Object.keys(value)[0]).toBe("__proto__");
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect("x" in value).toBe(false);
    },
  );

  it("lets the last of duplicate keys win (B1)", () => {
    expect(parse('{"a":1,"\\u0061":9007199254740993}')).toStrictEqual({ a: 9007199254740993n });
  });

  it("replaces lone surrogates in keys and values, and leaves pairs (B1)", () => {
    expect(parse('{"k\\ud800":["\\udc00x","\\ud83d\\ude00","\\u0000"]}')).toStrictEqual({
      "k\ufffd": ["\ufffdx", "😀", "\u0000"],
    });
  });

  it("reads only the given range, and all of it", () => {
    expect(parseLossless(Buffer.from("1234567890123456789"), 1, 18)).toBe(23456789012345678n);
    expect(() => parse("1 2")).toThrow('"2" where the end of the JSON should be at byte 2');
    expect(() => parse('{"a":NaN}')).toThrow("NaN, which is no JSON number, at byte 5");
  });
});
