import { z } from "zod";
import { MAX_DEPTH } from "../../model/record-limits.js";
import { parseByteSize } from "../byte-size.js";
import { durationMs } from "../duration.js";
import { httpUrl } from "../http-url.js";
import { authSchema } from "./schema-auth.js";
import { durationSchema } from "./schema-duration.js";
import { count, positive, refusedKey, strict, text } from "./schema-kit.js";
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

const HOUR_MS = 3_600_000;

const rate = strict({
  requests: z.number().positive(),
  per: durationSchema()
    .superRefine((value, context) => {
      if (durationMs(value) <= 0) context.addIssue({ code: "custom", message: "must be more than 0" });
    })
    .nullish(),
}).superRefine(({ requests, per }, context) => {
  if (durationMs(per ?? 1) < HOUR_MS || Number.isInteger(requests)) return;
  context.addIssue({
    code: "custom",
    path: ["requests"],
    message: "over an hour or more requests are counted\nwrite a whole number",
  });
});

/** Keys of `client` that a resource may override. */
export const clientOverrides = {
  timeout: duration.nullish(),
  retry: strict({
    attempts: positive.nullish(),
    base: duration.nullish(),
    max_wait: duration.nullish(),
    budget: duration.nullish(),
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
  redirects: z.union([count, z.literal(false)]).nullish(),
  circuit_breaker: z
    .union([z.boolean(), strict({ failures: positive.nullish(), pause: duration.nullish() })])
    .nullish(),
  tls: strict({
    ca: text.nullish(),
    cert: text.nullish(),
    key: text.nullish(),
    insecure: z.boolean().nullish(),
  }).nullish(),
  proxy: z.union([z.literal(false), z.string().superRefine(checkProxy)]).nullish(),
  rewrite_links: z.boolean().nullish(),
  session: refusedKey(
    "`session` is a Python object in dlt and has no meaning here\nuse headers, auth, timeout, retry, tls and proxy",
  ),
  concurrency: positive.nullish(),
  max_pages: positive.nullish(),
  max_body: size.nullish(),
  max_record: size.nullish(),
  max_depth: z.int().min(1).max(MAX_DEPTH).nullish(),
  max_columns: positive.nullish(),
  check: strict({ path: text, expect: z.record(z.string(), z.unknown()).nullish() }).nullish(),
};

/** Keys that `client` and `endpoint` share. */
export const requestKeys = {
  headers: headers.nullish(),
  auth: authSchema.nullish(),
  paginator: paginatorSchema.nullish(),
  pagination: paginatorSchema.nullish(),
};

/** All keys of `client`. */
export const clientKeys = { base_url: baseUrlSchema().nullish(), ...requestKeys, ...clientOverrides };

function noLineBreak(): [(value: string) => boolean, string] {
  return [
    (value) => !/[\r\n\0]/.test(value),
    "a header cannot hold a line break\nlook for a line break at the end of the secret",
  ];
}

function checkProxy(value: string, context: z.RefinementCtx): void {
  const url = httpUrl(value);
  const message =
    url === undefined
      ? "must be the http:// or https:// URL of a proxy, or false"
      : url.pathname !== "/" || url.search !== ""
        ? "a proxy is a host and a port, such as http://proxy.example.com:3128"
        : undefined;
  if (message !== undefined) context.addIssue({ code: "custom", message });
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

export type ClientInput = z.infer<typeof clientSchema>;
export type RateInput = z.infer<typeof rate>;
