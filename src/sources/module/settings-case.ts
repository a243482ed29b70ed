import { isObject } from "../rest/value-path.js";

/** Keys whose members are named by the user: kept as they are. */
const FREE_KEYS = new Set([
  "headers",
  // Of auth.
  "accessTokenRequestData",
  "args",
  "claims",
  "data",
  "header",
  "json",
  "key",
]);
/** Keys whose members are named by the user, while the members' own keys are ours. */
const FREE_NAMES = new Set(["columns", "nestedHints"]);
/** Words of the configuration that are values, not keys, and so are spelled alike in TypeScript. */
const VALUES =
  /^(?:(?:zero|one|many)_to_(?:zero|one|many)|page_number|header_link|header_cursor|json_link|json_response|single_page|api_key|http_basic|service_account|session_token)$/;

/**
 * Settings in TypeScript's spelling as the configuration spells them: `primaryKey` becomes `primary_key`. A key with
 * an underscore is a mistake in TypeScript and stays one: `primary_key` becomes `primary__key`.
 */
export function toConfigKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toConfigKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) =>
      isOwnHint(key) ? [key, member] : [toConfigKey(key), convertMember(key, member)],
    ),
  );
}

/** One key as the configuration spells it. */
export function toConfigKey(key: string): string {
  return key.replaceAll("_", "__").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The inverse of {@link toConfigKey}. */
export function toSettingKey(key: string): string {
  return key.replace(/__|_([a-z])/g, (_, letter: string | undefined) => letter?.toUpperCase() ?? "_");
}

/** A message about the configuration with its keys in TypeScript's spelling. */
export function toSettingWords(text: string): string {
  return text.replace(/\b[a-z]+(?:_+[a-z]+)+\b/g, (word) => (VALUES.test(word) ? word : toSettingKey(word)));
}

/** A hint of a column that the user made up. */
function isOwnHint(key: string): boolean {
  return key.startsWith("x-");
}

function convertMember(key: string, member: unknown): unknown {
  if (FREE_KEYS.has(key)) return member;
  if (!FREE_NAMES.has(key) || !isObject(member)) return toConfigKeys(member);
  return Object.fromEntries(Object.entries(member).map(([name, item]) => [name, toConfigKeys(item)]));
}
