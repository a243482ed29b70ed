import type { ColumnHint } from "../../model/schema.js";
import type { ColumnInput } from "./flat-keys.js";
import { given } from "../../shared/given.js";
import { KEPT_HINTS } from "../schema/schema-column.js";

/** The hints of columns, by column, as loading takes them. */
export function resolveColumnHints(
  columns: Readonly<Record<string, ColumnInput>>,
): Readonly<Record<string, ColumnHint>> {
  return Object.fromEntries(Object.entries(columns).map(([column, hint]) => [column, resolveHint(hint)]));
}

function resolveHint(column: ColumnInput): ColumnHint {
  return given({
    dataType: column.data_type,
    precision: column.precision,
    scale: column.scale,
    timezone: column.timezone,
    nullable: column.nullable,
    hardDelete: column.hard_delete,
    dedupSort: column.dedup_sort,
    kept: keptHints(column),
  });
}

function keptHints(column: ColumnInput): Readonly<Record<string, unknown>> | undefined {
  const plain = KEPT_HINTS.map((key) => [key, column[key]] as const);
  const entries = [...plain, ...Object.entries(column["x-"] ?? {})].filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
