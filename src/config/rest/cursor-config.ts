import type { CursorPartConfig, PaginatorConfig } from "../../model/rest-config.js";
import {
  oneOf,
  resolveCommon,
  resolveSizeTarget,
  resolveTarget,
  type PaginatorContext,
} from "./paginator-keys.js";
import type { PaginatorInput } from "../schema/schema-paginator.js";

type CursorInput = Extract<PaginatorInput, { type: "cursor" }>;
type HeaderCursorInput = Extract<PaginatorInput, { type: "header_cursor" }>;
type CursorConfig = Extract<PaginatorConfig, { type: "cursor" }>;

/** Resolves `cursor`: one value, an object (`merge`) or several values (`parts`). */
export function resolveCursor(input: CursorInput, context: PaginatorContext): CursorConfig {
  const path = oneOf(input, ["path", "cursor_path"], context);
  const header = oneOf(input, ["header", "cursor_header"], context);
  const origins = [path, header, input.last_record ?? undefined].filter((origin) => origin !== undefined);
  if (origins.length > 1) {
    context.issues.add(
      context.path,
      "a cursor comes from one place: `cursor_path`, `cursor_header` or `last_record`",
    );
  }
  const parts = resolveParts(input, context);
  if (input.merge === true) {
    const others = [
      "param",
      "cursor_param",
      "header",
      "cursor_header",
      "last_record",
      "start",
      "parts",
    ] as const;
    refuseBeside(input, "merge", others, context);
  }
  refuseValueOf(input, context);
  return {
    ...resolveShared(input, context),
    cursorPath: path ?? (origins.length === 0 && parts === undefined ? "cursors.next" : undefined),
    cursorHeader: header,
    lastRecord: input.last_record ?? undefined,
    ...(input.merge === true ? { merge: true } : {}),
    ...(parts === undefined ? {} : { parts }),
  };
}

/** Resolves dlt's `header_cursor`: a cursor out of a response header, `next` unless named. */
export function resolveHeaderCursor(input: HeaderCursorInput, context: PaginatorContext): CursorConfig {
  const header = oneOf(input, ["cursor_key", "header", "cursor_header"], context);
  return {
    ...resolveShared(input, context),
    cursorPath: undefined,
    cursorHeader: header ?? "next",
    lastRecord: undefined,
    isHeaderCursor: true,
  };
}

function resolveShared(
  input: CursorInput | HeaderCursorInput,
  context: PaginatorContext,
): Omit<CursorConfig, "cursorPath" | "cursorHeader" | "lastRecord"> {
  const size = input.size ?? undefined;
  return {
    type: "cursor",
    target: resolveTarget(input, TARGET_KEYS, context),
    start: input.start ?? undefined,
    size,
    sizeTarget: resolveSizeTarget(input, size, context),
    hasMorePath: input.has_more_path ?? undefined,
    stopAfterEmptyPage: input.stop_after_empty_page ?? false,
    stopOnShortPage: input.stop_on_short_page ?? false,
    onMissingPath: input.on_missing_path ?? "error",
    ...resolveCommon(input),
  };
}

const TARGET_KEYS = {
  params: ["param", "cursor_param"],
  body: "cursor_body_path",
  fallback: "cursor",
  placeholder: "cursor",
} as const;

function resolveParts(input: CursorInput, context: PaginatorContext): CursorPartConfig[] | undefined {
  const { parts } = input;
  if (parts === null || parts === undefined) return undefined;
  const others = ["path", "cursor_path", "header", "cursor_header", "last_record", "start", "merge"] as const;
  refuseBeside(input, "parts", [...others, "param", "cursor_param", "cursor_body_path"], context);
  return parts.map((part, index) => {
    const place: PaginatorContext = {
      ...context,
      path: [...context.path, "parts", index],
      placeholders: new Set(),
    };
    const path = part.path ?? undefined;
    const header = part.header ?? undefined;
    if ((path === undefined) === (header === undefined)) {
      context.issues.add(place.path, "a part comes from one place: `path` or `header`");
    }
    const isSent = [part.param, part.cursor_body_path].some((name) => typeof name === "string");
    if (!isSent) {
      context.issues.add(place.path, "a part needs `param`, the parameter that takes it", {
        hint: "or `cursor_body_path`, its place in the JSON body",
      });
    }
    return { path, header, target: resolveTarget(part, { ...TARGET_KEYS, params: ["param"] }, place) };
  });
}

function refuseBeside(
  input: CursorInput,
  key: "merge" | "parts",
  others: readonly (keyof CursorInput)[],
  context: PaginatorContext,
): void {
  for (const other of others) {
    if (input[other] === undefined || input[other] === null || input[other] === false) continue;
    context.issues.add([...context.path, other], `\`${other}\` has no meaning beside \`${key}\``, {
      at: "key",
    });
  }
}

/** Several values have no single one for a placeholder. */
function refuseValueOf(input: CursorInput, context: PaginatorContext): void {
  const isSeveral = input.merge === true || (input.parts !== undefined && input.parts !== null);
  if (!isSeveral || !context.placeholders.has("cursor")) return;
  context.issues.add(context.path, "`{paginator.cursor}` has no value: this cursor is more than one", {
    hint: "`merge` and `parts` say themselves where each value goes",
  });
}
