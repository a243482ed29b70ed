import type { Column } from "../../model/schema.js";
import { isNumeric } from "../sql-type.js";

/** A staged value as its column holds it. */
export function columnValue(staged: string, stagedType: string, column: Column): string {
  if (stagedType === column.sqlType) return staged;
  if (column.dataType === "timestamp" && isNumeric(stagedType)) {
    return `CAST(to_timestamp(${staged}) AS ${column.sqlType})`;
  }
  return `CAST(${staged} AS ${column.sqlType})`;
}

/** What a column holds of a row that has no value for it. */
export function nullValue(column: Column): string {
  return `CAST(NULL AS ${column.sqlType})`;
}
