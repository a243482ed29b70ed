import { z } from "zod";
import { columnsSchema } from "./schema-column.js";
import { refusedKey, strict, text } from "./schema-kit.js";

/** What dlt calls the cardinality of a reference. */
export const CARDINALITIES = [
  "zero_to_one",
  "one_to_zero",
  "zero_to_many",
  "many_to_zero",
  "one_to_many",
  "many_to_one",
  "one_to_one",
  "many_to_many",
] as const;

const columnNames = z.array(text).min(1, "it needs at least one column");

/** `references`: columns of the table that are those of another, in order. */
export const referencesSchema = z.array(
  strict({
    columns: columnNames,
    referenced_table: text,
    referenced_columns: columnNames,
    label: text.nullish(),
    cardinality: z.enum(CARDINALITIES).nullish(),
  }).superRefine(({ columns, referenced_columns: referenced }, context) => {
    if (columns.length === referenced.length) return;
    const message = `as many columns as \`columns\` has are needed: ${String(columns.length)}, not ${String(referenced.length)}`;
    context.addIssue({ code: "custom", path: ["referenced_columns"], message });
  }),
);

const FILES_OF_DUCKDB = "DuckDB keeps tables in its own format, there is nothing to choose";

/** Keys of dlt's resource that mean nothing here. */
export const foreignTableKeys = {
  parent_table_name: refusedKey(
    "`parent_table_name` is not needed: a list's table is named after the table that holds it, and linked to it",
  ),
  table_format: refusedKey(`\`table_format\` is for lakes. ${FILES_OF_DUCKDB}`),
  file_format: refusedKey(`\`file_format\` is for staged files. ${FILES_OF_DUCKDB}`),
};

const FOLLOWS = "its rows follow those of the table that holds the list";

/** `nested_hints`: hints of the tables of lists, by the path of the list. */
export const nestedHintsSchema = z.record(
  text,
  strict({
    columns: columnsSchema.nullish(),
    references: referencesSchema.nullish(),
    primary_key: refusedKey(`the table of a list has no key: ${FOLLOWS}`),
    merge_key: refusedKey(`the table of a list has no key: ${FOLLOWS}`),
    write_disposition: refusedKey(`the table of a list has no write disposition: ${FOLLOWS}`),
    schema_contract: refusedKey(
      "one contract holds for all tables of a resource\nset `schema_contract` of the resource",
    ),
    ...foreignTableKeys,
  }).nullable(),
);

export type ReferencesInput = z.infer<typeof referencesSchema>;
