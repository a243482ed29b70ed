import type { ColumnSource } from "../../model/load-plan.js";
import { keyValue } from "./check-keys.js";
import { isKeyConverted, keyAsDlt, stagedKey, storedKey } from "./key-as-dlt.js";
import { isOfDlt } from "./pair-converted.js";
import { quoteName, quoteTable } from "../quote.js";
import { isSelected, type RowSelection } from "./row-selection.js";
import { SYSTEM_COLUMNS } from "../system/system-columns.js";
import type { FamilyTable } from "./table-family.js";

/** SQL for the ids (`id`) of the stored rows that share the key with a record, also as dlt converted it (rule M8). */
export function storedOfKey(
  dataset: string,
  root: FamilyTable,
  selection: RowSelection,
  key: readonly ColumnSource[],
): string {
  const match = (valueOf: (source: ColumnSource) => string): string =>
    `SELECT t.${quoteName(SYSTEM_COLUMNS.id)} AS id FROM ${quoteTable(dataset, root.name)} t
      WHERE ${storedKey(key)} IN (SELECT ${stagedKey(key, valueOf)}
        FROM ${selection.staged.table} s WHERE ${isSelected(selection, "s.rowid")})`;
  const place = { root, staged: selection.staged };
  const exact = match((source) => keyValue(selection, source));
  if (!isKeyConverted(place, key)) return exact;
  return `${exact} UNION ${match((source) => keyAsDlt(place, source))} AND ${isOfDlt(dataset)}`;
}
