import { excerptOf } from "../formats/excerpt.js";

/**
 * What the server says in its `error` or `errors` (key names in any case), or undefined if there is none or it is
 * empty: `null, false, 0, "", [], {}` (rule D3). `object` is any value; only objects have members.
 */
export function findServerError(object: unknown): string | undefined {
  return describeErrorUnder(object, ["error", "errors"]);
}

/** As {@link findServerError}, with every sign of an error that counts behind the first page (rule P2). */
export function findAnyErrorSign(object: unknown): string | undefined {
  const described = describeErrorUnder(object, ["error", "errors", "fault", "exception"]);
  if (described !== undefined) return described;
  for (const [key, value] of membersOf(object)) {
    if (value === false && ["ok", "success"].includes(key.toLowerCase()))
      return findServerMessage(object) ?? `"${excerptOf(key)}" is false`;
  }
  return undefined;
}

/** What a body says of itself in `error`, `message`, `detail` and the like; undefined if it says nothing. */
export function findServerMessage(object: unknown): string | undefined {
  return findServerError(object) ?? textUnder(object, MESSAGE_KEYS);
}

const MESSAGE_KEYS = [
  "message",
  "error_description",
  "error_message",
  "errormessage",
  "detail",
  "description",
  "msg",
  "reason",
  "title",
];

function describeErrorUnder(object: unknown, names: readonly string[]): string | undefined {
  for (const [key, value] of membersOf(object)) {
    if (!names.includes(key.toLowerCase()) || isEmpty(value)) continue;
    const own = describe(value);
    const beside = textUnder(object, MESSAGE_KEYS);
    if (own === undefined) return beside ?? excerptOf(spell(value));
    // A bare code is explained by what stands beside it.
    const isCode = typeof value !== "object" && beside !== undefined && beside !== own;
    return excerptOf(isCode ? `${own}: ${beside}` : own);
  }
  return undefined;
}

function describe(error: unknown): string | undefined {
  if (typeof error === "string") return error;
  if (typeof error === "number" || typeof error === "bigint") return String(error);
  if (Array.isArray(error)) return error.map(describe).find((text) => text !== undefined);
  return textUnder(error, MESSAGE_KEYS) ?? textUnder(error, ["error", "code", "type"]);
}

function textUnder(object: unknown, names: readonly string[]): string | undefined {
  const members = membersOf(object);
  for (const name of names) {
    const found = members.find(
      ([key, value]) => key.toLowerCase() === name && typeof value === "string" && value !== "",
    );
    if (found !== undefined) return excerptOf(found[1] as string);
  }
  return undefined;
}

function membersOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === false || value === 0 || value === 0n || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function spell(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner));
}
