import { detectNumbered } from "./detect-numbered.js";
import { DETECTED_RULES, targetFor, type Detection } from "./detection.js";
import { parseLinkHeader } from "./link-header.js";
import type { PageStuck, PageView } from "./paginator.js";
import {
  describeFact,
  findSignsOfMore,
  findTotal,
  isBackward,
  isMoreFlag,
  isNextFact,
  isSingleRecord,
  readEnvelope,
  toCount,
  type EnvelopeFact,
} from "./signs-of-more.js";
import { formatPath, isObject } from "../value-path.js";
import { readAskedSize } from "./asked-size.js";

/** Decides from the first page, in the order of rule P10. */
export function detectPaginator(page: PageView): Detection {
  const facts = readEnvelope(page.records);
  return (
    detectHeaderLink(page) ??
    detectJsonLink(facts, page) ??
    detectCursor(facts, page) ??
    detectNumbered(facts, page) ??
    refuseUnprovable(facts, page) ??
    believeSingle(facts, page)
  );
}

function detectHeaderLink(page: PageView): Detection | undefined {
  if (!parseLinkHeader(page.headers["link"]).has("next")) return undefined;
  return {
    kind: "follow",
    config: { type: "header_link", linksNextKey: "next", onMissingPath: "end", ...DETECTED_RULES },
    why: "the Link header has rel=next",
  };
}

function detectJsonLink(facts: readonly EnvelopeFact[], page: PageView): Detection | undefined {
  const forward = facts.filter((fact) => !isBackward(fact));
  const link =
    forward.find((fact) => isNextFact(fact) && isLink(fact)) ??
    forward.find((fact) => isSamePathLink(fact, page.request.url));
  if (link === undefined) return undefined;
  return {
    kind: "follow",
    config: {
      type: "json_link",
      nextUrlPath: formatPath(link.path),
      hasMorePath: undefined,
      onMissingPath: "end",
      ...DETECTED_RULES,
    },
    why: `${formatPath(link.path)} is a URL`,
  };
}

function detectCursor(facts: readonly EnvelopeFact[], page: PageView): Detection | undefined {
  const candidates = facts.filter(
    (fact) => !isBackward(fact) && typeof fact.value !== "boolean" && fact.value !== "",
  );
  const cursor =
    candidates.find(isNextFact) ??
    candidates.find((fact) => fact.name.endsWith("cursor")) ??
    candidates.find(({ name }) => name.endsWith("token") && /next|page|continuation|resumption/.test(name));
  if (cursor === undefined) return undefined;
  const name = nameCursorParam(cursor);
  return {
    kind: "follow",
    config: {
      type: "cursor",
      target: targetFor(page, name),
      cursorPath: formatPath(cursor.path),
      cursorHeader: undefined,
      lastRecord: undefined,
      start: undefined,
      hasMorePath: undefined,
      stopAfterEmptyPage: false,
      stopOnShortPage: false,
      onMissingPath: "end",
      ...DETECTED_RULES,
    },
    why: `${describeFact(cursor)}, sent as ${name}`,
    guess: {},
  };
}

/** The key less `next`: `next_page_token` becomes `page_token`, `nextCursor` becomes `cursor`. */
function nameCursorParam({ key, value }: EnvelopeFact): string {
  if (!/^next/i.test(key)) return key;
  const rest = key.replace(/^next[_\-.]*/i, "");
  if (rest === "") return typeof value === "string" ? "cursor" : "page";
  return key.startsWith("next") ? rest.charAt(0).toLowerCase() + rest.slice(1) : rest;
}

function isLink({ name, value }: EnvelopeFact): boolean {
  if (typeof value !== "string") return false;
  if (/^https?:\/\//i.test(value)) return true;
  if (/token|cursor/.test(name)) return false;
  return /^[/?]/.test(value) || /^[\w./-]+\?[^=\s]+=/.test(value);
}

function isSamePathLink(fact: EnvelopeFact, current: URL): boolean {
  if (typeof fact.value !== "string" || !/^(?:https?:\/\/|\/|\?)/i.test(fact.value)) return false;
  if (!URL.canParse(fact.value, current.href)) return false;
  const target = new URL(fact.value, current);
  return target.pathname === current.pathname && target.search !== current.search && target.search !== "";
}

function refuseUnprovable(facts: readonly EnvelopeFact[], page: PageView): PageStuck | undefined {
  const signs = findSignsOfMore(page, page.records.rows);
  const isNextEmpty = hasEmptyNext(page.records.envelope) && !facts.some((fact) => isMoreFlag(fact) === true);
  if (signs[0] === undefined || isNextEmpty) return undefined;
  return {
    kind: "stuck",
    problem: `more pages seem to follow (${signs[0]}), but not how to ask for them`,
    hint: "Set a paginator for this resource; single_page if this page is all there is.",
  };
}

function believeSingle(facts: readonly EnvelopeFact[], page: PageView): Detection {
  const { rows } = page.records;
  if (hasEmptyNext(page.records.envelope)) return { kind: "single", why: "next is empty", isRound: false };
  if (facts.some((fact) => isMoreFlag(fact) === false)) {
    return { kind: "single", why: "a flag says that nothing follows", isRound: false };
  }
  const total = findTotal(facts, rows);
  const isBelowTotal = total !== undefined && toCount(total) < rows;
  const isRound =
    !isBelowTotal && (ROUND_ROWS.has(rows) || (rows > 0 && rows === readAskedSize(page.request)));
  return {
    kind: "single",
    why: "the first page shows no sign of another",
    isRound: isRound && !isSingleRecord(page.records),
  };
}

/** Counts of rows that are likely those of a whole page (rule P10). */
export const ROUND_ROWS: ReadonlySet<number> = new Set([10, 20, 25, 30, 50, 100, 200, 250, 500, 1000]);

/** True if a `next…` key, here or in an object of the envelope, is there and holds nothing. */
function hasEmptyNext(envelope: unknown, depth = 0): boolean {
  if (!isObject(envelope) || depth > 4) return false;
  return Object.entries(envelope).some(([key, value]) => {
    if (/^next|next_?link$/i.test(key) && (value === null || value === "")) return true;
    return hasEmptyNext(value, depth + 1);
  });
}
