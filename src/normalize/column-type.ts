import { Kind, NUMBERS, STRINGS } from "../model/field.js";
import type { Column, DataType } from "../model/schema.js";

/** What of a column decides which values it takes. */
export type ColumnType = Pick<Column, "dataType" | "sqlType">;

const TIMESTAMPS = Kind.timestamp | Kind.timestampOther;

/** The type of a new column for all values of one load (rule B3); undefined when there are only nulls and nested ones. */
export function newDataType(kinds: number): DataType | undefined {
  const numbers = kinds & NUMBERS;
  const hasBool = (kinds & Kind.bool) !== 0;
  if ((kinds & STRINGS) !== 0) return numbers !== 0 || hasBool ? "text" : stringDataType(kinds & STRINGS);
  if (numbers !== 0) return numberDataType(numbers);
  return hasBool ? "bool" : undefined;
}

/** The type of the variant column that takes values of one kind (rule B3). */
export function variantDataType(kind: number): DataType {
  if (kind === Kind.bool) return "bool";
  return (kind & STRINGS) !== 0 ? stringDataType(kind) : numberDataType(kind);
}

/**
 * The SQL type that `read_ndjson` is told for values of a column. Types whose reading would lose spelling, or that
 * JSON does not know, are read as text and cast.
 */
export function stagedTypeOf(type: ColumnType): string {
  switch (type.dataType) {
    case "bigint":
    case "hugeint":
    case "double":
    case "bool":
    case "date":
    case "text":
    case "json":
      return type.sqlType;
    case "timestamp":
      return "TIMESTAMP WITH TIME ZONE";
    case "time":
    case "decimal":
    case "wei":
    case "binary":
      return "VARCHAR";
    default:
      return type.dataType satisfies never;
  }
}

function stringDataType(strings: number): DataType {
  if (strings === Kind.date) return "date";
  return (strings & ~(TIMESTAMPS | Kind.date)) === 0 ? "timestamp" : "text";
}

function numberDataType(numbers: number): DataType {
  if ((numbers & (Kind.intWide | Kind.floatWide)) !== 0) return "text";
  if ((numbers & (Kind.float | Kind.floatWhole)) !== 0) return "double";
  return (numbers & Kind.int128) !== 0 ? "hugeint" : "bigint";
}
