import type {
  ClientCredentialsConfig,
  OAuth2Client,
  RefreshTokenConfig,
  TokenLifetime,
} from "../../model/auth-config.js";
import type { AuthFields } from "./auth-fields.js";
import { durationMs } from "../duration.js";
import { httpUrl } from "../http-url.js";
import { isSecretName } from "../files/secret-place.js";
import type { AuthInputOf } from "../schema/schema-auth.js";

/** `auth: {type: oauth2_client_credentials}`. */
export function resolveClientCredentials(
  values: AuthInputOf<"oauth2_client_credentials">,
  fields: AuthFields,
): ClientCredentialsConfig {
  return {
    type: "oauth2_client_credentials",
    ...resolveClient(values, fields),
    clientSecret: fields.required("client_secret", values.client_secret),
  };
}

/** `auth: {type: oauth2_refresh_token}`; a client without a secret is a public one. */
export function resolveRefreshToken(
  values: AuthInputOf<"oauth2_refresh_token">,
  fields: AuthFields,
): RefreshTokenConfig {
  const isBasic = values.client_auth === "basic";
  return {
    type: "oauth2_refresh_token",
    ...resolveClient(values, fields),
    clientSecret: isBasic
      ? fields.required("client_secret", values.client_secret)
      : fields.optional("client_secret", values.client_secret),
    refreshToken: fields.required("refresh_token", values.refresh_token),
  };
}

/** The token URL under any of its names; `fallback` where it may be left out. */
export function resolveTokenUrl(values: UrlInput, fields: AuthFields, fallback?: string): string {
  const given = TOKEN_URL_KEYS.filter((key) => values[key] !== undefined && values[key] !== null);
  const [first, second] = given;
  if (second !== undefined) {
    fields.report(
      second,
      `\`${String(first)}\` and \`${second}\` are two names of one key`,
      "keep one of them",
    );
  }
  const written = first === undefined ? fallback : values[first];
  const url = fields.required("access_token_url", written, "open");
  // One from the configuration was checked with it.
  if (first === undefined && url !== "" && httpUrl(url) === undefined)
    fields.report("access_token_url", "must be an http:// or https:// URL");
  return url;
}

/** How long tokens are used. */
export function resolveLifetime(values: LifetimeInput): TokenLifetime {
  return {
    defaultExpirationMs: durationMs(values.default_token_expiration ?? 3_600),
    expiryBufferMs: durationMs(values.expiry_buffer ?? 300),
  };
}

/** Scopes as a list, or as the protocol spells them: with blanks between. */
export function resolveScopes(scopes: string | readonly string[] | null | undefined): readonly string[] {
  const list = typeof scopes === "string" ? [scopes] : (scopes ?? []);
  return list.flatMap((scope) => scope.split(/\s+/).filter((part) => part !== ""));
}

/** Members of a form as text; null leaves one out. What is named like a secret is one. */
export function resolveForm(form: FormInput, fields: AuthFields): Record<string, string | readonly string[]> {
  const members = Object.entries(form ?? {}).flatMap(([name, value]) =>
    value === null
      ? []
      : [[name, Array.isArray(value) ? value.map(String) : String(value as Scalar)] as const],
  );
  for (const [name, value] of members)
    if (isSecretName(name)) for (const item of [value].flat()) fields.context.redactor.add(item);
  return Object.fromEntries(members);
}

const TOKEN_URL_KEYS = ["access_token_url", "token_url", "token_endpoint"] as const;

type UrlInput = Readonly<Partial<Record<(typeof TOKEN_URL_KEYS)[number], string | null | undefined>>>;

type Scalar = string | number | bigint | boolean;

type FormInput = Readonly<Record<string, Scalar | readonly Scalar[] | null>> | null | undefined;

interface LifetimeInput {
  readonly default_token_expiration?: string | number | null | undefined;
  readonly expiry_buffer?: string | number | null | undefined;
}

function resolveClient(
  values: AuthInputOf<"oauth2_client_credentials"> | AuthInputOf<"oauth2_refresh_token">,
  fields: AuthFields,
): Omit<OAuth2Client, "clientSecret"> {
  if (values.access_token !== undefined && values.access_token !== null)
    fields.context.redactor.add(values.access_token);
  return {
    accessTokenUrl: resolveTokenUrl(values, fields),
    clientId: fields.required("client_id", values.client_id, "open"),
    clientAuth: values.client_auth ?? "body",
    scopes: resolveScopes(values.scopes),
    requestData: resolveForm(values.access_token_request_data, fields),
    accessToken: values.access_token ?? undefined,
    ...resolveLifetime(values),
  };
}
