import { z } from "zod";
import { JWT_ALGORITHMS } from "../../model/auth-config.js";
import { functionName } from "../custom-function.js";
import { httpUrl } from "../http-url.js";
import { durationSchema } from "./schema-duration.js";
import { names, scalar, strict, text } from "./schema-kit.js";

/** Types that need no more than secrets of the right names. */
const SHORT_TYPES = [
  "bearer",
  "api_key",
  "http_basic",
  "oauth2_client_credentials",
  "oauth2_refresh_token",
  "jwt",
  "service_account",
] as const;

const url = text.refine((value) => httpUrl(value) !== undefined, "must be an http:// or https:// URL");
const duration = durationSchema().nullish();
const memberPath = text.regex(
  /^(?:\$|(?:\$\.)?[^\s.$[\]]+(?:\.[^\s.[\]]+|\[\d+\])*)$/,
  "not a path\nwrite the names of the members with dots between them, such as data.session.token",
);
const headers = z.record(z.string(), z.union([scalar, z.null()])).nullish();
const form = z.record(z.string(), z.union([scalar, z.array(scalar), z.null()]));
const mapping = z.record(z.string(), z.unknown());

const lifetime = { default_token_expiration: duration, expiry_buffer: duration };

const oauth2 = {
  access_token_url: url.nullish(),
  token_url: url.nullish(),
  token_endpoint: url.nullish(),
  client_id: text.nullish(),
  client_secret: text.nullish(),
  scopes: names.nullish(),
  access_token_request_data: form.nullish(),
  client_auth: z.enum(["body", "basic"]).nullish(),
  access_token: text.nullish(),
  ...lifetime,
};

const login = strict({
  path: text,
  method: z.enum(["GET", "POST"]).nullish(),
  json: z.unknown().optional(),
  data: z.union([z.string(), form]).nullish(),
  headers,
});

/** `auth`: a type alone, or a mapping; fields left out are looked up as secrets (rules A). */
export const authSchema = z.union([
  z.enum(SHORT_TYPES),
  strict({ type: z.literal("bearer").optional(), token: text.nullish() }),
  strict({
    type: z.literal("api_key"),
    name: text.nullish(),
    api_key: text.nullish(),
    location: z.enum(["header", "query", "param", "cookie"]).nullish(),
  }),
  strict({ type: z.literal("http_basic"), username: z.string().nullish(), password: z.string().nullish() }),
  strict({ type: z.literal("oauth2_client_credentials"), ...oauth2 }),
  strict({ type: z.literal("oauth2_refresh_token"), refresh_token: text.nullish(), ...oauth2 }),
  strict({
    type: z.literal("jwt"),
    private_key: text.nullish(),
    algorithm: z.enum(JWT_ALGORITHMS).nullish(),
    claims: mapping.nullish(),
    header: mapping.nullish(),
    expires_in: duration,
    expiry_buffer: duration,
  }),
  strict({
    type: z.literal("service_account"),
    key: z.union([text, mapping]).nullish(),
    key_file: text.nullish(),
    scopes: names.nullish(),
    access_token_url: url.nullish(),
    token_url: url.nullish(),
    token_endpoint: url.nullish(),
    subject: text.nullish(),
    ...lifetime,
  }),
  strict({
    type: z.literal("session_token"),
    login,
    token_path: memberPath.nullish(),
    token_header: text.nullish(),
    header: text.nullish(),
    prefix: z.string().nullish(),
    expires_in: duration,
    expires_in_path: memberPath.nullish(),
    expiry_buffer: duration,
  }),
  strict({
    type: z.literal("custom"),
    function: functionName,
    on_unauthorized: functionName.nullish(),
    args: mapping.nullish(),
  }),
]);

export type AuthInput = z.infer<typeof authSchema>;

/** A mapping of `auth` by its type; the untyped one is `bearer`. */
export type AuthInputOf<Type extends string> = Partial<
  Extract<Exclude<AuthInput, string>, { readonly type?: Type | undefined }>
>;
