import type { ColumnSource } from "../../model/load-plan.js";
import { quoteName } from "../quote.js";
import { stagedValue, type StagedRecords } from "./stage-records.js";
import type { FamilyTable } from "./table-family.js";
import { valueAsDlt } from "./values-as-dlt.js";

/** The table of a key and its staged records. */
interface KeyPlace {
  readonly root: FamilyTable;
  readonly staged: StagedRecords;
}

/** A staged record's part of a key as dlt would have stored it (rule M8): 7 for `"007"` in a column of integers. */
export function keyAsDlt({ root, staged }: KeyPlace, { column }: ColumnSource): string {
  return valueAsDlt(root, column, (path) => stagedValue(staged, "s", path));
}

/** True if dlt would have stored some value of the key as another one. */
export function isKeyConverted({ root }: KeyPlace, key: readonly ColumnSource[]): boolean {
  return key.some(({ column }) => root.plan.asDlt?.some((one) => one.column === column.name) === true);
}

/** A key to pair records and stored rows by; `valueOf` spells a part of it over a staged row. */
export function comparedKey(
  key: readonly ColumnSource[],
  valueOf: (source: ColumnSource) => string,
): { staged: string; column: string }[] {
  return key.map((source) => ({ staged: valueOf(source), column: source.column.name }));
}

/** SQL over a stored row `t`: its key, a tuple if it has several parts. */
export function storedKey(key: readonly ColumnSource[]): string {
  return tuple(key.map(({ column }) => `t.${quoteName(column.name)}`));
}

/** SQL over a staged row: its key, a tuple if it has several parts. */
export function stagedKey(key: readonly ColumnSource[], valueOf: (source: ColumnSource) => string): string {
  return tuple(key.map(valueOf));
}

function tuple(parts: readonly string[]): string {
  return parts.length === 1 ? parts.join("") : `(${parts.join(", ")})`;
}
