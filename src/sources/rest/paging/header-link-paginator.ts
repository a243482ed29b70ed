import type { PaginatorConfig } from "../../../model/rest-config.js";
import { parseLinkHeader } from "./link-header.js";
import { createLinkStep } from "./link-step.js";
import { refuseMissing } from "./missing-path.js";
import type { PageDecision, SyncPaginator } from "./paginator.js";

/** Follows one relation of the `Link` header until there is none. */
export function createHeaderLinkPaginator(
  config: Extract<PaginatorConfig, { type: "header_link" }>,
): SyncPaginator {
  const relation = config.linksNextKey;
  return {
    rules: { onRepeat: config.onRepeat, maxEmptyPages: config.maxEmptyPages, isNumbered: false },
    describe: () => `header_link (${relation})`,
    first: () => ({ values: {}, tokens: [] }),
    next(page): PageDecision {
      const link = parseLinkHeader(page.headers["link"]).get(relation.toLowerCase());
      if (link !== undefined) return { kind: "next", step: createLinkStep(link) };
      const isRefused = page.number === 1 && config.onMissingPath === "error";
      const stuck = isRefused
        ? refuseMissing(page, `Link header with rel=${relation}`, "links_next_key")
        : undefined;
      return stuck ?? { kind: "end", reason: `no Link header with rel=${relation}` };
    },
  };
}
