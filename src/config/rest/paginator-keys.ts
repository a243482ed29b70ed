import type { PaginatorCommon, TokenTarget } from "../../model/rest-config.js";
import type { FunctionReference } from "../../model/user-function.js";
import type { ConfigPath } from "../config-path.js";
import type { IssueList } from "../issue-list.js";

/** What resolving a paginator must know of its endpoint. */
export interface PaginatorContext {
  readonly path: ConfigPath;
  readonly issues: IssueList;
  /** The `{paginator.…}` placeholders that the endpoint uses (rule P9). */
  readonly placeholders: ReadonlySet<string>;
  /** The body is text, which has no place for what a paginator sends. */
  readonly isTextBody?: boolean;
  /** Notes the function of a custom paginator; undefined where functions are given as such. */
  readonly resolveFunction?: (written: string, path: ConfigPath) => FunctionReference;
}

/** The guards that all paginators have. */
export function resolveCommon(input: {
  readonly on_repeat?: PaginatorCommon["onRepeat"] | null | undefined;
  readonly max_empty_pages?: number | null | undefined;
}): PaginatorCommon {
  return { onRepeat: input.on_repeat ?? "error", maxEmptyPages: input.max_empty_pages ?? 100 };
}

/** Where a paginator's value goes: a parameter, a place in the body, a placeholder, or else `fallback`. */
export function resolveTarget(
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

/** Where the page size goes; undefined: it is not sent. */
export function resolveSizeTarget(
  input: SizeInput,
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

interface SizeInput {
  readonly size_param?: string | null | undefined;
  readonly size_body_path?: string | null | undefined;
  readonly stop_on_short_page?: boolean | null | undefined;
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
export function oneOf<Values extends object, Key extends keyof Values & string>(
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
