import type { ColumnHint, TableReference } from "../model/schema.js";

/** What is declared of one table, its columns found by path of keys or by column name (rule D6). */
export interface TableHints {
  columnHint(place: PlaceName): ColumnHint | undefined;
  /** Declared columns in order, by the name each has if no key of the data is called so. */
  readonly declared: readonly { readonly name: string; readonly hint: ColumnHint }[];
  /** With names as they are stored; undefined: none are declared. */
  readonly references: readonly TableReference[] | undefined;
}

/** A column by its name and by the path of keys, joined, that it comes from. */
export interface PlaceName {
  readonly name: string;
  readonly path: string;
}
