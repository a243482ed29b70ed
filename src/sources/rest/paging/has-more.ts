import { refuseMissing } from "./missing-path.js";
import type { PageStuck, PageView } from "./paginator.js";
import { showValue } from "../show-value.js";
import { readPath } from "../value-path.js";

/** What `has_more_path` says; undefined: none is declared. */
export type HasMore = boolean | "missing" | undefined;

/**
 * Reads a has-more flag: booleans, and words and numbers for them, as in dlt. Missing on the first page is refused
 * if another sign says that more pages follow (rule P13), unless `onMissingPath` is `end`.
 */
export function readHasMore(
  page: PageView,
  path: string | undefined,
  onMissingPath: "error" | "end" | undefined,
): HasMore | PageStuck {
  if (path === undefined) return undefined;
  const value = readPath(page.records.envelope, path);
  if (value === undefined || value === null) {
    const isRefused = page.number === 1 && value === undefined && onMissingPath !== "end";
    return (
      (isRefused ? refuseMissing(page, `has_more_path "${path}"`, "has_more_path") : undefined) ?? "missing"
    );
  }
  const text = showValue(value).replaceAll('"', "").toLowerCase();
  if (["true", "yes", "y", "t", "1"].includes(text)) return true;
  if (["false", "no", "n", "f", "0"].includes(text) || value === "") return false;
  return {
    kind: "stuck",
    problem: `has_more_path "${path}" holds ${showValue(value)}, which is neither true nor false`,
    hint: "Let has_more_path name a flag.",
  };
}

/** Rule P5: more is promised, and nothing to ask for it with. `token` is in words: `cursor at meta.next`. */
export function refusePromise(path: string | undefined, token: string, key: string): PageStuck {
  return {
    kind: "stuck",
    problem: `${path ?? ""} promises more, but there is no ${token} to ask for it with`,
    hint: `Correct ${key} or has_more_path.`,
  };
}

/** Rule P13: there is a token, but not the declared flag. */
export function refuseMissingFlag(path: string | undefined, token: string): PageStuck {
  return {
    kind: "stuck",
    problem: `the declared has_more_path "${path ?? ""}" is missing, yet more pages seem to follow: there is a ${token}`,
    hint: "Correct or remove has_more_path, or set on_missing_path: end on the paginator if a missing one is the end.",
  };
}
