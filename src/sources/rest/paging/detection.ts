import type { PaginatorConfig } from "../../../model/rest-config.js";
import type { PageStuck } from "./paginator.js";
import type { PathSegment } from "../value-path.js";

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
