import type { ColumnHint, DataType } from "../model/schema.js";

/** The DuckDB type of a column of dlt type `dataType`, as dlt spells it (reference §5.2). */
export function sqlTypeOf(dataType: DataType, hint: ColumnHint = {}): string {
  switch (dataType) {
    case "bigint":
      return integerType(hint.precision);
    case "timestamp":
      return hint.timezone === false ? naiveTimestampType(hint.precision) : "TIMESTAMP WITH TIME ZONE";
    case "decimal":
      return `DECIMAL(${String(hint.precision ?? 38)},${String(hint.scale ?? (hint.precision === undefined ? 9 : 0))})`;
    case "text":
    case "hugeint":
    case "double":
    case "bool":
    case "date":
    case "time":
    case "wei":
    case "binary":
    case "json":
      return PLAIN_TYPES[dataType];
    default:
      return dataType satisfies never;
  }
}

const PLAIN_TYPES = {
  text: "VARCHAR",
  hugeint: "HUGEINT",
  double: "DOUBLE",
  bool: "BOOLEAN",
  date: "DATE",
  time: "TIME",
  wei: "DECIMAL(38,0)",
  binary: "BLOB",
  json: "JSON",
} as const;

function integerType(bits: number | undefined): string {
  if (bits === undefined) return "BIGINT";
  if (bits <= 8) return "TINYINT";
  if (bits <= 16) return "SMALLINT";
  if (bits <= 32) return "INTEGER";
  return bits <= 64 ? "BIGINT" : "HUGEINT";
}

function naiveTimestampType(digits: number | undefined): string {
  if (digits === 0) return "TIMESTAMP_S";
  if (digits !== undefined && digits <= 3) return "TIMESTAMP_MS";
  return digits === 9 ? "TIMESTAMP_NS" : "TIMESTAMP";
}
