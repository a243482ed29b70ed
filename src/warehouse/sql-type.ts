import type { DataType } from "../model/schema.js";

/** dlt's data type of a column with this DuckDB type. */
export function dataTypeOf(sqlType: string): DataType {
  const name = sqlType.toUpperCase();
  if (name === "DECIMAL(38,0)") return "wei";
  if (name.startsWith("DECIMAL")) return "decimal";
  if (name.startsWith("TIMESTAMP")) return "timestamp";
  return BY_NAME[name] ?? "text";
}

/** True for the types that compare as instants. */
export function isTemporal(sqlType: string): boolean {
  const type = dataTypeOf(sqlType);
  return type === "timestamp" || type === "date";
}

/** True for the types that compare as numbers. */
export function isNumeric(sqlType: string): boolean {
  return ["bigint", "hugeint", "double", "decimal", "wei"].includes(dataTypeOf(sqlType));
}

const BY_NAME: Readonly<Record<string, DataType>> = {
  TINYINT: "bigint",
  SMALLINT: "bigint",
  INTEGER: "bigint",
  BIGINT: "bigint",
  UTINYINT: "bigint",
  USMALLINT: "bigint",
  UINTEGER: "bigint",
  UBIGINT: "hugeint",
  HUGEINT: "hugeint",
  UHUGEINT: "hugeint",
  DOUBLE: "double",
  FLOAT: "double",
  BOOLEAN: "bool",
  DATE: "date",
  TIME: "time",
  BLOB: "binary",
  JSON: "json",
};
