import type { PaginatorConfig, TokenTarget } from "../../../model/rest-config.js";

/** True if a paginator puts what it sends into the body of the request. */
export function sendsInBody(paginator: PaginatorConfig): boolean {
  return targetsOf(paginator).some((target) => target?.in === "body");
}

function targetsOf(paginator: PaginatorConfig): (TokenTarget | undefined)[] {
  switch (paginator.type) {
    case "page_number":
      return [paginator.target, paginator.sizeTarget];
    case "offset":
      return [paginator.target, paginator.limitTarget];
    case "cursor": {
      const { parts, target, sizeTarget } = paginator;
      return parts === undefined ? [target, sizeTarget] : [...parts.map((part) => part.target), sizeTarget];
    }
    case "custom":
      return [paginator.target];
    default:
      return [];
  }
}
