import { expect, test } from "vitest";

import type { Column } from "../model/schema.js";
import { describeChange } from "./describe-change.js";

const amount: Column = { name: "amount", dataType: "bigint", sqlType: "BIGINT", nullable: true };

test("schema changes are described in words", () => {
  const wider: Column = { ...amount, dataType: "double", sqlType: "DOUBLE" };
  expect([
    describeChange({ kind: "create_table", table: { name: "orders", columns: [amount] } }),
    describeChange({ kind: "add_column", table: "orders", column: amount }),
    describeChange({ kind: "widen_column", table: "orders", from: amount, column: wider }),
  ]).toEqual([
    "orders: new table",
    "orders: new column amount BIGINT",
    "orders: column amount BIGINT → DOUBLE",
  ]);
});
