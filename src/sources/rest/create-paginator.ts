import type { PaginatorConfig } from "../../model/rest-config.js";
import { createAutoPaginator } from "./auto-paginator.js";
import { createConfiguredPaginator } from "./configured-paginator.js";
import type { Paginator } from "./paginator.js";

/** The paginator of one chain; make a new one for each chain. `isEntity`: the path names one entity (rule P11). */
export function createPaginator(config: PaginatorConfig, isEntity = false): Paginator {
  return config.type === "auto" ? createAutoPaginator(isEntity) : createConfiguredPaginator(config);
}
