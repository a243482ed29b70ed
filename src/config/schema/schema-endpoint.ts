import { z } from "zod";
import { NOT_YET } from "../not-yet.js";
import { requestKeys } from "./schema-client.js";
import { incrementalKeys, incrementalSchema } from "./schema-incremental.js";
import { recordKeys } from "./schema-records.js";
import { responseActionsSchema } from "./schema-response-actions.js";
import { notYetKeys, scalar, strict, text } from "./schema-kit.js";

const NESTED_PARAM =
  "a query parameter cannot hold a mapping\nsend it in the request body: move it from `params` to `json`";

/**
 * A parameter's value; `{type: incremental, …}` is dlt's older spelling of `incremental`, and `{type: resolve, …}` that
 * of `{resources.<resource>.<field>}` in the path.
 */
const paramSchema = z.union(
  [
    scalar,
    z.null(),
    z.array(z.union([z.string(), z.number(), z.bigint(), z.boolean()], { error: NESTED_PARAM })),
    strict({ type: z.literal("incremental"), ...incrementalKeys }),
    strict({ type: z.literal("json"), value: z.unknown() }),
    strict({ type: z.literal("resolve"), resource: text, field: text }),
  ],
  { error: NESTED_PARAM },
);

const NESTED_FIELD = "a form field cannot hold a mapping\nsend the body as JSON: `json` instead of `data`";
const field = z.union([scalar, z.null()], { error: NESTED_FIELD });

/** Fields of a form by name or as pairs, or the whole body as text. */
const dataSchema = z.union([
  text,
  z.record(z.string(), z.union([scalar, z.null(), z.array(field)], { error: NESTED_FIELD })),
  z.array(z.tuple([text, field], { error: "a pair of a form is [name, value]" })),
]);

const graphqlSchema = strict({
  query: text,
  variables: z.record(z.string(), z.unknown()).nullish(),
});

/** The keys of `endpoint`, which may also stand directly in a resource. */
export const endpointKeys = {
  path: text.nullish(),
  method: z.enum(["GET", "POST"]).nullish(),
  params: z.record(z.string(), paramSchema).nullish(),
  json: z.unknown().optional(),
  data: dataSchema.nullish(),
  graphql: graphqlSchema.nullish(),
  ...requestKeys,
  ...recordKeys,
  response_actions: responseActionsSchema.nullish(),
  incremental: incrementalSchema.nullish(),
  ...notYetKeys(NOT_YET.endpoint),
};

export type DataInput = z.infer<typeof dataSchema>;
export type GraphqlInput = z.infer<typeof graphqlSchema>;
export type ParamInput = z.infer<typeof paramSchema>;
