import type { ColumnSource, DltSource, RenamedKey } from "../model/load-plan.js";
import type { ResourceOptions } from "../model/resource.js";
import type { Column, Table } from "../model/schema.js";
import { normalizePath } from "./normalize-path.js";
import type { TableHints } from "./table-hints.js";
import { sqlTypeOf } from "./sql-type-of.js";
import type { ScalarOutlet } from "./spelling.js";

/** One table of a load while it is planned. */
export interface TableDraft {
  readonly name: string;
  readonly parent: TableDraft | undefined;
  readonly hints: TableHints;
  /** Keys from the record to the list whose elements are the rows, joined; empty for the root. */
  readonly keyPath: string;
  readonly existing: Table | undefined;
  /** The columns of `existing`, by name. */
  readonly existingColumns: ReadonlyMap<string, Column>;
  /** Those of `existing` that are variants. */
  readonly existingVariants: readonly Column[];
  readonly systemColumns: readonly Column[];
  /** Names in use, of columns and of what columns and child tables are called after, with the path of keys that has each. */
  readonly claims: Map<string, string>;
  /** Names given to paths whose own name was taken: those of earlier loads and of this one. */
  readonly renamed: Map<string, string>;
  readonly newlyRenamed: RenamedKey[];
  readonly columns: DraftColumn[];
  readonly asDlt: DltSource[];
  listPath: readonly string[];
}

/** One data column that a load fills, makes, or changes. */
export interface DraftColumn {
  readonly column: Column;
  /** The column before the load; undefined: new. */
  readonly before: Column | undefined;
  /** Undefined: declared, but not in the data. */
  source: Omit<ColumnSource, "column"> | undefined;
  /** Of a variant: tells after respelling whether a value went there. */
  readonly outlet?: ScalarOutlet;
}

/** Keys of one path, joined: the key of `Table.renamed`. */
export const PATH_SEPARATOR = "\u001f";

/** Starts a table: the names of system columns and of known variants are taken from the outset (rules B1, N1). */
export function createTableDraft(input: {
  name: string;
  parent: TableDraft | undefined;
  existing: Table | undefined;
  hints: TableHints;
  keyPath: string;
  listPath: readonly string[];
  options: ResourceOptions;
}): TableDraft {
  const { existing, parent } = input;
  const systemColumns = [
    ...(parent === undefined ? validityColumnsOf(input.options) : []),
    ...systemColumnsOf(parent, input.options),
  ];
  const columns = existing?.columns ?? [];
  const variants = columns.filter((column) => column.variant === true);
  return {
    name: input.name,
    parent,
    hints: input.hints,
    keyPath: input.keyPath,
    existing,
    existingColumns: new Map(columns.map((column) => [column.name, column])),
    existingVariants: variants,
    systemColumns,
    claims: new Map(
      [...SYSTEM_NAMES, ...systemColumns, ...variants]
        .map((taken) => (typeof taken === "string" ? taken : taken.name))
        .map((name) => [name, NOT_A_KEY]),
    ),
    renamed: new Map(Object.entries(existing?.renamed ?? {})),
    newlyRenamed: [],
    columns: [],
    asDlt: [],
    listPath: input.listPath,
  };
}

/** The column of this name that the warehouse has. */
export function existingColumn(draft: TableDraft, name: string): Column | undefined {
  return draft.existingColumns.get(name);
}

/** Taken in every table, also in those that have no such column: loading fills it, or a later load will. */
const SYSTEM_NAMES = ["_dlt_load_id", "_dlt_id", "_dlt_parent_id", "_dlt_list_idx", "_dlt_root_id"];

const NOT_A_KEY = "\u0000";

/** True for merge loads whose children know their root row. */
function hasRootIds({ writeDisposition }: ResourceOptions): boolean {
  return writeDisposition.kind === "merge" && writeDisposition.strategy !== "scd2";
}

/** Of scd2: since when and until when a version holds (dlt's names, normalised; N1). */
function validityColumnsOf({ writeDisposition }: ResourceOptions): Column[] {
  if (writeDisposition.kind !== "merge" || writeDisposition.strategy !== "scd2") return [];
  const { validFrom, validTo } = writeDisposition;
  return [
    { name: normalizePath(validFrom), validity: "from" as const },
    { name: normalizePath(validTo), validity: "to" as const },
  ].map((column) => ({
    ...column,
    dataType: "timestamp",
    sqlType: sqlTypeOf("timestamp"),
    nullable: true,
  }));
}

function systemColumnsOf(parent: TableDraft | undefined, options: ResourceOptions): Column[] {
  const names =
    parent === undefined
      ? ["_dlt_load_id", "_dlt_id"]
      : [...(hasRootIds(options) ? ["_dlt_root_id"] : []), "_dlt_parent_id", "_dlt_list_idx", "_dlt_id"];
  return names.map((name) => {
    const dataType = name === "_dlt_list_idx" ? "bigint" : "text";
    return { name, dataType, sqlType: sqlTypeOf(dataType), nullable: false };
  });
}
