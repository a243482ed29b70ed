import type { PageStuck, PageView } from "./paginator.js";
import { findSignsOfMore } from "./signs-of-more.js";

/**
 * Rule P13: something declared is missing on the first page while the page shows another sign of more. Undefined
 * when there is no such sign. `declared` is in words: `cursor_path "meta.next"`.
 */
export function refuseMissing(page: PageView, declared: string, key: string): PageStuck | undefined {
  const sign = findSignsOfMore(page, page.records.rows)[0];
  if (sign === undefined) return undefined;
  return {
    kind: "stuck",
    problem: `the declared ${declared} is missing, yet more pages seem to follow: ${sign}`,
    hint: `Correct ${key}, or set on_missing_path: end on the paginator if a missing one is the end.`,
  };
}
