import type { PaginatorConfig } from "../../src/model/rest-config.js";

type Config<Type extends PaginatorConfig["type"]> = Extract<PaginatorConfig, { type: Type }>;

/** The guards of all paginators as configuration fills them in. */
export const COMMON = { onRepeat: "error", maxEmptyPages: 100 } as const;

/** Where a numbered list ends, with the defaults that configuration fills in. */
export const NUMBERED = {
  totalPath: undefined,
  totalItemsPath: undefined,
  totalItemsHeader: undefined,
  totalPagesPath: undefined,
  totalPagesHeader: undefined,
  hasMorePath: undefined,
  stopAfterEmptyPage: true,
  stopOnShortPage: false,
  endOnStatus: [],
  ...COMMON,
} as const;

/** A `page_number` paginator with the defaults that configuration fills in. */
export function pageNumber(changes: Partial<Config<"page_number">> = {}): Config<"page_number"> {
  return {
    type: "page_number",
    target: { in: "query", name: "page" },
    start: 1,
    maximumPage: undefined,
    size: undefined,
    sizeTarget: undefined,
    ...NUMBERED,
    ...changes,
  };
}

/** An `offset` paginator with the defaults that configuration fills in, and a limit of 2. */
export function offset(changes: Partial<Config<"offset">> = {}): Config<"offset"> {
  return {
    type: "offset",
    target: { in: "query", name: "offset" },
    start: 0,
    limit: 2,
    limitTarget: { in: "query", name: "limit" },
    maximumOffset: undefined,
    advance: "rows",
    ...NUMBERED,
    ...changes,
  };
}

/** A `cursor` paginator with the defaults that configuration fills in. */
export function cursor(changes: Partial<Config<"cursor">> = {}): Config<"cursor"> {
  return {
    type: "cursor",
    target: { in: "query", name: "cursor" },
    cursorPath: "next_cursor",
    cursorHeader: undefined,
    lastRecord: undefined,
    start: undefined,
    hasMorePath: undefined,
    stopAfterEmptyPage: false,
    stopOnShortPage: false,
    onMissingPath: "error",
    ...COMMON,
    ...changes,
  };
}

/** A `json_link` paginator with the defaults that configuration fills in. */
export function jsonLink(changes: Partial<Config<"json_link">> = {}): Config<"json_link"> {
  return {
    type: "json_link",
    nextUrlPath: "next",
    hasMorePath: undefined,
    onMissingPath: "error",
    ...COMMON,
    ...changes,
  };
}

/** A `header_link` paginator with the defaults that configuration fills in. */
export function headerLink(changes: Partial<Config<"header_link">> = {}): Config<"header_link"> {
  return { type: "header_link", linksNextKey: "next", onMissingPath: "error", ...COMMON, ...changes };
}
