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

/** The staged types that a timestamp column can come as, cast: naive text is UTC, as the session's time zone is. */
export function nullValue(column: Column): string {
  return `CAST(NULL AS ${column.sqlType})`;
}
