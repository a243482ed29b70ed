import type { ColumnSource } from "../../model/load-plan.js";
import type { ColumnHint } from "../../model/schema.js";
import { keyValue } from "./check-keys.js";
import type { DuckDb } from "../duckdb.js";
import { findSource } from "./find-source.js";
import type { LoadWork } from "./load-work.js";
import { isSelected, narrow, type RowSelection } from "./row-selection.js";

/** Of several records with one primary key the one that `dedup_sort` puts first, else the last received (M1). */
export async function keepOneOfKey(db: DuckDb, work: LoadWork): Promise<RowSelection> {
  const { selection, primaryKey } = work;
  if (primaryKey.length === 0 || selection.rows < 2) return selection;
  const kept = `${work.staged.table}_last`;
  const keys = primaryKey.map((source) => keyValue(selection, source));
  const isComplete = keys.map((key) => `${key} IS NOT NULL`).join(" AND ");
  const sort = findHinted(work, "dedupSort");
  const order =
    sort === undefined ? "" : `${keyValue(selection, sort.source)} ${String(sort.hint)} NULLS LAST, `;
  const count = await db.run(
    `CREATE OR REPLACE TEMP TABLE ${kept} AS
      SELECT ${order === "" ? "max(s.rowid)" : `first(s.rowid ORDER BY ${order}s.rowid DESC)`} AS rid
        FROM ${selection.staged.table} s
       WHERE ${isSelected(selection, "s.rowid")} AND ${isComplete} GROUP BY ${keys.join(", ")}`,
  );
  if (count === selection.rows) return selection;
  // Rows without a key are only here with `on_null_key: append`: none of them is another one's duplicate.
  return narrow(db, selection, `NOT (${isComplete}) OR s.rowid IN (SELECT rid FROM ${kept})`, "unique");
}

/** The records less those that say, by `hard_delete`, that the row of their key is gone. */
export async function withoutDeletes(
  db: DuckDb,
  work: LoadWork,
  selection: RowSelection,
): Promise<RowSelection> {
  const hinted = findHinted(work, "hardDelete");
  if (hinted === undefined) return selection;
  const value = keyValue(selection, hinted.source);
  const isDelete = hinted.source.column.dataType === "bool" ? `${value} IS TRUE` : `${value} IS NOT NULL`;
  return narrow(db, selection, `NOT (${isDelete})`, "kept");
}

/** The column that a hint names, and where its values come from; undefined: no record has it. */
function findHinted(
  { load }: LoadWork,
  key: "hardDelete" | "dedupSort",
): { readonly source: ColumnSource; readonly hint: ColumnHint[typeof key] } | undefined {
  const found = Object.entries(load.options.columns).find(
    ([, hint]) => hint[key] !== undefined && hint[key] !== false,
  );
  const source = found === undefined ? undefined : findSource(load.plan, found[0]);
  return found === undefined || source === undefined ? undefined : { source, hint: found[1][key] };
}
