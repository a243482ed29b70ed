import { z } from "zod";
import { parseByteSize } from "./byte-size.js";
import { durationMs, parseDurationMs } from "./duration.js";
import { httpUrl } from "./http-url.js";
import { NOT_YET } from "./not-yet.js";
import {
  count,
  names,
  notYetKeys,
  notYetTypes,
  notYetWords,
  positive,
  scalar,
  strict,
  text,
} from "./schema-kit.js";
import { paginatorSchema } from "./schema-paginator.js";

const headers = z.record(
  z.string(),
  z.union([z.string().refine(...noLineBreak()), z.number(), z.bigint(), z.boolean()]).nullable(),
);
const duration = durationSchema();
const size = z.union([
  positive,
  z
    .string()
    .refine(
      (value) => (parseByteSize(value) ?? 0) >= 1,
      "not a size\nwrite 64MiB, 1GiB or a number of bytes",
    ),
]);

const authSchema = z.union([
  z.enum(["bearer", "api_key", "http_basic"]),
  notYetWords(NOT_YET.authTypes),
  strict({ type: z.literal("bearer").optional(), token: text.nullish() }),
  strict({
    type: z.literal("api_key"),
    name: text.nullish(),
    api_key: text.nullish(),
    location: z.enum(["header", "query", "param", "cookie"]).nullish(),
  }),
  strict({ type: z.literal("http_basic"), username: z.string().nullish(), password: z.string().nullish() }),
  notYetTypes(NOT_YET.authTypes),
]);

const rate = strict({
  requests: z.number().positive(),
  per: durationSchema()
    .superRefine((value, context) => {
      const perMs = durationMs(value);
      if (perMs <= 0) context.addIssue({ code: "custom", message: "must be more than 0" });
      if (perMs < 3_600_000) return;
      context.addIssue({ code: "custom", message: "a rate limit over an hour or more is not supported yet" });
    })
    .nullish(),
});

/** Keys of `client` that a resource may override. */
const clientOverrides = {
  timeout: duration.nullish(),
  retry: strict({
    attempts: positive.nullish(),
    base: duration.nullish(),
    max_wait: duration.nullish(),
    statuses: z.array(z.union([z.int().min(100).max(599), z.literal("5xx")])).nullish(),
  }).nullish(),
  rate_limit: z
    .union([z.number().positive(), rate, z.array(z.union([z.number().positive(), rate]))])
    .nullish(),
  allowed_origins: z
    .array(
      text.refine(
        (value) => httpUrl(value) !== undefined,
        "an origin is http:// or https:// with a host, such as https://files.example.com",
      ),
    )
    .nullish(),
  redirects: count.nullish(),
  concurrency: positive.nullish(),
  max_pages: positive.nullish(),
  max_body: size.nullish(),
  max_record: size.nullish(),
  ...notYetKeys(NOT_YET.client),
};

const requestKeys = {
  headers: headers.nullish(),
  auth: authSchema.nullish(),
  paginator: paginatorSchema.nullish(),
  pagination: paginatorSchema.nullish(),
};

const clientKeys = { base_url: baseUrlSchema().nullish(), ...requestKeys, ...clientOverrides };

const incrementalKeys = {
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
  ...notYetKeys(NOT_YET.incremental),
};

const incrementalSchema = strict(incrementalKeys);

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

const endpointKeys = {
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

const contractMode = z.union([z.literal("evolve"), notYetWords(NOT_YET.contractModes)]);

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
  ...notYetKeys(NOT_YET.column),
};

const columnsSchema = z.union([
  z.record(z.string(), strict({ name: text.nullish(), ...columnKeys }).nullable()),
  z.array(strict({ name: text, ...columnKeys })),
]);

const resourceKeys = {
  table_name: text.nullish(),
  write_disposition: z
    .union([
      z.enum(["append", "replace", "merge", "skip"]),
      strict({
        disposition: z.enum(["append", "replace", "merge", "skip"]),
        strategy: z.union([z.literal("delete-insert"), notYetWords(NOT_YET.mergeStrategies)]).nullish(),
        ...notYetKeys(NOT_YET.writeDisposition),
      }),
    ])
    .nullish(),
  primary_key: names.nullish(),
  merge_key: names.nullish(),
  columns: columnsSchema.nullish(),
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
  ...notYetKeys(NOT_YET.resource),
};

function durationSchema() {
  return z.union([
    z.number().min(0),
    z
      .string()
      .refine(
        (value) => parseDurationMs(value) !== undefined,
        "not a duration\nwrite 500ms, 30s, 5m, 2h, 3d, PT30S or a number of seconds",
      ),
  ]);
}

function noLineBreak(): [(value: string) => boolean, string] {
  return [
    (value) => !/[\r\n\0]/.test(value),
    "a header cannot hold a line break\nlook for a line break at the end of the secret",
  ];
}

function baseUrlSchema() {
  return text.superRefine((value, context) => {
    const url = httpUrl(value);
    const hasCredentials = url !== undefined && (url.username !== "" || url.password !== "");
    if (url === undefined)
      context.addIssue({ code: "custom", message: "must be an http:// or https:// URL" });
    if (!hasCredentials) return;
    context.addIssue({
      code: "custom",
      message: "must not hold credentials\nuse `auth: {type: http_basic}`",
    });
  });
}

/** The keys of `client` that a resource may override under the same name. */
export const CLIENT_OVERRIDE_KEYS = Object.keys(clientOverrides) as (keyof typeof clientOverrides)[];

/** `client`. */
export const clientSchema = strict(clientKeys);

/** What may stand in `resource_defaults`. */
export const resourceDefaultsSchema = strict({
  ...endpointKeys,
  ...clientOverrides,
  ...resourceKeys,
  endpoint: strict(endpointKeys).nullish(),
});

/** One resource in its long form. */
export const resourceSchema = strict({
  name: text,
  ...endpointKeys,
  ...clientOverrides,
  ...resourceKeys,
  endpoint: z.union([text, strict(endpointKeys)]).nullish(),
});

/** The block's own keys; its parts are checked one by one, so that a fault in one hides none in another. */
export const restBlockSchema = strict({
  ...clientKeys,
  client: z.unknown().optional(),
  resource_defaults: z.unknown().optional(),
  resources: z.array(z.unknown()).nullish(),
  endpoints: z.array(z.unknown()).nullish(),
});

export type ClientInput = z.infer<typeof clientSchema>;
export type ResourceInput = z.infer<typeof resourceSchema>;
export type ResourceDefaultsInput = z.infer<typeof resourceDefaultsSchema>;
export type RestBlockInput = z.infer<typeof restBlockSchema>;
export type IncrementalInput = z.infer<typeof incrementalSchema>;
export type AuthInput = z.infer<typeof authSchema>;
export type ColumnsInput = z.infer<typeof columnsSchema>;
export type ParamInput = z.infer<typeof paramSchema>;
export type RateInput = z.infer<typeof rate>;
