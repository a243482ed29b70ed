/** dlt's data types (reference: dlt docs "schema", data types), plus `hugeint` for integers beyond 64 bit. */
export type DataType =
  | "text"
  | "bigint"
  | "hugeint"
  | "double"
  | "bool"
  | "timestamp"
  | "date"
  | "time"
  | "decimal"
  | "wei"
  | "binary"
  | "json";

/** A column as the warehouse has it, or as a load will make it. */
export interface Column {
  readonly name: string;
  readonly dataType: DataType;
  /** The DuckDB type, such as `BIGINT` or `DECIMAL(38,9)`. */
  readonly sqlType: string;
  readonly nullable: boolean;
  readonly primaryKey?: boolean;
  readonly mergeKey?: boolean;
  /** True for `<column>__v_<type>` columns. */
  readonly variant?: boolean;
  /** Where scd2 keeps since when, or until when, a version of the row holds; filled by loading itself. */
  readonly validity?: "from" | "to";
  /** The hints of §5.7 of dlt's reference that do not change the DuckDB type, kept for `_dlt_version`. */
  readonly hints?: Readonly<Record<string, unknown>>;
}

/** A table as the warehouse has it, or as a load will make it. Columns are in table order, system columns included. */
export interface Table {
  readonly name: string;
  /** The table that this one's rows belong to; undefined for roots. */
  readonly parent?: string;
  /** The resource that fills it (roots only). */
  readonly resource?: string;
  readonly writeDisposition?: string;
  readonly columns: readonly Column[];
  /** Columns that are declared to be those of another table. Nothing checks that they are. */
  readonly references?: readonly TableReference[];
  /**
   * Column or child table names given to keys whose own name was taken (rule N1):
   * `{"<path of keys joined by \u001f>": "a_b_2"}`.
   */
  readonly renamed?: Readonly<Record<string, string>>;
}

/** Columns of a table that hold values of another table's, in order (dlt's "references"). */
export interface TableReference {
  readonly columns: readonly string[];
  readonly referencedTable: string;
  readonly referencedColumns: readonly string[];
  readonly label?: string;
  /** Such as `many_to_one`, from the table to the one it refers to. */
  readonly cardinality?: string;
}

/** The tables of a dataset that belong to one pipeline. */
export interface DatasetSchema {
  /** By table name. */
  readonly tables: ReadonlyMap<string, Table>;
  /** True if a load that is not dango's brought rows: what of it comes again is to be recognised (rule M8). */
  readonly hasRowsOfDlt?: boolean;
}

/** Modes of a schema contract. */
export type ContractMode = "evolve" | "freeze" | "discard_row" | "discard_value";

/** What a contract allows to change. */
export interface SchemaContract {
  readonly tables: ContractMode;
  readonly columns: ContractMode;
  readonly dataType: ContractMode;
}

/** dlt's column hints, normalised (reference: dlt docs "schema", column hint list). */
export interface ColumnHint {
  readonly dataType?: DataType;
  readonly precision?: number;
  readonly scale?: number;
  readonly timezone?: boolean;
  readonly nullable?: boolean;
  /** Merge: a record in which this is true (of other types: not null) deletes the rows of its key. */
  readonly hardDelete?: boolean;
  /** Merge: of several records with one key the one with the highest (`desc`) or lowest value wins. */
  readonly dedupSort?: "asc" | "desc";
  /** Hints that change nothing but the stored schema, as dlt spells them: `description`, `unique`, `x-…`. */
  readonly kept?: Readonly<Record<string, unknown>>;
}
