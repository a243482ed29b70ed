import type { LeftOut, LeftOutReason } from "../../model/report.js";
import type { DuckDb } from "../duckdb.js";
import type { StagedRecords } from "./stage-records.js";

/** Some of the staged rows of a resource: all, or those whose number is in a temporary table. */
export interface RowSelection {
  readonly staged: StagedRecords;
  /** A table with the column `rid`; undefined: all rows. */
  readonly kept: string | undefined;
  readonly rows: number;
}

/** All staged rows. */
export function selectAll(staged: StagedRecords): RowSelection {
  return { staged, kept: undefined, rows: staged.rows };
}

/** The rows that went from each selection to the next, by the reason that stands before it. */
export function leftOutBetween(
  first: RowSelection,
  ...steps: readonly (readonly [LeftOutReason, RowSelection])[]
): LeftOut[] {
  return steps.flatMap(([reason, { rows: left }], index) => {
    const rows = (steps[index - 1]?.[1] ?? first).rows - left;
    return rows === 0 ? [] : [{ reason, rows }];
  });
}

/** The condition on `rid`, an expression, that the selection makes; `true` if it is everything. */
export function isSelected(selection: RowSelection, rid: string): string {
  return selection.kept === undefined ? "true" : `${rid} IN (SELECT rid FROM ${selection.kept})`;
}

/**
 * The rows of `selection` for which `condition`, over the staged row `s`, holds; the same selection if that is all.
 * `name` is that of the temporary table to make, unique in the load.
 */
export async function narrow(
  db: DuckDb,
  selection: RowSelection,
  condition: string,
  name: string,
): Promise<RowSelection> {
  const kept = `${selection.staged.table}_${name}`;
  const rows = await db.run(
    `CREATE OR REPLACE TEMP TABLE ${kept} AS SELECT s.rowid AS rid FROM ${selection.staged.table} s
      WHERE ${isSelected(selection, "s.rowid")} AND (${condition})`,
  );
  return rows === selection.rows ? selection : { ...selection, kept, rows };
}
