import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ServiceAccountConfig } from "../../model/auth-config.js";
import type { AuthFields } from "./auth-fields.js";
import { checkKey } from "./jwt-config.js";
import { resolveLifetime, resolveScopes, resolveTokenUrl } from "./oauth2-config.js";
import type { AuthInputOf } from "../schema/schema-auth.js";

const GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token";

/** `auth: {type: service_account}`, with the key as JSON text, a mapping, or a file of the project. */
export function resolveServiceAccount(
  values: AuthInputOf<"service_account">,
  fields: AuthFields,
): ServiceAccountConfig {
  const { member, key } = readKey(values, fields);
  const clientEmail = textOf(key, "client_email");
  const privateKey = textOf(key, "private_key");
  if (key !== undefined) {
    const missing = ["client_email", "private_key"].filter((name) => textOf(key, name) === "");
    if (missing.length > 0)
      fields.report(member, `is no service account's key: it has no ${missing.join(" and no ")}`, KEY_HINT);
    else checkKey(privateKey, "RS256", member, fields);
  }
  fields.context.redactor.add(privateKey);
  const ownUrl = textOf(key, "token_uri");
  const keyId = textOf(key, "private_key_id");
  return {
    type: "service_account",
    accessTokenUrl: resolveTokenUrl(values, fields, ownUrl === "" ? GOOGLE_TOKEN_URL : ownUrl),
    clientEmail,
    privateKey,
    privateKeyId: keyId === "" ? undefined : keyId,
    scopes: resolveScopes(values.scopes),
    subject: values.subject ?? undefined,
    ...resolveLifetime(values),
  };
}

const KEY_HINT = "give the JSON that the cloud console has created for the account, as it is";

type Key = Readonly<Record<string, unknown>>;

interface FoundKey {
  /** The field that it was given as. */
  readonly member: "key" | "key_file";
  readonly key: Key | undefined;
}

function readKey(values: AuthInputOf<"service_account">, fields: AuthFields): FoundKey {
  const hasKey = values.key !== undefined && values.key !== null;
  const hasFile = values.key_file !== undefined && values.key_file !== null;
  if (hasKey && hasFile)
    fields.report("key_file", "`key` and `key_file` cannot stand together", "keep one of them");
  const key = hasKey || hasFile ? values.key : fields.find("key");
  if (typeof key === "object" && key !== null) return { member: "key", key: key as Key };
  const text = typeof key === "string" ? key : undefined;
  if (text !== undefined) {
    fields.context.redactor.add(text);
    return { member: "key", key: parseKey(text, "key", fields) };
  }
  const file = hasFile ? (values.key_file ?? undefined) : fields.optional("key_file", undefined, "open");
  if (file === undefined) {
    // Nothing is found under either name; the message is about the first.
    fields.required("key", undefined);
    return { member: "key", key: undefined };
  }
  return { member: "key_file", key: readKeyFile(file, fields) };
}

function readKeyFile(file: string, fields: AuthFields): Key | undefined {
  try {
    const text = readFileSync(resolve(fields.context.root ?? ".", file), "utf8");
    return parseKey(text, "key_file", fields);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    fields.report(
      "key_file",
      `the file ${file} cannot be read: ${String(code)}`,
      "paths are relative to the project",
    );
    return undefined;
  }
}

function parseKey(text: string, member: "key" | "key_file", fields: AuthFields): Key | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Key;
  } catch {
    // The parser's message quotes the text.
  }
  fields.report(member, "is no service account's key: it is no JSON object", KEY_HINT);
  return undefined;
}

function textOf(key: Key | undefined, name: string): string {
  const value = key?.[name];
  return typeof value === "string" ? value : "";
}
