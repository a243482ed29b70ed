import type { PageFacts, RecordPick } from "../../model/source.js";
import { GuardError, ResponseError } from "../../shared/errors.js";
import { excerptOf } from "../formats/excerpt.js";
import { describePage, pageContext } from "../spool/page-message.js";
import { findAnyErrorSign, findServerError, findServerMessage } from "./server-error.js";
import { formatKeyPath } from "./selector.js";

/** Throws a ResponseError if one of the values on the way to no records at all holds an error (rule D3). */
export function rejectServerError(onWay: readonly unknown[], page: PageFacts, hint?: string): void {
  for (const value of onWay) {
    const message = findServerError(value);
    if (message !== undefined) throw answeredWithError(message, page, hint);
  }
}

/**
 * Decides what it means that the records' place is not there: throws, or returns for zero records (contract §2.1,
 * Records; rule P2 for later pages). `what` says what is missing.
 */
export function rejectMissing(body: unknown, what: string, pick: RecordPick, page: PageFacts): void {
  if (pick.emptyWhenMissing) return;
  if (page.number > 1) {
    rejectMissingLater(body, what, page);
    return;
  }
  const said = findServerMessage(body);
  throw new GuardError(
    `${describePage(page)}: ${what}${said === undefined ? "" : `. The server says: ${said}`}`,
    {
      hint: "correct `data_selector`, or set `on_missing_selector: empty` if such a body means that there are no records",
      context: pageContext(page),
    },
  );
}

/** Throws a GuardError for members of ancestors that none of the objects above the records has (rule D5). */
export function rejectAbsent(names: readonly string[], onWay: readonly unknown[], page: PageFacts): void {
  if (names.length === 0) return;
  const keys = new Set(onWay.flatMap((value) => (isObject(value) ? Object.keys(value) : [])));
  throw new GuardError(
    `${describePage(page)}: include_from_ancestors "${names.join('", "')}": no object on the way to the records has it; keys there: ${listKeys([...keys])}`,
    { hint: "correct `include_from_ancestors`", context: pageContext(page) },
  );
}

/** Why a path of keys leads nowhere in `body`: `"data" has no key "items", only: a, b`. */
export function describeMissingKey(body: unknown, keys: readonly string[]): string {
  let value = body;
  for (const [depth, key] of keys.entries()) {
    if (!isObject(value) || !Object.hasOwn(value, key))
      return describeDeadEnd(value, keys.slice(0, depth), key);
    value = value[key];
  }
  return `${nameOf(keys)} is ${kindOf(value)}`;
}

/** As {@link describeMissingKey}, for a step of a JSONPath that none of the values before it can take. */
export function describeMissingStep(step: string, before: readonly unknown[]): string {
  const keys = new Set(before.flatMap((value) => (isObject(value) ? Object.keys(value) : [])));
  const among = keys.size === 0 ? "" : `; keys there: ${listKeys([...keys])}`;
  return `nothing has ${step}${among}`;
}

function rejectMissingLater(body: unknown, what: string, page: PageFacts): void {
  const sign = findAnyErrorSign(body);
  if (sign !== undefined) throw answeredWithError(sign, page);
  if (Array.isArray(body) && body.length > 0) {
    throw new GuardError(`${describePage(page)}: ${what}; page 1 had its records elsewhere`, {
      hint: "declare a `paginator` and a `data_selector` that fit all pages",
      context: pageContext(page),
    });
  }
  const unknownKeys =
    page.knownKeys === undefined || !isObject(body)
      ? []
      : Object.keys(body).filter((key) => page.knownKeys?.has(key) === false);
  if (unknownKeys.length === 0) return;
  throw new GuardError(`${describePage(page)}: ${what}; page 1 did not have: ${listKeys(unknownKeys)}`, {
    hint: "set `on_missing_selector: empty` if such a page is the end",
    context: pageContext(page),
  });
}

function answeredWithError(message: string, page: PageFacts, hint?: string): ResponseError {
  return new ResponseError(
    `${describePage(page)}: status ${String(page.status)} with an error in the body: ${message}`,
    {
      hint: hint ?? "the request reached the API, which refused it: see its documentation for this message",
      context: pageContext(page),
    },
  );
}

function describeDeadEnd(value: unknown, way: readonly string[], key: string): string {
  if (!isObject(value)) return `${nameOf(way)} is ${kindOf(value)}, which has no key "${key}"`;
  const keys = Object.keys(value);
  const only = keys.length === 0 ? "it is empty" : `only: ${listKeys(keys)}`;
  return `${nameOf(way)} has no key "${key}", ${only}`;
}

function nameOf(keys: readonly string[]): string {
  return keys.length === 0 ? "the body" : `"${formatKeyPath(keys)}"`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value === "bigint" ? "number" : typeof value}`;
}

const MOST_KEYS = 20;

function listKeys(keys: readonly string[]): string {
  const shown = keys.slice(0, MOST_KEYS).map(excerptOf).join(", ");
  return excerptOf(keys.length > MOST_KEYS ? `${shown}, …` : shown);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
