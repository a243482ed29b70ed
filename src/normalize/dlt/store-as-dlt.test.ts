import { describe, expect, test } from "vitest";
import { classifyNumber, classifyString } from "../../json/classify.js";
import { Kind } from "../../model/field.js";
import type { DataType } from "../../model/schema.js";
import type { ScalarValue } from "../coerce.js";
import { storeAsDlt } from "./store-as-dlt.js";

/** The value of a scalar as JSON spells it. */
function scalar(json: string): ScalarValue {
  const bytes = Buffer.from(json);
  if (json === "true" || json === "false") return { kind: Kind.bool, text: json };
  if (!json.startsWith('"')) return { kind: classifyNumber(bytes, 0, bytes.length), text: json };
  return {
    kind: classifyString(bytes, 1, bytes.length - 1, json.includes("\\")),
    text: JSON.parse(json) as string,
  };
}

function store(json: string, dataType: DataType): string | null | undefined {
  return storeAsDlt(scalar(json), { dataType, sqlType: "unused" });
}

// What dlt 1.31 and DuckDB make of them; test/integration/dlt/conversions.test.ts compares with what dlt stored.
describe("a value as dlt stores it (M8)", () => {
  test.each<[DataType, [string, string | null | undefined][]]>([
    [
      "text",
      [
        ["true", "True"],
        ["-0", "0"],
        ["1.10", "1.1"],
        ["1e5", "100000.0"],
        ["1e16", "1e+16"],
        ["1e-5", "1e-05"],
        ["0.0001", "0.0001"],
        ["-0.0", "-0.0"],
        ["123456789012345678.0", "1.2345678901234568e+17"],
        ["1e400", null],
        ['"a\\u0000b"', "ab"],
        ['"1.10"', "1.10"],
      ],
    ],
    [
      "bigint",
      [
        ['" 007 "', "7"],
        ['"1_000"', "1000"],
        ['"1__0"', undefined],
        ['"0x1F"', "31"],
        ['"0x-5"', "-5"],
        ['"0X10"', undefined],
        ['"1.0"', undefined],
        ["1e16", "10000000000000000"],
        ["1.5", undefined],
        ["true", undefined],
      ],
    ],
    [
      "double",
      [
        ['"1."', "1.0"],
        ['".5e-1"', "0.05"],
        ['"0x10"', "16.0"],
        ['"nan"', undefined],
        ["9007199254740993", "9007199254740992.0"],
      ],
    ],
    [
      "bool",
      [
        ['"Y"', "true"],
        ['"f"', "false"],
        ['" true"', undefined],
        ["-7", "true"],
        ["-0.0", "false"],
      ],
    ],
    [
      "timestamp",
      [
        ["-7", "1969-12-31T23:59:53.000000Z"],
        ["12.3456785", "1970-01-01T00:00:12.345678Z"],
        ["1700000000000", undefined],
        ['"1e5 "', "1970-01-02T03:46:40.000000Z"],
        ['"2024-01-31"', "2024-01-31T00:00:00.000000Z"],
        ['"2024-W05-3"', "2024-01-31T00:00:00.000000Z"],
        ['"2024-031"', "2024-01-31T00:00:00.000000Z"],
        ['"2023-366"', undefined],
        ['"2024"', "2024-01-01T00:00:00.000000Z"],
        ['"2024-01-31T10:00:00.123456789+0530"', "2024-01-31T04:30:00.123456Z"],
        ['"2024-01-31T24:00:00Z"', undefined],
        ["true", undefined],
      ],
    ],
    [
      "date",
      [
        ['"2024-01-31T23:30:00-05:00"', "2024-02-01"],
        ["-1", "1969-12-31"],
      ],
    ],
    [
      "time",
      [
        ['"T12:30"', "12:30:00.000000"],
        ['"01:30:15.1234567+02:00"', "23:30:15.123456"],
        ['"24:00"', undefined],
        ["1", undefined],
      ],
    ],
    [
      "decimal",
      [
        ['"_1"', "1"],
        ['"1."', "1"],
        ['"1e16"', "1E+16"],
        ["1e5", "100000.0"],
        ["1e16", "1E+16"],
        ["0.0000000005", "5E-10"],
        ['"0.000001"', "0.000001"],
        ['"0.00000012"', "1.2E-7"],
        ['"-12.50"', "-12.50"],
        ['"12345678901234567890123456789.0123456789"', "12345678901234567890123456789.0123456789E0"],
        ['"0x-5"', "-5"],
        ["true", undefined],
      ],
    ],
    [
      "binary",
      [
        ["0", ""],
        ["256", "\\x00\\x01"],
        ["-1", undefined],
        ['"aGk="', "\\x68\\x69"],
        ['"aGk"', undefined],
        ['"0x6869"', "\\x68\\x69"],
        ['"0x686"', undefined],
      ],
    ],
    [
      "json",
      [
        ['" [1.10]"', "[1.10]"],
        ['"null"', null],
        ['"\\"s\\""', undefined],
        ['"x"', undefined],
        ["5", undefined],
      ],
    ],
  ])("in a column of %s", (dataType, values) => {
    expect(values.map(([json]) => [json, store(json, dataType)])).toEqual(values);
  });
});
