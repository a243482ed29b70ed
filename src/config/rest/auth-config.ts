import type { AuthConfig } from "../../model/auth-config.js";
import { createAuthFields, type AuthFields } from "./auth-fields.js";
import type { ConfigPath } from "../config-path.js";
import { resolveFunction } from "../custom-function.js";
import { httpUrl } from "../http-url.js";
import { resolveJwt } from "./jwt-config.js";
import { resolveClientCredentials, resolveRefreshToken } from "./oauth2-config.js";
import type { AuthInput, AuthInputOf } from "../schema/schema-auth.js";
import { resolveServiceAccount } from "./service-account-config.js";
import { resolveSessionToken } from "./session-token-config.js";
import type { SourceContext } from "../source-context.js";

/** The auth of a client or endpoint; fields left out are looked up as secrets of their own names (rules A). */
export function resolveAuth(input: AuthInput, path: ConfigPath, context: SourceContext): AuthConfig {
  const values = typeof input === "string" ? shortAuth(input) : input;
  const fields = createAuthFields(path, context);
  switch (values.type) {
    case undefined:
    case "bearer":
      return { type: "bearer", token: fields.required("token", values.token) };
    case "api_key":
      return resolveApiKey(values, fields);
    case "http_basic":
      return resolveBasic(values, fields);
    case "oauth2_client_credentials":
      return resolveClientCredentials(values, fields);
    case "oauth2_refresh_token":
      return resolveRefreshToken(values, fields);
    case "jwt":
      return resolveJwt(values, fields);
    case "service_account":
      return resolveServiceAccount(values, fields);
    case "session_token":
      return resolveSessionToken(values, fields);
    case "custom":
      return resolveCustom(values, fields);
    default:
      return values satisfies never;
  }
}

/** The origins of the URLs that an `auth` block names. */
export function originsOf(auth: AuthConfig | undefined): string[] {
  const urls =
    auth === undefined
      ? []
      : "accessTokenUrl" in auth
        ? [auth.accessTokenUrl]
        : auth.type === "session_token"
          ? [auth.login.path]
          : [];
  return urls.flatMap((url) => httpUrl(url)?.origin ?? []);
}

/** A type alone stands for a mapping with nothing else. */
function shortAuth(type: Extract<AuthInput, string>): Exclude<AuthInput, string> {
  return { type };
}

function resolveApiKey(values: AuthInputOf<"api_key">, fields: AuthFields): AuthConfig {
  const { name, location } = values;
  return {
    type: "api_key",
    name: name ?? "Authorization",
    apiKey: fields.required("api_key", values.api_key),
    location: location === "param" ? "query" : (location ?? "header"),
  };
}

function resolveBasic(values: AuthInputOf<"http_basic">, fields: AuthFields): AuthConfig {
  const username = fields.required("username", values.username, "user");
  const password = fields.required("password", values.password);
  // The pair is what the header carries, in base64.
  if (password !== "" || username !== "") fields.context.redactor.add(`${username}:${password}`);
  return { type: "http_basic", username, password };
}

function resolveCustom(values: AuthInputOf<"custom">, { path, context }: AuthFields): AuthConfig {
  const { function: written = "", on_unauthorized: renewal, args } = values;
  return {
    type: "custom",
    function: resolveFunction(written, [...path, "function"], context),
    onUnauthorized:
      renewal === undefined || renewal === null
        ? undefined
        : resolveFunction(renewal, [...path, "on_unauthorized"], context),
    args: args ?? {},
  };
}
