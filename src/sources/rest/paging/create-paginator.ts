import type { PaginatorConfig } from "../../../model/rest-config.js";
import type { FunctionLookup } from "../../../model/user-function.js";
import { createAutoPaginator } from "./auto-paginator.js";
import { createConfiguredPaginator } from "./configured-paginator.js";
import { createCustomPaginator } from "./custom-paginator.js";
import type { Paginator } from "./paginator.js";

/** The paginator of one chain; make a new one for each chain. `isEntity`: the path names one entity (rule P11). */
export function createPaginator(
  config: PaginatorConfig,
  functions: FunctionLookup,
  isEntity = false,
): Paginator {
  if (config.type === "custom") return createCustomPaginator(config, functions(config.nextPage));
  return config.type === "auto" ? createAutoPaginator(isEntity) : createConfiguredPaginator(config);
}
