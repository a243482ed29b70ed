import type { CursorValue } from "../../cursor/cursor-point.js";
import type { ColumnSource } from "../../model/load-plan.js";
import type { ResourceLoad } from "../../model/warehouse.js";
import { DataError } from "../../shared/errors.js";
import {
  classOfBound,
  classOfText,
  classOfType,
  orderOf,
  type CursorClass,
  type CursorOrder,
} from "./cursor-class.js";
import type { DuckDb } from "../duckdb.js";
import { isSelected, type RowSelection } from "./row-selection.js";
import { isTemporal } from "../sql-type.js";
import { stagedValue } from "./stage-records.js";

/** How the values compare; undefined when no row has one. Throws a DataError if values or bounds are of unlike classes. */
export async function decideOrder(
  db: DuckDb,
  load: ResourceLoad,
  facts: { selection: RowSelection; source: ColumnSource; bounds: readonly CursorValue[] },
): Promise<CursorOrder | undefined> {
  const { selection, source, bounds } = facts;
  const { sqlType } = source.column;
  // Seconds are compared as moments, but only with each other.
  const epochs = source.hasEpochs === true ? source.spelledPath : undefined;
  const staged = stagedValue(selection.staged, "s", epochs ?? source.path);
  const fixed = classOfType(sqlType);
  const isUncertain = isTemporal(sqlType) && source.stagedType === "VARCHAR";
  const unreadable = `CASE WHEN TRY_CAST(${staged} AS TIMESTAMPTZ) IS NULL THEN 'text' ELSE 'instant' END`;
  const seconds = `CASE WHEN regexp_full_match(${staged}, '-?[0-9]+') THEN 'number' ELSE 'instant' END`;
  const uncertain = epochs === undefined ? unreadable : seconds;
  const classOf = fixed === undefined ? classOfText(staged) : isUncertain ? uncertain : `'${fixed}'`;
  const rows = await db.rows(
    `SELECT ${classOf} AS class, min(s.rowid) FROM ${selection.staged.table} s
      WHERE ${isSelected(selection, "s.rowid")} AND ${staged} IS NOT NULL GROUP BY 1 ORDER BY 2`,
  );
  const seen = rows.map(([name, rid]) => ({ class: name as CursorClass, rid: Number(rid) }));
  const first = seen[0];
  if (first === undefined) return undefined;
  const unlike = seen.find((one) => one.class !== first.class);
  const bound = bounds.find((one) => classOfBound(one) !== first.class);
  if (unlike === undefined && bound === undefined)
    return orderOf(epochs === undefined ? first.class : "instant");
  const [a, b] = await readTexts(db, staged, { selection, rids: [first.rid, unlike?.rid ?? first.rid] });
  const other =
    unlike === undefined
      ? `the value it is compared with is ${spell(bound)}`
      : `${load.describeRow(unlike.rid)} has ${spell(b)}`;
  throw new DataError(
    `${load.options.name}: the values of the cursor ${load.options.incremental?.cursorPath ?? ""} do not compare: ` +
      `${load.describeRow(first.rid)} has ${spell(a)}, ${other}`,
    {
      hint: "numbers compare with numbers, timestamps with timestamps: correct initial_value or end_value, or take another cursor_path",
    },
  );
}

async function readTexts(
  db: DuckDb,
  staged: string,
  { selection, rids }: { selection: RowSelection; rids: readonly number[] },
): Promise<unknown[]> {
  const texts: unknown[] = [];
  for (const rid of rids) {
    const [row] = await db.rows(
      `SELECT ${staged} FROM ${selection.staged.table} s WHERE s.rowid = ${String(rid)}`,
    );
    texts.push(row?.[0]);
  }
  return texts;
}

function spell(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : String(value);
}
