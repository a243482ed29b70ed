import type { LoadPlan, SchemaChange } from "../model/load-plan.js";
import { GuardError } from "../shared/errors.js";

/**
 * Throws GuardError if the plan adds a column to a table that has, or then would have, more than `maxColumns` (rule B2); those
 * of earlier loads count, those of dango's own (`_dlt_*`) do not. Loads that add none to such a table go on.
 */
export function checkTableWidth(
  { tables, changes }: LoadPlan,
  { name }: { readonly name: string },
  maxColumns = 10_000,
): void {
  const growing = new Set(changes.flatMap((change) => tableOf(change) ?? []));
  for (const { table } of tables) {
    const columns = table.columns.filter((column) => !column.name.startsWith("_dlt_")).length;
    if (columns <= maxColumns || !growing.has(table.name)) continue;
    const count = (value: number): string => value.toLocaleString("en-US");
    const limit = count(maxColumns);
    throw new GuardError(
      `${name}: the table ${table.name} would have ${count(columns)} columns, more than max_columns (${limit}); nothing was changed`,
      {
        hint: "keys that are values (ids, dates) make a column each: keep the object as one column by data_type: json or max_table_nesting, leave it out by processing_steps, or raise `max_columns` on the client",
        context: { resource: name, table: table.name, columns },
      },
    );
  }
}

/** The table that a change adds columns to. */
function tableOf(change: SchemaChange): string | undefined {
  if (change.kind === "create_table") return change.table.name;
  return change.kind === "add_column" ? change.table : undefined;
}
