import type { PaginatorConfig } from "../../../model/rest-config.js";
import { readHasMore, refuseMissingFlag, refusePromise } from "./has-more.js";
import { createLinkStep } from "./link-step.js";
import { refuseMissing } from "./missing-path.js";
import type { PageDecision, PageStuck, SyncPaginator } from "./paginator.js";
import { showValue } from "../show-value.js";
import { readPath } from "../value-path.js";

type JsonLinkConfig = Extract<PaginatorConfig, { type: "json_link" }>;

/** Follows a URL in the body, absolute or relative, until there is none. */
export function createJsonLinkPaginator(config: JsonLinkConfig): SyncPaginator {
  const path = config.nextUrlPath;
  return {
    rules: { onRepeat: config.onRepeat, maxEmptyPages: config.maxEmptyPages, isNumbered: false },
    describe: () => `json_link (${path})`,
    first: () => ({ values: {}, tokens: [] }),
    next(page): PageDecision {
      const more = readHasMore(page, config.hasMorePath, config.onMissingPath);
      if (typeof more === "object") return more;
      if (more === false) return { kind: "end", reason: `${config.hasMorePath ?? ""} is false` };
      const link = readPath(page.records.envelope, path);
      if (link === undefined && page.number === 1 && config.onMissingPath === "error") {
        const stuck = refuseMissing(page, `next_url_path "${path}"`, "next_url_path");
        if (stuck !== undefined) return stuck;
      }
      if (link === undefined || link === null || link === "" || link === false) {
        if (more === true) return refusePromise(config.hasMorePath, `link (${path})`, "next_url_path");
        return { kind: "end", reason: `no ${path}` };
      }
      if (typeof link !== "string") return refuseNoUrl(path, link);
      if (more === "missing") {
        const isRefused = page.number === 1 && config.onMissingPath === "error";
        if (isRefused) return refuseMissingFlag(config.hasMorePath, `next link ${showValue(link)}`);
        return { kind: "end", reason: `no ${config.hasMorePath ?? ""}` };
      }
      return { kind: "next", step: createLinkStep(link) };
    },
  };
}

function refuseNoUrl(path: string, link: unknown): PageStuck {
  return {
    kind: "stuck",
    problem: `next_url_path "${path}" holds ${showValue(link)}, which is no URL`,
    hint: "Let next_url_path name a URL; for a token, use the cursor paginator.",
  };
}
