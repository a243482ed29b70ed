import { expect, test } from "vitest";

import type { ColumnHint, DataType } from "../model/schema.js";
import { sqlTypeOf } from "./sql-type-of.js";

test.each<[DataType, ColumnHint, string]>([
  ["text", {}, "VARCHAR"],
  ["bigint", {}, "BIGINT"],
  ["bigint", { precision: 8 }, "TINYINT"],
  ["bigint", { precision: 16 }, "SMALLINT"],
  ["bigint", { precision: 32 }, "INTEGER"],
  ["bigint", { precision: 64 }, "BIGINT"],
  ["bigint", { precision: 128 }, "HUGEINT"],
  ["hugeint", {}, "HUGEINT"],
  ["double", {}, "DOUBLE"],
  ["bool", {}, "BOOLEAN"],
  ["timestamp", {}, "TIMESTAMP WITH TIME ZONE"],
  ["timestamp", { timezone: false }, "TIMESTAMP"],
  ["timestamp", { timezone: false, precision: 0 }, "TIMESTAMP_S"],
  ["timestamp", { timezone: false, precision: 3 }, "TIMESTAMP_MS"],
  ["timestamp", { timezone: false, precision: 6 }, "TIMESTAMP"],
  ["timestamp", { timezone: false, precision: 9 }, "TIMESTAMP_NS"],
  ["date", {}, "DATE"],
  ["time", {}, "TIME"],
  ["decimal", {}, "DECIMAL(38,9)"],
  ["decimal", { precision: 10, scale: 2 }, "DECIMAL(10,2)"],
  ["wei", {}, "DECIMAL(38,0)"],
  ["binary", {}, "BLOB"],
  ["json", {}, "JSON"],
])("%s %o is %s (reference §5.2)", (dataType, hint, sqlType) => {
  expect(sqlTypeOf(dataType, hint)).toBe(sqlType);
});
