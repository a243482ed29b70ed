import type { PaginatorConfig, TokenTarget } from "../../../model/rest-config.js";
import type { PageStuck, PageView } from "./paginator.js";
import { isObject, type PathSegment } from "../value-path.js";

/** What `auto` makes of a first page (rule P10). */
export type Detection =
  | { readonly kind: "follow"; readonly config: DetectedConfig; readonly why: string; readonly guess?: Guess }
  | { readonly kind: "single"; readonly why: string; readonly isRound: boolean }
  | PageStuck;

/** A paginator that a page leads to. */
export type DetectedConfig = Exclude<PaginatorConfig, { type: "auto" | "single_page" | "custom" }>;

/** A guess is proven by page 2: new records, and `echo`, if the body has it, not the value of page 1 again. */
export interface Guess {
  readonly direction?: 1 | -1;
  readonly base?: 0 | 1;
  /** The place where the body says which page it is. */
  readonly echo?: readonly PathSegment[];
}

/** The rules that every detected paginator follows. */
export const DETECTED_RULES = { onRepeat: "error", maxEmptyPages: 100 } as const;

/** Where a value goes whose place no page tells: into the JSON body where a request has one, else the query. */
export function targetFor({ request }: PageView, name: string): TokenTarget {
  const isBody = request.method === "POST" && isObject(request.json);
  return isBody ? { in: "body", path: name } : { in: "query", name };
}
