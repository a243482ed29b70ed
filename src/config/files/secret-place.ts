import type { ConfigPath } from "../config-path.js";

const SECRET_NAME = /key|token|secret|password|passwd|auth|signature|session|credential/i;
const USER_NAME = /(?:^|[_-])(?:user|user_?name|login)$/i;
/** Keys of the configuration that are named like a secret and hold names of fields. */
const NO_SECRETS = new Set(["primary_key", "merge_key", "on_null_key", "links_next_key", "source_module"]);

/**
 * Whether an interpolated value is a secret (rule S1): by the file it comes from, by where it stands, and by what it
 * is called. User names are not, nor is a value that is a whole `base_url`.
 */
export function isSecretPlace(use: {
  readonly path: ConfigPath;
  readonly variable: string;
  readonly isFromSecrets: boolean;
  readonly isWholeValue: boolean;
}): boolean {
  const keys = use.path.filter((segment) => typeof segment === "string");
  const field = keys.at(-1) ?? "";
  if (USER_NAME.test(field) || USER_NAME.test(use.variable)) return false;
  if (field === "base_url" && use.isWholeValue) return false;
  if (use.isFromSecrets) return true;
  if (keys.slice(0, -1).some((key) => key === "headers") || keys.includes("auth")) return true;
  return isSecretName(field);
}

/** True for a key that is called like a credential, such as `api_key` or `X-Auth-Token`. */
export function isSecretName(key: string): boolean {
  return SECRET_NAME.test(key) && !USER_NAME.test(key) && !NO_SECRETS.has(key);
}
