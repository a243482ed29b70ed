import { z } from "zod";
import { NOT_YET } from "../not-yet.js";
import { notYetKeys, notYetTypes, notYetWords, strict, text } from "./schema-kit.js";

const sourceKeys = {
  name: text,
  enabled: z.boolean().nullish(),
  dataset_name: text.nullish(),
  pipeline_name: text.nullish(),
  schema_name: text.nullish(),
  description: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
  ...notYetKeys(NOT_YET.source),
};

/** The top level of sources.yml; each source is checked by itself. */
export const projectSchema = strict({
  version: z.literal(1).nullish(),
  warehouse: z.union([text, notYetTypes(["ducklake"])]).nullish(),
  sources: z.array(z.unknown()).nullish(),
  ...notYetKeys(NOT_YET.project),
});

/** The source types that are carried out; each names its block. */
export const SOURCE_TYPES = ["rest_api", "dlt_native"] as const;

/** One source; the `rest_api` block is checked by itself. */
export const sourceSchema = z.union([
  strict({ ...sourceKeys, type: z.literal("rest_api"), rest_api: z.unknown().optional() }),
  strict({
    ...sourceKeys,
    type: z.literal("dlt_native"),
    dlt_native: strict({
      source_module: text,
      source_name: text.nullish(),
      source_function: text.nullish(),
      args: z.record(z.string(), z.unknown()).nullish(),
    }),
  }),
  z.looseObject({ type: notYetWords(NOT_YET.sourceTypes) }),
]);
