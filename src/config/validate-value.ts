import type { z } from "zod";
import type { ConfigPath } from "./config-path.js";
import type { IssueList } from "./issue-list.js";
import { addSchemaIssues } from "./zod-issues.js";

/**
 * Checks `value`, which stands at `path`, against a schema and adds what is wrong to `issues`. A string that was one
 * `${…}` as a whole (a path in `whole`) may stand for a number or boolean, and the other way round (rule S4).
 * Undefined if anything was wrong.
 */
export function validateValue<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  path: ConfigPath,
  context: { readonly issues: IssueList; readonly whole: ReadonlyMap<string, ConfigPath> },
): z.infer<Schema> | undefined {
  const first = schema.safeParse(value);
  if (first.success) return first.data;
  const candidates = [...context.whole.values()]
    .filter((whole) => path.every((segment, index) => whole[index] === segment))
    .map((whole) => whole.slice(path.length));
  let best = value;
  let result: z.ZodSafeParseResult<z.infer<Schema>> = first;
  // One by one: a value that does not help keeps the spelling that the user knows.
  for (const candidate of candidates) {
    if (result.success) break;
    const attempt = replaceAt(best, candidate, otherKind);
    if (attempt === best) continue;
    const parsed = schema.safeParse(attempt);
    if (parsed.success || weight(parsed.error) < weight(result.error)) {
      best = attempt;
      result = parsed;
    }
  }
  if (result.success) return result.data;
  addSchemaIssues(context.issues, result.error.issues, best, path);
  return undefined;
}

/** How much is wrong: issues, those inside of unions included. */
function weight(error: z.ZodError | undefined): number {
  const count = (issues: readonly z.core.$ZodIssue[]): number =>
    issues.reduce((sum, issue) => {
      const inner = issue.code === "invalid_union" ? Math.min(...issue.errors.map(count)) : 0;
      return sum + 1 + (Number.isFinite(inner) ? inner : 0);
    }, 0);
  return error === undefined ? 0 : count(error.issues);
}

function otherKind(value: unknown): unknown {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value === "true" || value === "false") return value === "true";
  if (typeof value !== "string" || !/^-?\d+(?:\.\d+)?$/.test(value)) return value;
  return Number(value);
}

function replaceAt(value: unknown, path: ConfigPath, change: (value: unknown) => unknown): unknown {
  const [segment, ...rest] = path;
  if (segment === undefined) return change(value);
  if (typeof value !== "object" || value === null) return value;
  const before = (value as Record<string | number, unknown>)[segment];
  const after = replaceAt(before, rest, change);
  if (after === before) return value;
  if (Array.isArray(value)) return value.map((item: unknown, index) => (index === segment ? after : item));
  return { ...value, [segment]: after };
}
