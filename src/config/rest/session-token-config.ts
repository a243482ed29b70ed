import type { SessionTokenConfig } from "../../model/auth-config.js";
import { isGiven } from "../../shared/given.js";
import { toJsonText } from "../../shared/json-text.js";
import type { AuthFields } from "./auth-fields.js";
import { durationMs } from "../duration.js";
import { resolveHeaders } from "./request-headers.js";
import { resolveForm } from "./oauth2-config.js";
import { isSecretName } from "../files/secret-place.js";
import type { AuthInputOf } from "../schema/schema-auth.js";

/** `auth: {type: session_token}`. */
export function resolveSessionToken(
  values: AuthInputOf<"session_token">,
  fields: AuthFields,
): SessionTokenConfig {
  const { token_path: path, token_header: header } = values;
  if (isGiven(path) === isGiven(header)) {
    fields.report(
      isGiven(path) ? "token_header" : "token_path",
      isGiven(path)
        ? "`token_path` and `token_header` cannot stand together"
        : "missing `token_path` or `token_header`: where the answer to the login holds the token",
      isGiven(path) ? "keep one of them" : 'for {"data": {"token": …}} it is token_path: data.token',
    );
  }
  return {
    type: "session_token",
    login: resolveLogin(values.login, fields),
    token: isGiven(header) ? { in: "header", name: header } : { in: "body", path: path ?? "$" },
    header: values.header ?? "Authorization",
    prefix: values.prefix ?? "Bearer ",
    expiresInPath: values.expires_in_path ?? undefined,
    defaultExpirationMs: durationMs(values.expires_in ?? 3_600),
    expiryBufferMs: durationMs(values.expiry_buffer ?? 300),
  };
}

type LoginInput = AuthInputOf<"session_token">["login"];

function resolveLogin(login: LoginInput, fields: AuthFields): SessionTokenConfig["login"] {
  const { json, data } = login ?? {};
  const hasJson = isGiven(json);
  const hasData = isGiven(data);
  if (hasJson && hasData)
    fields.report("login", "`json` and `data` cannot stand together", "keep one of them");
  const method = login?.method ?? "POST";
  if (method === "GET" && (hasJson || hasData))
    fields.report("login", "a GET has no body", "leave out `json` and `data`, or set method: POST");
  addNamedSecrets(json, fields);
  return {
    path: login?.path ?? "",
    method,
    headers: resolveHeaders(login?.headers),
    ...(hasJson ? { body: toJsonText(json), contentType: "application/json" } : bodyOf(data, fields)),
  };
}

function bodyOf(
  data: NonNullable<LoginInput>["data"],
  fields: AuthFields,
): Pick<SessionTokenConfig["login"], "body" | "contentType"> {
  if (!isGiven(data)) return { body: undefined, contentType: undefined };
  if (typeof data === "string") return { body: data, contentType: undefined };
  const members = new URLSearchParams();
  for (const [name, value] of Object.entries(resolveForm(data, fields)))
    for (const item of [value].flat()) members.append(name, item);
  return { body: members.toString(), contentType: "application/x-www-form-urlencoded" };
}

/** A password that stands in the file as it is is a secret all the same. */
function addNamedSecrets(value: unknown, fields: AuthFields): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === "string" && isSecretName(name)) fields.context.redactor.add(member);
    else addNamedSecrets(member, fields);
  }
}
