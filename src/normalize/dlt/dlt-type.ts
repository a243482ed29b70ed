import type { Column, DataType } from "../../model/schema.js";
import type { ColumnType } from "../column-type.js";

/** The type that a column had when dlt loaded into it: dango may have widened it since. */
export function dltTypeOf(column: Column): ColumnType {
  const kept = column.hints?.[DLT_TYPE_HINT];
  const [, dataType, sqlType] = typeof kept === "string" ? (/^(\w+) (.+)$/.exec(kept) ?? []) : [];
  return dataType === undefined || sqlType === undefined
    ? column
    : { dataType: dataType as DataType, sqlType };
}

/** The hint that keeps the type of a column which is about to become another one; none if it stays. */
export function keepDltType(column: Column, next: ColumnType): Readonly<Record<string, unknown>> {
  if (column.sqlType === next.sqlType || column.hints?.[DLT_TYPE_HINT] !== undefined) return {};
  return { [DLT_TYPE_HINT]: `${column.dataType} ${column.sqlType}` };
}

const DLT_TYPE_HINT = "x-dango-dlt-type";
