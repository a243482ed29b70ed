import type { ColumnHint, SchemaContract, TableReference } from "./schema.js";
import type { FunctionReference } from "./user-function.js";
import type { SourceLocation } from "../shared/errors.js";

/** How a load changes the tables of a resource. */
export type WriteDisposition =
  | { readonly kind: "append" }
  | { readonly kind: "replace" }
  | { readonly kind: "merge"; readonly strategy: Exclude<MergeStrategy, "scd2"> }
  | ({ readonly kind: "merge"; readonly strategy: "scd2" } & HistorySettings)
  | { readonly kind: "skip" };

/** dlt's merge strategies. */
export type MergeStrategy = "delete-insert" | "upsert" | "insert-only" | "scd2";

/** How scd2 keeps the versions of a row (dlt's keys and defaults). */
export interface HistorySettings {
  /** Column of the moment from which a version holds. Default `_dlt_valid_from`. */
  readonly validFrom: string;
  /** Column of the moment at which it ended. Default `_dlt_valid_to`. */
  readonly validTo: string;
  /** What stands in `validTo` of the version that holds; undefined: null. ISO 8601. */
  readonly activeTimestamp?: string;
  /** The moment that ends old versions and begins new ones; undefined: that of the load. ISO 8601. */
  readonly boundaryTimestamp?: string;
  /** A column that says which version a record is; undefined: its whole content does. */
  readonly rowVersion?: string;
}

/**
 * A distance between cursor values: so many units of a number, days of a date, seconds of another instant; or so many
 * calendar months and milliseconds.
 */
export type CursorSpan =
  | { readonly kind: "units"; readonly units: number }
  | { readonly kind: "calendar"; readonly months: number; readonly ms: number };

/** Options of an incremental resource; dlt's names and meanings (contract §2.1, rules I). */
export interface IncrementalOptions {
  /**
   * Path of the cursor field in a record, as configured; the key of the state. With `isToken`, the path in a page's
   * envelope (`token_path`).
   */
  readonly cursorPath: string;
  /** True: the state is a sync token of the last page, and no record has a cursor (rule I3). */
  readonly isToken?: boolean;
  /** Of a child: a cursor is kept for each value of its parent, not one for all (rule I4). */
  readonly isPerParent?: boolean;
  /** Of a token: no parameter carries it, so it is the paginator's first cursor or first link. */
  readonly isPaginatorStart?: boolean;
  readonly initialValue?: string | number | bigint;
  readonly endValue?: string | number | bigint;
  /** Query parameter that carries the start value. */
  readonly startParam?: string;
  readonly endParam?: string;
  /** How values are sent: `iso`, `date`, `unix`, `unix_ms` or a strftime pattern, in UTC. Default: as the API spells them. */
  readonly format?: string;
  /** Makes what is sent of a value; it may be asynchronous. */
  readonly convert?: FunctionReference;
  /** How far before the stored value to start. */
  readonly lag?: CursorSpan;
  /** The lag as configured, for `{incremental.lag}`. */
  readonly writtenLag?: string | number;
  /** Cuts the interval into windows of this size, a chain of requests each (rule I6). */
  readonly step?: CursorSpan;
  /** The end of a window is sent less this much: for APIs whose end is inclusive. */
  readonly granularity?: CursorSpan;
  /** The user's promise of the order in a chain: reading stops where only rows out of range can follow. */
  readonly rowOrder?: "asc" | "desc";
  readonly lastValueFunc: "max" | "min";
  readonly rangeStart: "closed" | "open";
  readonly rangeEnd: "open" | "closed";
  readonly onCursorValueMissing: "raise" | "include" | "exclude";
  /** Keys that tell rows on the boundary apart; `[]` turns deduplication off. Default: the resource's primary key. */
  readonly primaryKey?: readonly string[];
}

/** What a user declares of the table of one list. */
export interface NestedHints {
  readonly columns: Readonly<Record<string, ColumnHint>>;
  readonly references?: readonly TableReference[];
}

/** What a user declares of a resource, whether in YAML or in TypeScript: all that loading needs to know. */
export interface ResourceOptions {
  readonly name: string;
  /** Default: the resource's name, normalised. */
  readonly tableName: string;
  /** True if the table was named by `table_name`, so that several resources may share it (rule N1). */
  readonly isTableNamed?: boolean;
  readonly writeDisposition: WriteDisposition;
  /** Field names as the API spells them (dotted paths allowed), or column names (rule D6). */
  readonly primaryKey: readonly string[];
  readonly mergeKey: readonly string[];
  readonly columns: Readonly<Record<string, ColumnHint>>;
  /** What is declared of the tables of lists, by the list's path: dotted keys, or the table's name without the root's. */
  readonly nestedHints?: Readonly<Record<string, NestedHints>>;
  /** Undefined: those that are stored stay. */
  readonly references?: readonly TableReference[];
  readonly schemaContract?: SchemaContract;
  /** Levels of nesting that become columns and child tables; deeper values stay JSON. Default 1000. */
  readonly maxTableNesting?: number;
  readonly incremental?: IncrementalOptions;
  readonly allowEmpty: boolean;
  readonly onNullKey: "error" | "append" | "skip";
  /** Where it is declared, for messages. */
  readonly location?: SourceLocation;
}
