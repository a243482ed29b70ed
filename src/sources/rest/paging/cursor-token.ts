import { isDeepStrictEqual } from "node:util";
import { readHeader } from "../../../http/merge-headers.js";
import type { PaginatorConfig, TokenTarget } from "../../../model/rest-config.js";
import { describeTarget } from "../describe-target.js";
import { refuseMissing } from "./missing-path.js";
import type { PageEnd, PageStuck, PageView, TokenAssignment } from "./paginator.js";
import { showValue } from "../show-value.js";
import { formatPath, isObject, readPath } from "../value-path.js";

/** The configuration of a `cursor` paginator. */
export type CursorConfig = Extract<PaginatorConfig, { type: "cursor" }>;

/** What asks for the next page, as a page gave it. */
export interface CursorToken {
  readonly kind: "token";
  readonly tokens: readonly TokenAssignment[];
  /** What `{paginator.cursor}` stands for; undefined where the cursor is not one value. */
  readonly cursor?: string | number | bigint;
  /** In words: `cursor "abc"`. */
  readonly label: string;
}

/** Finds the cursor of a page, wherever it is declared to be; its absence is the end (rules P7, P8, P13). */
export function readCursorToken(config: CursorConfig, page: PageView): CursorToken | PageEnd | PageStuck {
  if (config.parts !== undefined) return readParts(config.parts, config, page);
  if (config.lastRecord !== undefined) return readLastRecord(config.lastRecord, config, page);
  const label = describeCursor(config);
  const value = readOrigin(config, page);
  if (value === undefined) {
    const key = config.cursorHeader === undefined ? "cursor_path" : "cursor_header";
    const written = `${key} "${config.cursorHeader ?? config.cursorPath ?? ""}"`;
    return refuseFirst(config, page, written, key) ?? { kind: "end", reason: `no ${label}` };
  }
  if (isNothing(value) || value === 0) {
    return { kind: "end", reason: `${label} is ${value === "" ? "empty" : showValue(value)}` };
  }
  if (config.merge === true) return mergeMembers(value, config.target, label);
  return createToken(value, config.target) ?? refuseValue(label, value, "Let cursor_path name");
}

/** The token that sends one value; undefined if it cannot be sent there. */
export function createToken(value: unknown, target: TokenTarget): CursorToken | undefined {
  const label = `${describeTarget(target, "cursor")} ${showValue(value)}`;
  if (isScalar(value)) return { kind: "token", tokens: [{ target, value }], cursor: value, label };
  const isJson = target.in === "body" && typeof value === "object" && value !== null;
  return isJson ? { kind: "token", tokens: [{ target, value }], label } : undefined;
}

/** Where the cursor comes from, in words. */
export function describeCursor(config: CursorConfig): string {
  if (config.parts !== undefined) {
    return config.parts
      .map((part) => `${describePart(part)} into ${describeTarget(part.target, "cursor")}`)
      .join(", ");
  }
  if (config.lastRecord !== undefined) return `${config.lastRecord} of the last record`;
  return describePart({ path: config.cursorPath, header: config.cursorHeader });
}

type CursorPart = NonNullable<CursorConfig["parts"]>[number];

function describePart({ path, header }: Pick<CursorPart, "path" | "header">): string {
  return header === undefined ? (path ?? "") : `header ${header}`;
}

function readOrigin({ cursorPath, cursorHeader }: CursorConfig, page: PageView): unknown {
  return readPart({ path: cursorPath, header: cursorHeader }, page);
}

function readPart({ path, header }: Pick<CursorPart, "path" | "header">, page: PageView): unknown {
  return header === undefined
    ? readPath(page.records.envelope, path ?? "")
    : readHeader(page.headers, header.toLowerCase());
}

/** Each part goes where it belongs; those that a page lacks are not sent any more (rule P7). */
function readParts(
  parts: readonly CursorPart[],
  config: CursorConfig,
  page: PageView,
): CursorToken | PageEnd | PageStuck {
  const found = parts.map((part) => ({ part, value: readPart(part, page) }));
  const given = found.filter(({ value }) => value !== undefined && !isNothing(value));
  if (given.length === 0) {
    const isMissing = found.every(({ value }) => value === undefined);
    const written = `parts (${parts.map(describePart).join(", ")})`;
    const stuck = isMissing ? refuseFirst(config, page, written, "parts") : undefined;
    return stuck ?? { kind: "end", reason: "no part of the cursor" };
  }
  const tokens: TokenAssignment[] = [];
  for (const { part, value } of given) {
    const token = createToken(value, part.target);
    if (token === undefined) return refuseValue(describePart(part), value, "Let each part name");
    tokens.push(...token.tokens);
  }
  return { kind: "token", tokens, label: showTokens(tokens) };
}

/** Member by member; the request is built anew each time, so the members of the cursor before are gone (rule P7). */
function mergeMembers(value: unknown, target: TokenTarget, label: string): CursorToken | PageEnd | PageStuck {
  if (!isObject(value))
    return refuseValue(label, value, "With merge: true, let cursor_path name an object; not");
  const tokens: TokenAssignment[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member === null || member === undefined) continue;
    const place: TokenTarget =
      target.in === "body" ? { in: "body", path: `${target.path}${joint(name)}` } : { in: "query", name };
    const isSendable = isScalar(member) || typeof member === "boolean" || target.in === "body";
    if (!isSendable) return refuseValue(`${label}.${name}`, member, "Members of a merged cursor are");
    tokens.push({ target: place, value: member });
  }
  if (tokens.length === 0) return { kind: "end", reason: `${label} is empty` };
  return { kind: "token", tokens, label: `cursor ${showValue(value)}` };
}

function joint(name: string): string {
  const path = formatPath([name]);
  return path.startsWith("[") ? path : `.${path}`;
}

/** Rule P8. */
function readLastRecord(
  path: string,
  config: CursorConfig,
  page: PageView,
): CursorToken | PageEnd | PageStuck {
  const { records, previous } = page;
  if (records.rows === 0) return { kind: "end", reason: "an empty page" };
  const last = records.lastRecord();
  if (records.rows === 1 && previous !== undefined && isDeepStrictEqual(last, previous.lastRecord())) {
    return { kind: "end", reason: "a page with nothing but the record that it started from" };
  }
  const value = isObject(last) ? readPath(last, path) : path === "value" ? last : undefined;
  const token = createToken(value, config.target);
  if (token !== undefined) return token;
  const keys = isObject(last) ? `; it has ${Object.keys(last).slice(0, 20).join(", ")}` : "";
  return {
    kind: "stuck",
    problem: `the last record has ${value === undefined ? "no" : showValue(value)} "${path}" to ask for the next page with${keys}`,
    hint: "Let last_record name a field that every record has.",
  };
}

function refuseFirst(
  config: CursorConfig,
  page: PageView,
  written: string,
  key: string,
): PageStuck | undefined {
  if (page.number > 1 || config.onMissingPath === "end") return undefined;
  return refuseMissing(page, written, key);
}

function refuseValue(label: string, value: unknown, hint: string): PageStuck {
  return {
    kind: "stuck",
    problem: `${label} holds ${showValue(value)}, which is no cursor`,
    hint: `${hint} a string or a number.`,
  };
}

function showTokens(tokens: readonly TokenAssignment[]): string {
  return tokens
    .map(({ target, value }) => `${describeTarget(target, "cursor")} ${showValue(value)}`)
    .join(", ");
}

function isNothing(value: unknown): boolean {
  return value === null || value === "" || value === false;
}

function isScalar(value: unknown): value is string | number | bigint {
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint";
}
