import type { AuthConfig } from "../model/rest-config.js";
import type { ConfigPath } from "./config-path.js";
import { tablesOfSource, whereToSet } from "./interpolate.js";
import type { AuthInput } from "./schema-auth.js";
import { lookUp } from "./settings.js";
import type { SourceContext } from "./source-context.js";

/** The auth of a client or endpoint; fields left out are looked up as secrets of their own names (rules A). */
export function resolveAuth(
  input: AuthInput,
  path: ConfigPath,
  context: SourceContext,
): AuthConfig | undefined {
  const fields = (typeof input === "string" ? { type: input } : input) as AuthFields;
  const field = (name: string, value: string | null | undefined): string =>
    value ?? lookUpField(name, path, context) ?? "";
  switch (fields.type) {
    case undefined:
    case "bearer": {
      const token = field("token", fields.token);
      context.redactor.add(token);
      return { type: "bearer", token };
    }
    case "api_key": {
      const apiKey = field("api_key", fields.api_key);
      context.redactor.add(apiKey);
      const location = fields.location === "param" ? "query" : (fields.location ?? "header");
      return { type: "api_key", name: fields.name ?? "Authorization", apiKey, location };
    }
    case "http_basic":
      return basic(fields, field, context);
    default:
      return undefined;
  }
}

/** The fields of all types that are carried out; the schema has checked which of them stand together. */
interface AuthFields {
  readonly type?: string;
  readonly token?: string | null;
  readonly name?: string | null;
  readonly api_key?: string | null;
  readonly location?: "header" | "query" | "param" | "cookie" | null;
  readonly username?: string | null;
  readonly password?: string | null;
}

function basic(
  fields: AuthFields,
  field: (name: string, value: string | null | undefined) => string,
  context: SourceContext,
): AuthConfig {
  const username = field("username", fields.username);
  const password = field("password", fields.password);
  context.redactor.add(password);
  // The pair is what the header carries, in base64.
  if (password !== "" || username !== "") context.redactor.add(`${username}:${password}`);
  return { type: "http_basic", username, password };
}

function lookUpField(name: string, path: ConfigPath, context: SourceContext): string | undefined {
  const answer = lookUp(context.settings, {
    key: name,
    tables: tablesOfSource(context.source),
    bareVariable: "first",
    secretOnly: name !== "username",
  });
  const value = answer.found?.value;
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (context.reportMissing) {
    context.issues.add([...path, name], `\`auth\` has no \`${name}\`, and no secret of that name is set`, {
      hint: whereToSet(answer),
    });
  }
  return undefined;
}
