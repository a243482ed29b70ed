import { z } from "zod";
import { NOT_YET } from "./not-yet.js";
import { requestKeys } from "./schema-client.js";
import { incrementalKeys, incrementalSchema } from "./schema-incremental.js";
import { notYetKeys, notYetTypes, scalar, strict, text } from "./schema-kit.js";

const NESTED_PARAM =
  "a query parameter cannot hold a mapping\nsend it in the request body: move it from `params` to `json`";

/** A parameter's value; `{type: incremental, …}` is dlt's older spelling of `incremental`. */
const paramSchema = z.union(
  [
    scalar,
    z.null(),
    z.array(z.union([z.string(), z.number(), z.bigint(), z.boolean()], { error: NESTED_PARAM })),
    strict({ type: z.literal("incremental"), ...incrementalKeys }),
    notYetTypes(["resolve", "json"]),
  ],
  { error: NESTED_PARAM },
);

/** The keys of `endpoint`, which may also stand directly in a resource. */
export const endpointKeys = {
  path: text.nullish(),
  method: z.enum(["GET", "POST"]).nullish(),
  params: z.record(z.string(), paramSchema).nullish(),
  json: z.unknown().optional(),
  ...requestKeys,
  data_selector: text.nullish(),
  on_missing_selector: z.enum(["error", "empty"]).nullish(),
  incremental: incrementalSchema.nullish(),
  ...notYetKeys(NOT_YET.endpoint),
};

export type ParamInput = z.infer<typeof paramSchema>;
