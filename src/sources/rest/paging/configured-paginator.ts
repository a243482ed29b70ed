import type { PaginatorConfig } from "../../../model/rest-config.js";
import { createCursorPaginator } from "./cursor-paginator.js";
import { createHeaderLinkPaginator } from "./header-link-paginator.js";
import { createJsonLinkPaginator } from "./json-link-paginator.js";
import { createOffsetPaginator } from "./offset-paginator.js";
import { createPageNumberPaginator } from "./page-number-paginator.js";
import { createPageInfoPaginator } from "./page-info-paginator.js";
import type { SyncPaginator } from "./paginator.js";
import { createSinglePagePaginator } from "./single-page-paginator.js";

/** A paginator that knows its type from the start. */
export function createConfiguredPaginator(
  config: Exclude<PaginatorConfig, { type: "auto" | "custom" }>,
): SyncPaginator {
  switch (config.type) {
    case "page_number":
      return createPageNumberPaginator(config);
    case "offset":
      return createOffsetPaginator(config);
    case "cursor":
      return createCursorPaginator(config);
    case "json_link":
      return createJsonLinkPaginator(config);
    case "header_link":
      return createHeaderLinkPaginator(config);
    case "page_info":
      return createPageInfoPaginator(config);
    case "single_page":
      return createSinglePagePaginator();
  }
}
