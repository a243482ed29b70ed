import { describe, expect, test } from "vitest";
import type { LoadPlan, SchemaChange } from "../model/load-plan.js";
import type { Column, Table } from "../model/schema.js";
import { checkTableWidth } from "./check-table-width.js";

const columnOf = (name: string): Column => ({ name, dataType: "bigint", sqlType: "BIGINT", nullable: true });

function planOf(names: readonly string[], change: (table: Table) => SchemaChange[]): LoadPlan {
  const table: Table = { name: "t", columns: names.map(columnOf) };
  const tables = [{ table, listPath: [], columns: [] }];
  return { staged: [], tables, changes: change(table), renamed: [], discards: [], lost: [] };
}

const addC = (): SchemaChange[] => [{ kind: "add_column", table: "t", column: columnOf("c") }];

describe("the columns of a table (B2)", () => {
  test("of earlier loads count with the new ones", () => {
    const plan = planOf(["a", "b", "c", "_dlt_id"], addC);
    expect(() => {
      checkTableWidth(plan, { name: "orders" }, 3);
    }).not.toThrow();
    expect(() => {
      checkTableWidth(plan, { name: "orders" }, 2);
    }).toThrow("orders: the table t would have 3 columns, more than max_columns (2); nothing was changed");
  });

  test("of a new table count", () => {
    const plan = planOf(["a", "b", "c"], (table) => [{ kind: "create_table", table }]);
    expect(() => {
      checkTableWidth(plan, { name: "orders" }, 2);
    }).toThrow("orders: the table t would have 3 columns, more than max_columns (2); nothing was changed");
  });

  test("may be too many already where a load adds none", () => {
    expect(() => {
      checkTableWidth(
        planOf(["a", "b", "c"], () => []),
        { name: "orders" },
        2,
      );
    }).not.toThrow();
  });
});
