import type { NumberedEnd, PaginatorCommon, PaginatorConfig, TokenTarget } from "../model/rest-config.js";
import type { ConfigPath } from "./config-path.js";
import type { IssueList } from "./issue-list.js";
import type { PaginatorInput } from "./schema-paginator.js";

/** What resolving a paginator must know of its endpoint. */
export interface PaginatorContext {
  readonly path: ConfigPath;
  readonly issues: IssueList;
  /** The `{paginator.…}` placeholders that the endpoint uses (rule P9). */
  readonly placeholders: ReadonlySet<string>;
  /** The body is text, which has no place for what a paginator sends. */
  readonly isTextBody?: boolean;
}

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
      return cursor(full, context);
    case "json_link":
    case "json_response":
      return jsonLink(full, context);
    case "header_link":
      return {
        type: "header_link",
        linksNextKey: full.links_next_key ?? "next",
        onMissingPath: full.on_missing_path ?? "error",
        ...common(full),
      };
    default:
      return { type: full.type };
  }
}

function pageNumber(input: Input<"page_number">, context: PaginatorContext): PaginatorConfig {
  const start = oneOf(input, ["start", "base_page"], context);
  if (typeof input.page === "number" && input.page !== (start ?? input.page)) {
    context.issues.add([...context.path, "page"], "a `page` other than `base_page` is not supported yet", {
      at: "key",
    });
  }
  const size = input.size ?? undefined;
  return {
    type: "page_number",
    target: target(
      input,
      { params: ["param", "page_param"], body: "page_body_path", fallback: "page", placeholder: "page" },
      context,
    ),
    start: start ?? input.page ?? 1,
    maximumPage: input.maximum_page ?? undefined,
    size,
    sizeTarget: sizeTarget(input, size, context),
    ...numberedEnd(input),
    ...common(input),
  };
}

function offset(input: Input<"offset">, context: PaginatorContext): PaginatorConfig {
  const limit = oneOf(input, ["limit", "size"], context);
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
    target: target(
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
    limitTarget: target({ limit_param: limitName, limit_body_path: limitBody }, keys, context),
    maximumOffset: input.maximum_offset ?? undefined,
    advance: input.advance ?? "rows",
    ...numberedEnd(input),
    ...common(input),
  };
}

function cursor(input: Input<"cursor">, context: PaginatorContext): PaginatorConfig {
  const path = oneOf(input, ["path", "cursor_path"], context);
  const header = oneOf(input, ["header", "cursor_header"], context);
  const origins = [path, header, input.last_record].filter((origin) => typeof origin === "string");
  if (origins.length > 1) {
    context.issues.add(
      context.path,
      "a cursor comes from one place: `cursor_path`, `cursor_header` or `last_record`",
    );
  }
  const size = input.size ?? undefined;
  return {
    type: "cursor",
    target: target(
      input,
      {
        params: ["param", "cursor_param"],
        body: "cursor_body_path",
        fallback: "cursor",
        placeholder: "cursor",
      },
      context,
    ),
    cursorPath: path ?? (origins.length === 0 ? "cursors.next" : undefined),
    cursorHeader: header,
    lastRecord: input.last_record ?? undefined,
    start: input.start ?? undefined,
    size,
    sizeTarget: sizeTarget(input, size, context),
    hasMorePath: input.has_more_path ?? undefined,
    stopAfterEmptyPage: input.stop_after_empty_page ?? false,
    stopOnShortPage: input.stop_on_short_page ?? false,
    onMissingPath: input.on_missing_path ?? "error",
    ...common(input),
  };
}

function jsonLink(input: Input<"json_link" | "json_response">, context: PaginatorContext): PaginatorConfig {
  return {
    type: "json_link",
    nextUrlPath: oneOf(input, ["path", "next_url_path"], context) ?? "next",
    hasMorePath: input.has_more_path ?? undefined,
    onMissingPath: input.on_missing_path ?? "error",
    ...common(input),
  };
}

function common(input: Pick<Input<"header_link">, "on_repeat" | "max_empty_pages">): PaginatorCommon {
  return { onRepeat: input.on_repeat ?? "error", maxEmptyPages: input.max_empty_pages ?? 100 };
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

function target(
  input: object,
  keys: {
    readonly params: readonly string[];
    readonly body: string;
    readonly fallback: string;
    readonly placeholder: string;
  },
  context: PaginatorContext,
): TokenTarget {
  const values = input as Readonly<Record<string, unknown>>;
  const name = oneOf(values, keys.params, context) as string | undefined;
  const body = values[keys.body];
  if (typeof body === "string") {
    if (name !== undefined) {
      context.issues.add(
        context.path,
        `the value goes to one place: \`${keys.params.join("` or `")}\`, or \`${keys.body}\``,
      );
    }
    if (context.isTextBody === true) {
      context.issues.add(
        [...context.path, keys.body],
        "the body is text, which has no fields to send it in",
        {
          hint: "write `data` as a mapping, or put a {paginator.…} placeholder into the text",
          at: "key",
        },
      );
    }
    return { in: "body", path: body };
  }
  if (name !== undefined) return { in: "query", name };
  return context.placeholders.has(keys.placeholder)
    ? { in: "placeholder" }
    : { in: "query", name: keys.fallback };
}

function sizeTarget(
  input: Input<"page_number"> | Input<"cursor">,
  size: number | undefined,
  context: PaginatorContext,
): TokenTarget | undefined {
  const { size_param: name, size_body_path: body } = input;
  const isPlaceholder = context.placeholders.has("size");
  const isKnownOtherwise = isPlaceholder || input.stop_on_short_page === true;
  checkSize({ size, name: name ?? body, isShortPageEnd: isKnownOtherwise }, context);
  if (typeof body === "string") return { in: "body", path: body };
  if (typeof name === "string") return { in: "query", name };
  return isPlaceholder ? { in: "placeholder" } : undefined;
}

/** A size that nothing is told of, or a name without a size, would be ignored in silence. */
function checkSize(
  given: {
    readonly size: number | null | undefined;
    readonly name: string | null | undefined;
    readonly isShortPageEnd: boolean;
  },
  context: PaginatorContext,
): void {
  const hasSize = typeof given.size === "number";
  const hasName = typeof given.name === "string";
  if (hasName && !hasSize) {
    context.issues.add(context.path, "the page size has a name, but no value", { hint: "add `size`" });
  }
  if (hasSize && !hasName && !given.isShortPageEnd) {
    context.issues.add([...context.path, "size"], "`size` is sent under no name", {
      hint: "add `size_param`, the parameter that the API takes the page size from",
      at: "key",
    });
  }
}

/** The value of a key that has several names; two of them at once are an issue. */
function oneOf<Values extends object, Key extends keyof Values & string>(
  values: Values,
  keys: readonly Key[],
  context: PaginatorContext,
): Exclude<Values[Key], null | undefined> | undefined {
  const [first, second] = keys.filter((key) => values[key] !== undefined && values[key] !== null);
  if (first !== undefined && second !== undefined) {
    context.issues.add([...context.path, second], `\`${first}\` and \`${second}\` are two names of one key`, {
      hint: "keep one of them",
      at: "key",
    });
  }
  return first === undefined ? undefined : (values[first] as Exclude<Values[Key], null | undefined>);
}

const PLACEHOLDERS: Readonly<Record<string, readonly string[]>> = {
  page_number: ["page", "size"],
  offset: ["offset", "size"],
  cursor: ["cursor", "size"],
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
