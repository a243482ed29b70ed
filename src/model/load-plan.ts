import type { Column, Table } from "./schema.js";

/**
 * How one resource's records become rows. Made by `normalize/` from the learned fields and the known schema,
 * carried out by `warehouse/`. Staging reads the spooled NDJSON with explicit types, one staged field a value class;
 * tables take their columns from staged fields by path.
 */
export interface LoadPlan {
  /** The members that DuckDB reads of each record, in order. Never empty. */
  readonly staged: readonly StagedField[];
  /**
   * Present when some values cannot be read as they are spelled (mixed kinds, colliding keys, conversions): maps
   * the bytes of one record to the bytes to stage, which then have exactly the members of `staged`.
   */
  readonly respell?: Respeller;
  /** The root table first, each parent before its children. */
  readonly tables: readonly TablePlan[];
  /** Every change to the dataset's schema, in the order to apply. */
  readonly changes: readonly SchemaChange[];
  readonly renamed: readonly RenamedKey[];
  /** What a contract may keep out; its counts are right after respelling. */
  readonly discards: readonly Discard[];
  /** What is declared of lists and columns that neither the records nor the tables have; no entry: nothing. */
  readonly unmetHints?: readonly UnmetHint[];
  /** The rows of lists that went with what a contract kept out; right after respelling. */
  readonly lost: readonly LostRows[];
  /**
   * Present with `respell` when a new variant column may turn out not to be needed: called after the last record was
   * respelled, gives the plan without the columns that no value went to.
   */
  readonly settle?: () => LoadPlan;
}

/** Values that a schema contract keeps out (contract §5); counted while records are respelled. */
export interface Discard {
  readonly mode: "discard_row" | "discard_value";
  readonly part: "tables" | "columns" | "dataType";
  readonly table: string;
  /** What they would have made: `the new column discount`. */
  readonly what: string;
  /** Values, or rows, that were kept out. */
  count: number;
}

/** A hint that does nothing, because what it is for is not there. */
export interface UnmetHint {
  /** The key that it stands under: `nested_hints`, `columns`, `nested_hints.items.columns`. */
  readonly under: string;
  readonly kind: "list" | "column";
  /** As it is written. */
  readonly path: string;
  /** Paths, with dots, of the lists or fields that there are in its place. */
  readonly known: readonly string[];
}

/** Rows of one list's table that a contract kept out, themselves or with the row that they are below. */
export interface LostRows {
  readonly table: string;
  count: number;
}

/** A key whose own column or table name was taken by another key (rule N1). */
export interface RenamedKey {
  readonly table: string;
  readonly key: string;
  readonly name: string;
}

/** Rewrites one record (the bytes of one JSON object, no newline) for staging. Returns null to discard the row. */
export type Respeller = (record: Uint8Array) => Uint8Array | null;

/** One member that staging reads. `key` is the JSON key in the staged bytes, unique regardless of case. */
export interface StagedField {
  readonly key: string;
  readonly type: StagedType;
}

/** The type that `read_ndjson` is told for a member. */
export type StagedType =
  | { readonly kind: "scalar"; readonly sqlType: string }
  | { readonly kind: "struct"; readonly fields: readonly StagedField[] }
  | { readonly kind: "list"; readonly element: StagedType };

/** One table of a load. */
export interface TablePlan {
  /** The table after this load's schema changes: all columns, system columns included, in table order. */
  readonly table: Table;
  /**
   * For a child table: the staged path, from its parent's row, to the list whose elements are its rows.
   * Empty for the root, and for a list of lists (where the parent's row is itself the list).
   */
  readonly listPath: readonly string[];
  /** The data columns this load fills; columns of `table` that are not here stay NULL. */
  readonly columns: readonly ColumnSource[];
  /** How dlt would have stored this load's values, for the columns where that may differ from what they get (rule M8). */
  readonly asDlt?: readonly DltSource[];
}

/** The value that dlt would have given a column. */
export interface DltSource {
  readonly column: string;
  /** Staged path of a VARCHAR that casts to `storedType`; undefined: dlt would have left it null. */
  readonly path?: readonly string[];
  /** The column's DuckDB type before the load. */
  readonly storedType?: string;
}

/** Where a column's values come from. */
export interface ColumnSource {
  readonly column: Column;
  /** Staged path from the table's row; empty: the row is itself the value (a list of scalars). */
  readonly path: readonly string[];
  /** The staged SQL type; when it differs from the column's, the value is cast. */
  readonly stagedType: string;
  /** Of a cursor whose values had to be respelled: the staged path of the API's own spelling, a VARCHAR. */
  readonly spelledPath?: readonly string[];
  /** Of a cursor some of whose values are seconds, in a column of moments. */
  readonly hasEpochs?: boolean;
}

/** One change of a dataset's schema. */
export type SchemaChange =
  | { readonly kind: "create_table"; readonly table: Table }
  | { readonly kind: "add_column"; readonly table: string; readonly column: Column }
  | { readonly kind: "widen_column"; readonly table: string; readonly from: Column; readonly column: Column };

/** What `normalize/` learns from the warehouse beside the schema: columns whose values a wider type holds unchanged. */
export interface WideningQuestion {
  readonly table: string;
  readonly column: string;
  /** The type that the column would become. */
  readonly to: string;
}
