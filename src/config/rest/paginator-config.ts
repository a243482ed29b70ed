import type { NumberedEnd, PaginatorConfig } from "../../model/rest-config.js";
import { resolveCursor, resolveHeaderCursor } from "./cursor-config.js";
import {
  oneOf,
  resolveCommon,
  resolveSizeTarget,
  resolveTarget,
  type PaginatorContext,
} from "./paginator-keys.js";
import type { PaginatorInput } from "../schema/schema-paginator.js";

/** GraphQL's `pageInfo` (rule P12): into the variable that holds `{paginator.cursor}`, else into `after`. */
export function pageInfoPaginator(query: string, context: PaginatorContext): PaginatorConfig {
  checkPlaceholders("page_info", context);
  const isPlaced = context.placeholders.has("cursor");
  return {
    type: "page_info",
    target: isPlaced ? { in: "placeholder" } : { in: "body", path: "variables.after" },
    query,
  };
}

type Input<Type extends PaginatorInput["type"]> = Extract<PaginatorInput, { type: Type }>;

/** Resolves a paginator of any spelling: long or short keys, dlt's names or dango's (contract §2.1, Paginators). */
export function resolvePaginator(
  input: PaginatorInput | string | undefined,
  context: PaginatorContext,
): PaginatorConfig {
  const full = typeof input === "object" ? input : ({ type: input ?? "auto" } as PaginatorInput);
  checkPlaceholders(full.type, context);
  switch (full.type) {
    case "page_number":
      return pageNumber(full, context);
    case "offset":
      return offset(full, context);
    case "cursor":
      return resolveCursor(full, context);
    case "header_cursor":
      return resolveHeaderCursor(full, context);
    case "custom":
      return custom(full, context);
    case "json_link":
    case "json_response":
      return jsonLink(full, context);
    case "header_link":
      return {
        type: "header_link",
        linksNextKey: full.links_next_key ?? "next",
        onMissingPath: full.on_missing_path ?? "error",
        ...resolveCommon(full),
      };
    default:
      return { type: full.type };
  }
}

function pageNumber(input: Input<"page_number">, context: PaginatorContext): PaginatorConfig {
  const start = oneOf(input, ["start", "base_page"], context);
  const first = input.page ?? start ?? 1;
  // As in dlt, `page` is where to begin, and `base_page` the number of the very first page, from which totals count.
  const base = start !== undefined && first > start ? start : undefined;
  checkEnd(input, context);
  const size = input.size ?? undefined;
  return {
    type: "page_number",
    target: resolveTarget(
      input,
      { params: ["param", "page_param"], body: "page_body_path", fallback: "page", placeholder: "page" },
      context,
    ),
    start: first,
    ...(base === undefined ? {} : { base }),
    maximumPage: input.maximum_page ?? undefined,
    size,
    sizeTarget: resolveSizeTarget(input, size, context),
    ...numberedEnd(input),
    ...resolveCommon(input),
  };
}

function offset(input: Input<"offset">, context: PaginatorContext): PaginatorConfig {
  const limit = oneOf(input, ["limit", "size"], context);
  checkEnd(input, context);
  if (input.advance === "size" && limit === undefined) {
    context.issues.add(
      [...context.path, "advance"],
      "`advance: size` steps by the limit, and there is none",
      {
        hint: "add `limit`",
        at: "key",
      },
    );
  }
  const limitName = oneOf(input, ["limit_param", "size_param"], context);
  const limitBody = oneOf(input, ["limit_body_path", "size_body_path"], context);
  const keys = {
    params: ["limit_param"],
    body: "limit_body_path",
    fallback: "limit",
    placeholder: "size",
  } as const;
  return {
    type: "offset",
    target: resolveTarget(
      input,
      {
        params: ["param", "offset_param"],
        body: "offset_body_path",
        fallback: "offset",
        placeholder: "offset",
      },
      context,
    ),
    start: oneOf(input, ["start", "offset"], context) ?? 0,
    limit,
    limitTarget: resolveTarget({ limit_param: limitName, limit_body_path: limitBody }, keys, context),
    maximumOffset: input.maximum_offset ?? undefined,
    advance: input.advance ?? "rows",
    ...numberedEnd(input),
    ...resolveCommon(input),
  };
}

function jsonLink(input: Input<"json_link" | "json_response">, context: PaginatorContext): PaginatorConfig {
  return {
    type: "json_link",
    nextUrlPath: oneOf(input, ["path", "next_url_path"], context) ?? "next",
    hasMorePath: input.has_more_path ?? undefined,
    onMissingPath: input.on_missing_path ?? "error",
    ...resolveCommon(input),
  };
}

function custom(input: Input<"custom">, context: PaginatorContext): PaginatorConfig {
  const names = {
    params: ["param", "cursor_param"],
    body: "cursor_body_path",
    placeholder: "cursor",
  } as const;
  const given = [...names.params, names.body].some((key) => typeof input[key] === "string");
  const hasPlace = given || context.placeholders.has("cursor");
  const path = [...context.path, "function"];
  return {
    type: "custom",
    nextPage: context.resolveFunction?.(input.function, path) ?? {
      module: "",
      export: input.function,
      location: { file: "" },
    },
    target: hasPlace ? resolveTarget(input, { ...names, fallback: "cursor" }, context) : undefined,
    start: input.start ?? undefined,
    ...resolveCommon(input),
  };
}

/** As in dlt, a list that nothing ends is a mistake. */
function checkEnd(input: Input<"page_number"> | Input<"offset">, context: PaginatorContext): void {
  if (input.stop_after_empty_page !== false || input.stop_on_short_page === true) return;
  const ends: readonly string[] = [
    ...["total_path", "total_items_path", "total_items_header", "total_pages_path", "total_pages_header"],
    ...["has_more_path", "maximum_page", "maximum_offset", "end_on_status"],
  ];
  const values = input as Readonly<Record<string, unknown>>;
  if (ends.some((key) => values[key] !== undefined && values[key] !== null)) return;
  context.issues.add(
    [...context.path, "stop_after_empty_page"],
    `nothing ends the list: with \`stop_after_empty_page: false\` the ${input.type} paginator needs another end`,
    { hint: "add a total, `has_more_path` or a maximum", at: "key" },
  );
}

function numberedEnd(input: Input<"page_number"> | Input<"offset">): NumberedEnd {
  const statuses = input.end_on_status ?? [];
  return {
    totalPath: input.total_path ?? undefined,
    totalItemsPath: input.total_items_path ?? undefined,
    totalItemsHeader: input.total_items_header ?? undefined,
    totalPagesPath: input.total_pages_path ?? undefined,
    totalPagesHeader: input.total_pages_header ?? undefined,
    hasMorePath: input.has_more_path ?? undefined,
    stopAfterEmptyPage: input.stop_after_empty_page ?? true,
    stopOnShortPage: input.stop_on_short_page ?? false,
    endOnStatus: typeof statuses === "number" ? [statuses] : statuses,
    ...(typeof input.on_missing_path === "string" ? { onMissingPath: input.on_missing_path } : {}),
  };
}

const PLACEHOLDERS: Readonly<Record<string, readonly string[]>> = {
  page_number: ["page", "size"],
  offset: ["offset", "size"],
  cursor: ["cursor", "size"],
  header_cursor: ["cursor", "size"],
  custom: ["cursor"],
  page_info: ["cursor"],
};

function checkPlaceholders(type: PaginatorInput["type"] | "page_info", context: PaginatorContext): void {
  for (const name of context.placeholders) {
    if (PLACEHOLDERS[type]?.includes(name) === true) continue;
    const types = Object.keys(PLACEHOLDERS).filter(
      (key) => key !== "page_info" && PLACEHOLDERS[key]?.includes(name),
    );
    if (types.length === 0) continue;
    context.issues.add(context.path, `\`{paginator.${name}}\` has no value with the paginator ${type}`, {
      hint: `it needs a paginator of type ${types.join(" or ")}`,
    });
  }
}
