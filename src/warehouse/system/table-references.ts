import type { TableReference } from "../../model/schema.js";
import { asObject, type JsonObject } from "./json-document.js";

/** The references of a table in a schema document; undefined if it has none. */
export function readReferences(table: JsonObject | undefined): readonly TableReference[] | undefined {
  const written = table?.["references"];
  if (!Array.isArray(written)) return undefined;
  return written.flatMap((one) => {
    const { columns, referenced_table, referenced_columns, label, cardinality } = asObject(one) ?? {};
    if (typeof referenced_table !== "string" || !isTexts(columns) || !isTexts(referenced_columns)) return [];
    return [
      {
        columns,
        referencedTable: referenced_table,
        referencedColumns: referenced_columns,
        ...(typeof label === "string" ? { label } : {}),
        ...(typeof cardinality === "string" ? { cardinality } : {}),
      },
    ];
  });
}

/** A reference in dlt's spelling. */
export function writeReference(reference: TableReference): JsonObject {
  const { columns, referencedTable, referencedColumns, ...others } = reference;
  return { columns, referenced_table: referencedTable, referenced_columns: referencedColumns, ...others };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
