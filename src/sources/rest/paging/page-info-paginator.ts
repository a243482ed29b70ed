import { findMatches, withRoot } from "../../../extract/select/json-path.js";
import type { PageRecords } from "../../../model/source.js";
import type { PaginatorConfig } from "../../../model/rest-config.js";
import { readAsked } from "./asked-size.js";
import { ROUND_ROWS } from "./auto-detection.js";
import { describeTarget } from "../describe-target.js";
import type { PageDecision, PageEnd, PageStep, PageStuck, PageView, SyncPaginator } from "./paginator.js";
import { showValue } from "../show-value.js";
import { findSignsOfMore } from "./signs-of-more.js";
import { formatPath, isObject, parsePath, readPath } from "../value-path.js";

type PageInfoConfig = Extract<PaginatorConfig, { type: "page_info" }>;

/**
 * Pages a GraphQL connection by the `pageInfo {hasNextPage endCursor}` that stands beside the records (rule P12). A
 * query without one is a single page, as long as nothing says that there are more.
 */
export function createPageInfoPaginator(config: PageInfoConfig): SyncPaginator {
  const variable = describeTarget(config.target, "{paginator.cursor}");
  let description = `pageInfo (endCursor into ${variable})`;
  return {
    rules: { onRepeat: "error", maxEmptyPages: 100, isNumbered: false },
    describe: () => description,
    first: () => ({ values: {}, tokens: [] }),
    next(page): PageDecision {
      const inner = findInnerMore(page.records);
      if (inner !== undefined) return refuseInner(inner);
      const found = findPageInfo(page.records);
      if (found === undefined) {
        if (page.number === 1) description = "single_page (no pageInfo)";
        return page.number === 1 ? withoutPageInfo(page, config) : endWithoutPageInfo(page);
      }
      description = `pageInfo (${found.path}.endCursor into ${variable})`;
      const decision = decide(found, config, variable);
      if (page.number > 1 || decision.kind !== "next") return decision;
      const message = `chose ${description}: pageInfo stands beside the records`;
      return { ...decision, notices: [{ level: "info", message }] };
    },
  };
}

interface PageInfo {
  /** `data.products.pageInfo`. */
  readonly path: string;
  readonly hasNextPage: unknown;
  readonly endCursor: unknown;
}

/** Looks beside the list of records first, then beside each object around it. */
function findPageInfo({ chosen, envelope }: PageRecords): PageInfo | undefined {
  const [list = ""] = chosen.split(/\[(?:\*|\?|-?\d*:)|\.\*|\.\./, 1);
  const segments = parsePath(list) ?? [];
  for (let depth = segments.length - 1; depth >= 0; depth -= 1) {
    const path = formatPath([...segments.slice(0, depth), "pageInfo"]);
    const info = readPath(envelope, path);
    if (!isObject(info)) continue;
    const { hasNextPage, endCursor } = info;
    // A query may ask for other members of it only.
    if (hasNextPage === undefined && endCursor === undefined) continue;
    return { path, hasNextPage, endCursor };
  }
  return undefined;
}

/** A list further down the selector's way that has pages of its own: only those of the outermost can be followed. */
function findInnerMore({ chosen, envelope }: PageRecords): string | undefined {
  const parts = chosen.split("[*]");
  for (let index = 1; index < parts.length; index += 1) {
    const connection = /^(.+)\.[^.[\]]+$/.exec(parts[index] ?? "")?.[1] ?? "";
    const path = `${parts.slice(0, index).join("[*]")}[*]${connection}.pageInfo.hasNextPage`;
    const matches = findMatches(envelope, withRoot(path));
    if (matches.some(({ value }) => value === true)) return path;
  }
  return undefined;
}

function decide(
  { path, hasNextPage, endCursor }: PageInfo,
  config: PageInfoConfig,
  variable: string,
): PageDecision {
  if (hasNextPage === false) return { kind: "end", reason: `${path}.hasNextPage is false` };
  if (endCursor === undefined || endCursor === null || endCursor === "") {
    if (hasNextPage !== true) return { kind: "end", reason: `${path}.endCursor is empty` };
    return refuseWithoutCursor(path, endCursor);
  }
  if (typeof endCursor !== "string" && typeof endCursor !== "number" && typeof endCursor !== "bigint") {
    return {
      kind: "stuck",
      problem: `${path}.endCursor holds ${showValue(endCursor)}, which is no cursor`,
      hint: "Set a paginator for this resource.",
    };
  }
  if (config.target.in === "body" && !/\$after\b/.test(config.query)) {
    return {
      kind: "stuck",
      problem: `${path} says that more pages follow, but the query takes no variable $after to ask for them`,
      hint: "Declare it, query ($after: String) { …(after: $after) }, put {paginator.cursor} into another variable, or set paginator: single_page if this page is all you need.",
    };
  }
  return { kind: "next", step: createStep(config, endCursor, variable) };
}

function createStep(config: PageInfoConfig, cursor: string | number | bigint, variable: string): PageStep {
  return {
    values: { cursor },
    tokens: [{ target: config.target, value: cursor }],
    label: `${variable} ${showValue(cursor)}`,
  };
}

/** Rule P5: more is promised, with no way to ask for it. */
function refuseWithoutCursor(path: string, endCursor: unknown): PageStuck {
  return {
    kind: "stuck",
    problem: `${path}.hasNextPage is true, but endCursor is ${endCursor === undefined ? "not there" : showValue(endCursor)}`,
    hint: "Ask for pageInfo { hasNextPage endCursor } in the query, or set a paginator for this resource.",
  };
}

function refuseInner(path: string): PageStuck {
  return {
    kind: "stuck",
    problem: `${path} is true: a list inside of a list has more pages, which cannot be followed`,
    hint: "Ask for more of it at once, or read it as a resource of its own.",
  };
}

/** The first page, without a pageInfo: what looks like one page of many is not taken for all (rule P10). */
function withoutPageInfo(page: PageView, config: PageInfoConfig): PageDecision {
  const { rows } = page.records;
  const [sign] = findSignsOfMore(page, rows);
  if (sign !== undefined) {
    return {
      kind: "stuck",
      problem: `more pages seem to follow (${sign}), but there is no pageInfo beside the records to ask for them with`,
      hint: "Ask for pageInfo { hasNextPage endCursor } in the query, or set a paginator for this resource; single_page if this page is all there is.",
    };
  }
  const end: PageEnd = { kind: "end", reason: "no pageInfo" };
  if (!ROUND_ROWS.has(rows) && !isAskedSize(rows, page, config)) return end;
  const message = `${String(rows)} rows may be one page of many: ask for pageInfo { hasNextPage endCursor } in the query, or set a paginator (single_page if these are all)`;
  return { ...end, notices: [{ level: "warning", message }] };
}

function isAskedSize(rows: number, { request }: PageView, { query }: PageInfoConfig): boolean {
  if (rows === 0) return false;
  const written = [...query.matchAll(/\b(?:first|limit|last|take|pageSize|perPage)\s*:\s*(\d+)/g)];
  if (written.some(([, size]) => Number(size) === rows)) return true;
  const variables = isObject(request.json) ? request.json["variables"] : undefined;
  return readAsked({ ...request, json: variables }, /^(?:first|limit|last|take|pagesize|perpage)$/) === rows;
}

/** Every answer to one query has the same shape: behind the first page, a missing pageInfo belongs to a missing list. */
function endWithoutPageInfo(page: PageView): PageDecision {
  if (page.records.rows === 0) return { kind: "end", reason: "an empty page without pageInfo" };
  return {
    kind: "stuck",
    problem: "the pageInfo that page 1 had beside the records is missing",
    hint: "Set a paginator for this resource.",
  };
}
