import type { SyncPaginator } from "./paginator.js";

/** One request and no more. */
export function createSinglePagePaginator(): SyncPaginator {
  return {
    rules: { onRepeat: "error", maxEmptyPages: 100, isNumbered: false },
    describe: () => "single_page",
    first: () => ({ values: {}, tokens: [] }),
    next: () => ({ kind: "end", reason: "a single page" }),
  };
}
