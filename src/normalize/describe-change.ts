import type { SchemaChange } from "../model/load-plan.js";

/** One schema change in words for the report: `orders: new column discount DOUBLE`. */
export function describeChange(change: SchemaChange): string {
  switch (change.kind) {
    case "create_table":
      return `${change.table.name}: new table`;
    case "add_column":
      return `${change.table}: new column ${change.column.name} ${change.column.sqlType}`;
    case "widen_column":
      return `${change.table}: column ${change.column.name} ${change.from.sqlType} → ${change.column.sqlType}`;
    default:
      return change satisfies never;
  }
}
