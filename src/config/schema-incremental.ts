import { z } from "zod";
import { NOT_YET } from "./not-yet.js";
import { names, notYetKeys, strict, text } from "./schema-kit.js";

/** The keys of `incremental`. */
export const incrementalKeys = {
  cursor_path: text,
  initial_value: z.union([z.string(), z.number(), z.bigint()]).nullish(),
  end_value: z.union([z.string(), z.number(), z.bigint()]).nullish(),
  start_param: text.nullish(),
  end_param: text.nullish(),
  last_value_func: z.enum(["max", "min"]).nullish(),
  range_start: z.enum(["closed", "open"]).nullish(),
  range_end: z.enum(["open", "closed"]).nullish(),
  on_cursor_value_missing: z.enum(["raise", "include", "exclude"]).nullish(),
  primary_key: names.nullish(),
  shared: z.boolean().nullish(),
  ...notYetKeys(NOT_YET.incremental),
};

/** `incremental`. */
export const incrementalSchema = strict(incrementalKeys);

export type IncrementalInput = z.infer<typeof incrementalSchema>;
