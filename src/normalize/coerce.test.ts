import { describe, expect, test } from "vitest";

import { classifyNumber, classifyString } from "../json/classify.js";
import { Kind } from "../model/field.js";
import type { ColumnHint, DataType } from "../model/schema.js";
import { coerce, type ScalarValue } from "./coerce.js";
import { kindsThatRead } from "./reading.js";
import { sqlTypeOf } from "./sql-type-of.js";

/** The scalar of a JSON text. */
function valueOf(json: string): ScalarValue {
  const bytes = Buffer.from(json);
  if (json === "true" || json === "false") return { kind: Kind.bool, text: json };
  if (!json.startsWith('"')) return { kind: classifyNumber(bytes, 0, bytes.length), text: json };
  const kind = classifyString(bytes, 1, bytes.length - 1, json.includes("\\"));
  return { kind, text: JSON.parse(json) as string };
}

function into(json: string, dataType: DataType, hint: ColumnHint = {}): string | undefined {
  return coerce(valueOf(json), { dataType, sqlType: sqlTypeOf(dataType, hint) });
}

describe("values that go into an existing column (B3)", () => {
  test.each<[string, DataType, string]>([
    ['"2"', "bigint", "2"],
    ['"-17"', "bigint", "-17"],
    ["1.0", "bigint", "1"],
    ["1e17", "bigint", "100000000000000000"],
    ["9223372036854775807", "bigint", "9223372036854775807"],
    ["123456789012345678901234567890", "hugeint", "123456789012345678901234567890"],
    ["1", "double", "1"],
    ["1152921504606846976", "double", "1152921504606846976"],
    ['"3.5"', "double", "3.5"],
    ["1.10", "text", '"1.10"'],
    ["true", "text", '"true"'],
    ['"a\\"b"', "text", '"a\\"b"'],
    ["1e400", "text", '"1e400"'],
    ['"2024-01-01"', "text", '"2024-01-01"'],
    ['"true"', "bool", "true"],
    ["false", "bool", "false"],
    ['"2024-01-01"', "timestamp", '"2024-01-01"'],
    ['"20240101T000000Z"', "timestamp", '"2024-01-01T00:00:00Z"'],
    ["1700000000", "timestamp", '"2023-11-14T22:13:20Z"'],
    ["1700000000.25", "timestamp", '"2023-11-14T22:13:20.250000Z"'],
    ["-0.5", "timestamp", '"1969-12-31T23:59:59.500000Z"'],
    ['"2024-01-01"', "date", '"2024-01-01"'],
    ['"23:59:59.5"', "time", '"23:59:59.5"'],
    ["1.50", "decimal", '"1.5"'],
    ['"-0.000000001"', "decimal", '"-0.000000001"'],
    ["1e18", "wei", '"1000000000000000000"'],
    ['"aGk="', "binary", '"\\\\x68\\\\x69"'],
    ['"0xff00"', "binary", '"\\\\xff\\\\x00"'],
    ['"x"', "json", '"\\"x\\""'],
    ["1.10", "json", '"1.10"'],
  ])("%s into %s is %s", (json, dataType, literal) => {
    expect(into(json, dataType)).toBe(literal);
  });

  test.each<[string, DataType]>([
    ['"007"', "bigint"],
    ['"0x10"', "bigint"],
    ['" 7 "', "bigint"],
    ['"+5"', "bigint"],
    ['"-0"', "bigint"],
    ['""', "bigint"],
    ["1.5", "bigint"],
    ["true", "bigint"],
    ["9223372036854775808", "bigint"],
    ['"9223372036854775808"', "bigint"],
    ['"2024-01-01"', "bigint"],
    ["9007199254740993", "double"],
    ["1e400", "double"],
    ['"1.10"', "double"],
    ['"NaN"', "double"],
    ['"x"', "double"],
    ["true", "double"],
    ["1", "bool"],
    ['"True"', "bool"],
    ['"yes"', "bool"],
    ['"x"', "timestamp"],
    ['"1700000000"', "timestamp"],
    ["1700000000000", "timestamp"],
    ["0.1234567", "timestamp"],
    ["true", "timestamp"],
    ['""', "date"],
    ['"2024-01-01T00:00:00Z"', "date"],
    ["20240101", "date"],
    ['"24:00"', "time"],
    ["0.0000000001", "decimal"],
    ['"1e3"', "decimal"],
    ["true", "decimal"],
    ["1.5", "wei"],
    ['"aGk"', "binary"],
    ['"0xf"', "binary"],
  ])("%s does not go into %s", (json, dataType) => {
    expect(into(json, dataType)).toBeUndefined();
  });

  test.each<[string, DataType, ColumnHint, string | undefined]>([
    ["127", "bigint", { precision: 8 }, "127"],
    ["128", "bigint", { precision: 8 }, undefined],
    ["-32768", "bigint", { precision: 16 }, "-32768"],
    ["2147483648", "bigint", { precision: 32 }, undefined],
    ["12.34", "decimal", { precision: 4, scale: 2 }, '"12.34"'],
    ["123.4", "decimal", { precision: 4, scale: 2 }, undefined],
    ["12.345", "decimal", { precision: 5, scale: 2 }, undefined],
  ])("%s into %s %o is %s", (json, dataType, hint, literal) => {
    expect(into(json, dataType, hint)).toBe(literal);
  });
});

test("a kind that DuckDB reads directly is one that always converts", () => {
  const samples = ["true", "1", "9007199254740993", "123456789012345678901234567890", "1.0", "1.5", "1e400"];
  const strings = ['"2024-01-01T00:00:00Z"', '"20240101T000000Z"', '"2024-01-01"', '"x"'];
  const values = [...samples, ...strings].map(valueOf);
  const types: DataType[] = ["text", "bigint", "hugeint", "double", "bool", "timestamp", "date"];
  const lost = types.flatMap((dataType) =>
    values
      .filter(
        ({ kind }) =>
          kindsThatRead(kind, { dataType, sqlType: sqlTypeOf(dataType) }, ["direct", "convert"]) !== 0,
      )
      .filter((value) => coerce(value, { dataType, sqlType: sqlTypeOf(dataType) }) === undefined)
      .map(({ text }) => `${text} into ${dataType}`),
  );
  expect(lost).toEqual([]);
});
