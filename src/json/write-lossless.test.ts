import { describe, expect, it } from "vitest";
import { DataError } from "../shared/errors.js";
import { rewriteCanonical, stringifyRecord } from "./write-lossless.js";

function rewrite(json: string): string {
  const buffer = Buffer.from(json);
  return rewriteCanonical(buffer, 0, buffer.length).toString();
}

describe("rewriteCanonical", () => {
  it("leaves of duplicate keys the last, at its place, however it is escaped (B1)", () => {
    expect(rewrite('{"a":1,"b":{"x":1,"x":2},"\\u0061":3}')).toBe('{"b":{"x":2},"\\u0061":3}');
    expect(rewrite('[{"a":{"b":1,"b":2},"a":{"c":1,"c":2},"a":0}]')).toBe('[{"a":0}]');
  });

  it("replaces escapes of lone surrogates, which may make two keys one (B1)", () => {
    expect(rewrite('{"\\uD800":1,"\\udfff":"\\ud83d\\ude00\\ud83d"}')).toBe(
      '{"\\ufffd":"\\ud83d\\ude00\\ufffd"}',
    );
  });

  it("takes an escaped backslash before ud800 for what it is", () => {
    expect(rewrite('"\\\\ud800"')).toBe('"\\\\ud800"');
  });

  it("keeps numbers byte for byte and puts everything on one line", () => {
    expect(rewrite('{\n"a": 1.10,\r\n"b":[1e2,123456789012345678901234567890]\n}')).toBe(
      '{ "a": 1.10,  "b":[1e2,123456789012345678901234567890] }',
    );
  });

  it("leaves the given bytes alone and takes only the value", () => {
    const buffer = Buffer.from('x{"a":1,"a":2}y');
    expect(rewriteCanonical(buffer, 1, buffer.length).toString()).toBe('{"a":2}');
    expect(buffer.toString()).toBe('x{"a":1,"a":2}y');
  });
});

describe("stringifyRecord", () => {
  it("writes plain records as JSON.stringify does", () => {
    const record = { a: 1, b: [true, null, "x\n"], c: { d: undefined, e: -0 }, f: [undefined, 1] };
    expect(stringifyRecord(record)).toBe('{"a":1,"b":[true,null,"x\\n"],"c":{"e":0},"f":[null,1]}');
  });

  it("writes bigints as digits, dates as ISO 8601, bytes as base64", () => {
    const record = {
      n: 9007199254740993n,
      at: new Date(0),
      raw: Buffer.from("hi"),
      view: Uint8Array.of(104, 105),
    };
    expect(stringifyRecord(record)).toBe(
      '{"n":9007199254740993,"at":"1970-01-01T00:00:00.000Z","raw":"aGk=","view":"aGk="}',
    );
  });

  it("honours toJSON, also of what it returns an element of", () => {
    class Money {
      readonly cents = 150n;
      toJSON() {
        return { cents: this.cents };
      }
    }
    expect(stringifyRecord({ price: new Money(), url: new URL("http://a.test/") })).toBe(
      '{"price":{"cents":150},"url":"http://a.test/"}',
    );
  });

  it("replaces lone surrogates in keys and values (B1)", () => {
    expect(stringifyRecord({ "\ud800": "a\udc00", ok: "😀\\ud800" })).toBe(
      '{"\ufffd":"a\ufffd","ok":"😀\\\\ud800"}',
    );
  });

  it("keeps an own __proto__ and takes objects without a prototype", () => {
    const record = Object.assign(Object.create(null) as object, { n: 1n });
    Object.defineProperty(record, "__proto__", { value: 2, enumerable: true });
    expect(stringifyRecord(record)).toBe('{"n":1,"__proto__":2}');
  });

  it.each([
    [{ items: [{ price: NaN }] }, "items[0].price is NaN, which a record cannot hold"],
    [{ a: -Infinity }, "a is -Infinity, which a record cannot hold"],
    [{ at: new Date(NaN) }, "at is an invalid Date, which a record cannot hold"],
    [{ a: { m: new Map() } }, "a.m is a Map, which a record cannot hold"],
    [[new Set()], "[0] is a Set, which a record cannot hold"],
    [{ f: () => 1 }, "f is a function, which a record cannot hold"],
    [{ s: Symbol("x") }, "s is a symbol, which a record cannot hold"],
    [{ p: Promise.resolve() }, "p is a Promise, which a record cannot hold"],
    [undefined, "the record is undefined, which a record cannot hold"],
    [NaN, "the record is NaN, which a record cannot hold"],
  ])("refuses what JSON cannot hold, and names its path (B1): %#", (record, message) => {
    const refusal = new DataError(message, {
      hint: "yield plain objects, lists, text, finite numbers, bigints, booleans, null, dates or bytes",
      context: { path: message.slice(0, message.indexOf(" is ")) },
    });
    expect(() => stringifyRecord(record)).toThrow(refusal);
  });

  it("refuses a record that refers to itself (B2)", () => {
    const record: Record<string, unknown> = {};
    record["self"] = record;
    expect(() => stringifyRecord(record)).toThrow(
      "self.self.self.self.self is nested deeper than 1,000 levels, or refers to an object that it is in",
    );
  });
});
