import { describe, expect, it } from "vitest";
import { Kind } from "../model/field.js";
import { classifyNumber, classifyString, respellTimestamp } from "./classify.js";

type KindName = keyof typeof Kind;

function nameOf(kind: number): string | undefined {
  return Object.entries(Kind).find(([, bit]) => bit === kind)?.[0];
}

function numberKind(spelling: string): string | undefined {
  const buffer = Buffer.from(spelling);
  return nameOf(classifyNumber(buffer, 0, buffer.length));
}

function stringKind(contents: string): string | undefined {
  const buffer = Buffer.from(contents);
  return nameOf(classifyString(buffer, 0, buffer.length, contents.includes("\\")));
}

describe("classifyNumber", () => {
  it.each<[string, KindName]>([
    ["0", "int34"],
    ["9999999999", "int34"],
    ["-9999999999", "int34"],
    ["10000000000", "int53"],
    ["-0", "int34"],
    ["9007199254740992", "int53"],
    ["-9007199254740992", "int53"],
    ["9007199254740993", "int64"],
    ["9223372036854775807", "int64"],
    ["9223372036854775808", "int128"],
    ["-9223372036854775808", "int64"],
    ["-9223372036854775809", "int128"],
    ["170141183460469231731687303715884105727", "int128"],
    ["170141183460469231731687303715884105728", "intWide"],
    ["-170141183460469231731687303715884105728", "int128"],
    ["-170141183460469231731687303715884105729", "intWide"],
    ["1".repeat(400), "intWide"],
    ["1.0", "floatWhole"],
    ["-0.0", "floatWhole"],
    ["1E5", "floatWhole"],
    ["1.50e1", "floatWhole"],
    ["100e-2", "floatWhole"],
    ["0e999999999999999999999", "floatWhole"],
    ["9007199254740992.0", "floatWhole"],
    ["9007199254740993.0", "float"],
    ["9007199254740991.5", "float"],
    ["1.00000000000000000000001", "float"],
    ["1e16", "float"],
    ["1e-5", "float"],
    ["1e-400", "float"],
    ["1.7976931348623157e308", "float"],
    ["1e309", "floatWide"],
    ["-1e400", "floatWide"],
    [`${"9".repeat(400)}.5`, "floatWide"],
  ])("knows %s as %s (B3, B4)", (spelling, kind) => {
    expect(numberKind(spelling)).toBe(kind);
  });
});

describe("classifyString", () => {
  it.each([
    "2024-01-01T00:00:00Z",
    "2024-01-01T00:00:00",
    "2024-01-01 00:00:00",
    "2021-07-24 10:51",
    "2024-01-01T00:00",
    "2024-01-01T00:00:00+0530",
    "2024-01-01T00:00:00-05",
    "2024-01-01T00:00:00.123456789Z",
    "2024-01-01T00:00:00.000-08:00",
    "2024-02-29T23:59:59.9999999Z",
    `2024-01-01T00:00:00.${"1".repeat(80)}Z`,
    "2024-01-01T00:00:00\\u002b02:00",
  ])("takes %s for a timestamp that DuckDB reads as it is (B3)", (text) => {
    expect(stringKind(text)).toBe("timestamp");
  });

  it.each([
    ["2024-01-01T00", "2024-01-01T00:00:00Z"],
    ["2024-01-01 07+02", "2024-01-01T07:00:00+02:00"],
    ["2024-01-01T10:30Z", "2024-01-01T10:30:00Z"],
    ["2024-01-01T10:30-0530", "2024-01-01T10:30:00-05:30"],
    ["2024-01-01T00:00:00,5Z", "2024-01-01T00:00:00.5Z"],
    ["20240101T000000Z", "2024-01-01T00:00:00Z"],
    ["20240101 1230", "2024-01-01T12:30:00Z"],
    ["20240101T123045.123456789+0530", "2024-01-01T12:30:45.123456+05:30"],
    ["2024/01/15 10:00:00", "2024-01-15T10:00:00Z"],
    ["2024/01/15 1:2:3", "2024-01-15T01:02:03Z"],
    ["2024:01:15 10:00", "2024-01-15T10:00:00Z"],
  ])("takes %s for a timestamp in another spelling, which is %s (B3)", (text, spelled) => {
    expect(stringKind(text)).toBe("timestampOther");
    expect(respellTimestamp(text)).toBe(spelled);
    expect(stringKind(spelled)).toBe("timestamp");
  });

  it("sees through an escaped slash", () => {
    expect(stringKind("2024\\/01\\/15 10:00:00")).toBe("timestampOther");
  });

  it.each(["2024-01-01", "2000-02-29", "0001-01-01", "9999-12-31"])("takes %s for a date (B3)", (text) => {
    expect(stringKind(text)).toBe("date");
  });

  it.each([
    "",
    "2024-01",
    "2024",
    "2024-W01",
    "2024-W01-1",
    "2024-001",
    "12:30:00",
    "P1D",
    "1700000000",
    "20240101",
    "2024/01/15",
    "2024-02-30",
    "1900-02-29",
    "0000-01-01",
    "2024-01-01T24:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-01-01T00:00:60Z",
    "Wed, 29 Jun 2022 13:56:34 +0000",
    "2024-01-01T00:00:00 Z",
    "2024-01-01 00:00:00 UTC",
    "2024-01-01T00:00:00z",
    "2024-01-01T00:00:00.",
    "2024-01-01T00:00:00+16:00",
    "2024-01-01T00:00:00+02:60",
    "2024-01-01  00:00:00",
    "2024-01-01 12:00:00 GET /orders 200",
  ])("leaves %j text", (text) => {
    expect(stringKind(text)).toBe("text");
  });
});

describe("respellTimestamp", () => {
  it("refuses a text that is no timestamp", () => {
    expect(() => respellTimestamp("2024-01-01")).toThrow("a string that is no timestamp at byte 0");
  });
});
