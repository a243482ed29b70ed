import type { LeftOut } from "../../model/report.js";
import type { ResourceLoad } from "../../model/warehouse.js";
import type { DuckDb } from "../duckdb.js";
import type { RangeRule } from "./range-rules.js";
import { isSelected, type RowSelection } from "./row-selection.js";

/** How many of the load's own records `left` has lost of `selection`; those that are only passed over are not counted. */
export async function countDropped(
  db: DuckDb,
  load: ResourceLoad,
  { selection, left }: { readonly selection: RowSelection; readonly left: RowSelection },
): Promise<number> {
  if ((load.passedOver ?? 0) === 0) return selection.rows - left.rows;
  const [row] = await db.rows(
    `SELECT count(*) FROM ${selection.staged.table} s
      WHERE ${isOwn(load, selection)} AND NOT (${isSelected(left, "s.rowid")})`,
  );
  return Number(row?.[0] ?? 0);
}

/** The load's own records of `selection` that break a rule, each counted for the first one that it breaks. */
export async function countOutOfRange(
  db: DuckDb,
  load: ResourceLoad,
  { selection, rules }: { readonly selection: RowSelection; readonly rules: readonly RangeRule[] },
): Promise<LeftOut[]> {
  const counts = rules.map(({ condition }, index) => {
    const earlier = rules.slice(0, index).map((rule) => `${rule.condition} AND `);
    return `count(*) FILTER (WHERE ${earlier.join("")}NOT (${condition}))`;
  });
  const [row] = await db.rows(
    `SELECT ${counts.join(", ")} FROM ${selection.staged.table} s WHERE ${isOwn(load, selection)}`,
  );
  return rules.flatMap(({ reason, range }, index) => {
    const rows = Number(row?.[index] ?? 0);
    return rows === 0 ? [] : [{ reason, rows, range }];
  });
}

/** Rows behind the load's own have nothing but a cursor (rule I5). */
function isOwn(load: ResourceLoad, selection: RowSelection): string {
  return `s.rowid < ${String(load.rows)} AND ${isSelected(selection, "s.rowid")}`;
}
