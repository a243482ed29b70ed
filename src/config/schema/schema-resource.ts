import { z } from "zod";
import { isoTimestamp } from "../iso-timestamp.js";
import { NOT_YET } from "../not-yet.js";
import { columnsSchema } from "./schema-column.js";
import { foreignTableKeys, nestedHintsSchema, referencesSchema } from "./schema-nested-hints.js";
import { processingStepsSchema } from "./schema-processing-steps.js";
import { count, names, notYetKeys, strict, text } from "./schema-kit.js";

const timestamp = text.refine(
  (value) => isoTimestamp(value) !== undefined,
  "not a timestamp\nwrite it in ISO 8601, such as 2024-01-01T00:00:00Z",
);

const contractMode = z.enum(["evolve", "freeze", "discard_row", "discard_value"]);

/** The keys of a resource that say how its records are loaded. */
export const resourceKeys = {
  table_name: text.nullish(),
  write_disposition: z
    .union([
      z.enum(["append", "replace", "merge", "skip"]),
      strict({
        disposition: z.enum(["append", "replace", "merge", "skip"]),
        strategy: z.enum(["delete-insert", "upsert", "insert-only", "scd2"]).nullish(),
        deduplicated: z.boolean().nullish(),
        validity_column_names: z.tuple([text, text]).nullish(),
        active_record_timestamp: timestamp.nullish(),
        boundary_timestamp: timestamp.nullish(),
        row_version_column_name: text.nullish(),
      }),
    ])
    .nullish(),
  primary_key: names.nullish(),
  merge_key: names.nullish(),
  columns: columnsSchema.nullish(),
  nested_hints: nestedHintsSchema.nullish(),
  references: referencesSchema.nullish(),
  schema_contract: z
    .union([
      contractMode,
      strict({
        tables: contractMode.nullish(),
        columns: contractMode.nullish(),
        data_type: contractMode.nullish(),
      }),
    ])
    .nullish(),
  max_table_nesting: count.nullish(),
  selected: z.boolean().nullish(),
  allow_empty: z.boolean().nullish(),
  on_null_key: z.enum(["error", "append", "skip"]).nullish(),
  include_from_parent: names.nullish(),
  on_missing_parent_field: z.enum(["error", "skip"]).nullish(),
  incremental_dependency: z.boolean().nullish(),
  /** dlt's; independent resources and chains are read at once anyway. */
  parallelized: z.boolean().nullish(),
  processing_steps: processingStepsSchema.nullish(),
  ...foreignTableKeys,
  ...notYetKeys(NOT_YET.resource),
};
