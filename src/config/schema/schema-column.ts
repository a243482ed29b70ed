import { z } from "zod";
import { count, refusedKey, strict, text } from "./schema-kit.js";

/** Hints that change nothing in DuckDB and are kept in the stored schema, as in dlt. */
const keptKeys = {
  description: text.nullish(),
  unique: z.boolean().nullish(),
  sort: z.boolean().nullish(),
  partition: z.boolean().nullish(),
  cluster: z.boolean().nullish(),
  incremental: z.boolean().nullish(),
  /** All hints that begin with `x-`, gathered. */
  "x-": z.record(z.string(), z.unknown()).nullish(),
};

/** Marks of columns that loading makes itself. */
const ownMarks = {
  row_key: refusedKey("`row_key` marks the column that tells rows apart, `_dlt_id`: loading sets it"),
  parent_key: refusedKey("`parent_key` marks the link to the parent row, `_dlt_parent_id`: loading sets it"),
  root_key: refusedKey("`root_key` marks the link to the root row, `_dlt_root_id`: loading sets it"),
  variant: refusedKey(
    "`variant` marks the columns of values that do not fit: loading sets it\nwrite `data_type` to choose a column's type",
  ),
};

const columnKeys = {
  data_type: z
    .enum([
      "text",
      "bigint",
      "hugeint",
      "double",
      "bool",
      "timestamp",
      "date",
      "time",
      "decimal",
      "wei",
      "binary",
      "json",
    ])
    .nullish(),
  precision: count.nullish(),
  scale: count.nullish(),
  timezone: z.boolean().nullish(),
  nullable: z.boolean().nullish(),
  primary_key: z.boolean().nullish(),
  merge_key: z.boolean().nullish(),
  hard_delete: z.boolean().nullish(),
  dedup_sort: z.enum(["asc", "desc"]).nullish(),
  ...keptKeys,
  ...ownMarks,
};

const named = z.preprocess(
  gatherOwnHints,
  strict({ name: text, ...columnKeys }).superRefine((column, context) => {
    checkDigits(column, context);
  }),
);
const keyed = z.preprocess(
  gatherOwnHints,
  strict({ name: text.nullish(), ...columnKeys }).superRefine((column, context) => {
    checkDigits(column, context);
  }),
);

/** `columns`: hints by column, or a list of them. */
export const columnsSchema = z.union([z.record(z.string(), keyed.nullable()), z.array(named)]);

/** The hints of {@link columnsSchema} that are kept in the schema and change nothing else. */
export const KEPT_HINTS = Object.keys(keptKeys).filter((key) => key !== "x-") as Exclude<
  keyof typeof keptKeys,
  "x-"
>[];

export type ColumnsInput = z.infer<typeof columnsSchema>;

function gatherOwnHints(column: unknown): unknown {
  if (typeof column !== "object" || column === null || Array.isArray(column)) return column;
  const entries = Object.entries(column);
  const own = entries.filter(([key]) => key.startsWith("x-") && key !== "x-");
  if (own.length === 0) return column;
  const others = entries.filter(([key]) => !key.startsWith("x-"));
  return { ...Object.fromEntries(others), "x-": Object.fromEntries(own) };
}

interface Digits {
  readonly data_type?: string | null | undefined;
  readonly precision?: number | null | undefined;
  readonly scale?: number | null | undefined;
}

function checkDigits({ data_type: type, precision, scale }: Digits, context: z.RefinementCtx): void {
  const most = type === "decimal" ? 38 : type === "bigint" ? 128 : undefined;
  const add = (key: string, message: string): void => {
    context.addIssue({ code: "custom", path: [key], message });
  };
  if (most !== undefined && (precision ?? 1) > most) {
    add(
      "precision",
      type === "decimal" ? "a decimal has at most 38 digits" : "an integer has at most 128 bits",
    );
  } else if (type === "decimal" && precision === 0) {
    add("precision", "a decimal has at least 1 digit");
  } else if (type === "decimal" && (scale ?? 0) > (precision ?? 38)) {
    add("scale", "more digits after the point than `precision` has in all");
  }
}
