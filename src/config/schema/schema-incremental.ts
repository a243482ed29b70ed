import { z } from "zod";
import { checkFormat } from "../../cursor/cursor-format.js";
import { spanSchema } from "../rest/cursor-span.js";
import { functionName } from "../custom-function.js";
import { names, strict, text } from "./schema-kit.js";

const value = z.union([z.string(), z.number(), z.bigint()]).nullish();

/** The keys of `incremental`. */
export const incrementalKeys = {
  cursor_path: text.nullish(),
  token_path: text.nullish(),
  initial_value: value,
  end_value: value,
  start_param: text.nullish(),
  end_param: text.nullish(),
  format: text
    .superRefine((format, context) => {
      const message = checkFormat(format);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    })
    .nullish(),
  convert: functionName.nullish(),
  transform: functionName.nullish(),
  lag: spanSchema.nullish(),
  step: spanSchema.nullish(),
  granularity: spanSchema.nullish(),
  row_order: z.enum(["asc", "desc"]).nullish(),
  last_value_func: z
    .string()
    .refine(
      (name) => !name.includes(":"),
      "a function of your own is not supported here\nwrite max or min: values compare in the warehouse",
    )
    .pipe(z.enum(["max", "min"]))
    .nullish(),
  range_start: z.enum(["closed", "open"]).nullish(),
  range_end: z.enum(["open", "closed"]).nullish(),
  on_cursor_value_missing: z.enum(["raise", "include", "exclude"]).nullish(),
  primary_key: names.nullish(),
  shared: z.boolean().nullish(),
  allow_external_schedulers: z.boolean().nullish(),
};

/** `incremental`. */
export const incrementalSchema = strict(incrementalKeys);

export type IncrementalInput = z.infer<typeof incrementalSchema>;
