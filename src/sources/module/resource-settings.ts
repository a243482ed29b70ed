import type { DataType } from "../../model/schema.js";

/** What a cursor field can hold: text (dates and timestamps in ISO 8601 compare as instants) or a number. */
export type CursorValue = string | number | bigint;

/**
 * The options of a resource: those of `.dango/sources.yml` in camelCase. Wrong ones are errors (exit code 2) that name
 * the file and line of the `resource` call.
 */
export interface ResourceSettings {
  /** Unique in its source; the table is named after it. */
  readonly name: string;
  /** Default: `name`. */
  readonly tableName?: string;
  /**
   * How a load changes the table. Default: `merge` with a primary or merge key, else `append` with a cursor, else
   * `replace`. `skip` reads the resource and loads nothing.
   */
  readonly writeDisposition?: WriteDispositionName | WriteDispositionSettings;
  /** The field, or fields, that tell rows apart; dotted paths reach into nested objects. */
  readonly primaryKey?: string | readonly string[];
  /** Fields whose values select the rows that a merge replaces as a group. */
  readonly mergeKey?: string | readonly string[];
  /** Types and hints of columns by column name, where those learned from the data are not what you want. */
  readonly columns?: Readonly<Record<string, ColumnSettings>>;
  /** Hints of the tables of lists, by the path of the list (`items.parts`). */
  readonly nestedHints?: Readonly<Record<string, NestedHintSettings>>;
  /** Columns that hold values of another table: kept in the stored schema, checked by nobody. */
  readonly references?: readonly ReferenceSettings[];
  /** What new tables, columns and types are: taken (`evolve`, the default), an error (`freeze`), or left out and counted. */
  readonly schemaContract?: ContractModeName | ContractSettings;
  /** Levels of nesting that become columns and child tables; deeper values stay JSON. Default 1000. */
  readonly maxTableNesting?: number;
  /** False: not loaded unless it is named. Default true. */
  readonly selected?: boolean;
  /** True: a `replace` may leave the table empty. Default false: that is an error (exit code 5). */
  readonly allowEmpty?: boolean;
  /** What to do with a record whose primary key is null. Default `error`. */
  readonly onNullKey?: "error" | "append" | "skip";
  /** dlt's key; changes nothing, because independent resources are read side by side anyway. */
  readonly parallelized?: boolean;
}

/** Hints of the table of one list. */
export interface NestedHintSettings {
  readonly columns?: Readonly<Record<string, ColumnSettings>>;
  readonly references?: readonly ReferenceSettings[];
}

/** Columns of a table, and those of another table whose values they hold, in the same order. */
export interface ReferenceSettings {
  readonly columns: readonly string[];
  readonly referencedTable: string;
  readonly referencedColumns: readonly string[];
  /** What the reference means: "liked". */
  readonly label?: string;
  /** From this table to the other. */
  readonly cardinality?:
    | "zero_to_one"
    | "one_to_zero"
    | "zero_to_many"
    | "many_to_zero"
    | "one_to_many"
    | "many_to_one"
    | "one_to_one"
    | "many_to_many";
}

/** What a schema contract does with a change. */
export type ContractModeName = "evolve" | "freeze" | "discard_row" | "discard_value";

/** A schema contract by what may change; what is not named is `evolve`. */
export interface ContractSettings {
  readonly tables?: ContractModeName;
  readonly columns?: ContractModeName;
  readonly dataType?: ContractModeName;
}

/** The short spelling of a write disposition. */
export type WriteDispositionName = "append" | "replace" | "merge" | "skip";

/** The long spelling of a write disposition. */
export interface WriteDispositionSettings {
  readonly disposition: WriteDispositionName;
  /** Of `merge` only. Default `delete-insert`. */
  readonly strategy?: "delete-insert" | "upsert" | "insert-only" | "scd2";
  /** Of `scd2`: the columns of the moments at which a version begins and ends. Default `_dlt_valid_from`, `_dlt_valid_to`. */
  readonly validityColumnNames?: readonly [from: string, to: string];
  /** Of `scd2`, ISO 8601: what stands in the second column while a version holds. Default: null. */
  readonly activeRecordTimestamp?: string;
  /** Of `scd2`, ISO 8601: the moment that ends old versions and begins new ones. Default: that of the load. */
  readonly boundaryTimestamp?: string;
  /** Of `scd2`: the field that says which version a record is. Default: its whole content does. */
  readonly rowVersionColumnName?: string;
}

/** Hints for one column. */
export interface ColumnSettings {
  readonly dataType?: DataType;
  /** Digits in all, of `decimal`. */
  readonly precision?: number;
  /** Digits after the point, of `decimal`. */
  readonly scale?: number;
  /** Of `timestamp`: false for one without a time zone. Default true. */
  readonly timezone?: boolean;
  /** False: a missing value is an error. Default true. */
  readonly nullable?: boolean;
  /** Merge: a record in which it is true (of other types: not null) deletes the rows of its key. */
  readonly hardDelete?: boolean;
  /** Merge: of several records with one key the one with the highest (`desc`) or lowest value wins. Default: the last received. */
  readonly dedupSort?: "asc" | "desc";
  /** What the column holds, for people: kept in the stored schema, as are the hints that follow. */
  readonly description?: string;
  readonly unique?: boolean;
  readonly sort?: boolean;
  readonly partition?: boolean;
  readonly cluster?: boolean;
  readonly incremental?: boolean;
  /** Hints of your own. */
  readonly [hint: `x-${string}`]: unknown;
}

/** A resource that reads only what is new since the last run. */
export interface IncrementalResourceSettings<V extends CursorValue> extends ResourceSettings {
  readonly incremental: IncrementalSettings<V>;
}

/** Which field of a record tells how new it is, and what range of it to read. */
export interface IncrementalSettings<V extends CursorValue> {
  /** The field in the records that you yield (not in the API's own, if you rename them); dotted paths are allowed. */
  readonly cursorPath: string;
  /** Where the first run starts; of the same kind as the field's values. Ignored once a run has stored a last value. */
  readonly initialValue?: V;
  /** Where to end. With it the stored last value is neither read nor moved. */
  readonly endValue?: V;
  /** Which of two values is the later one. Default `max`. */
  readonly lastValueFunc?: "max" | "min";
  /** What to do with a record without the field, or with null in it. Default `raise`: an error. */
  readonly onCursorValueMissing?: "raise" | "include" | "exclude";
  /** `open`: only values above the start. Default `closed`: the start itself too. */
  readonly rangeStart?: "closed" | "open";
  /** `closed`: the end value itself too. Default `open`. */
  readonly rangeEnd?: "open" | "closed";
  /**
   * Start this much before the stored value: days of a date, seconds of a timestamp, units of a number; or a duration such
   * as `2h`. Records that come again are not added again.
   */
  readonly lag?: number | string;
  /** The order in which you yield records: reading stops where only records out of range can follow. */
  readonly rowOrder?: "asc" | "desc";
  /** What tells records on the boundary apart; `[]` turns that off. Default: the resource's primary key. */
  readonly primaryKey?: string | readonly string[];
}
