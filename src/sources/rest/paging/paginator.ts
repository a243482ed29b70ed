import type { PageRecords } from "../../../model/source.js";
import type { TokenTarget } from "../../../model/rest-config.js";
import type { RequestParts } from "../requests/request-parts.js";

/**
 * One chain's paging, without I/O: says what the first request carries, then decides from each page what comes next.
 * It keeps what it must remember between pages, so every chain gets a new one.
 */
export interface Paginator {
  /** In words, as reports show it: `page_number (page from 1)`. May become more exact after the first page. */
  describe(): string;
  /** What the first request carries. */
  first(): PageStep;
  /** Decides after a page was read. Called once for each page, in order. */
  next(page: PageView): PageDecision | Promise<PageDecision>;
  /**
   * The steps after the one just decided, `most` at most and none beyond a known total, if every page is as full as
   * the first (rule P4). Only a foresight: `next` still decides each of them.
   */
  foresee?(most: number): readonly PageStep[];
  /** True if it looks at whole bodies; a copy is made, since finding the records rewrites a body in place. */
  readonly readsBody?: boolean;
  readonly rules: PaginatorRules;
}

/** A paginator that decides at once: all but those that ask a function of the user's. */
export interface SyncPaginator extends Paginator {
  next(page: PageView): PageDecision;
}

/** What the chain checks for all kinds of paginators alike (rules P2, P5). */
export interface PaginatorRules {
  readonly onRepeat: "error" | "end" | "accept";
  readonly maxEmptyPages: number;
  /** True for page numbers and offsets: their pages exist whatever the body says. */
  readonly isNumbered: boolean;
}

/** Values of the `{paginator.…}` placeholders (rule P9); a missing one leaves its parameter out. */
export type PageValues = Readonly<
  Partial<Record<"page" | "offset" | "size" | "cursor", string | number | bigint>>
>;

/** What one request adds to the resource's own. */
export interface PageStep {
  readonly values: PageValues;
  readonly tokens: readonly TokenAssignment[];
  /** Replaces the URL, its parameters too; may be relative to the page before. */
  readonly link?: string;
  /** The token in words, for messages: `cursor "abc"`. Undefined on a first request without one. */
  readonly label?: string;
  /** Statuses that end the chain in a normal way. */
  readonly endStatuses?: readonly number[];
  /** Records that the sink should not load a second time. */
  readonly omit?: "same_page" | "same_first";
}

/** A value and where it goes. */
export interface TokenAssignment {
  readonly target: TokenTarget;
  readonly value: TokenValue;
}

/** Lists and objects go into JSON bodies only. */
export type TokenValue = string | number | bigint | boolean | object;

/** One page as a paginator sees it. */
export interface PageView {
  /** 1 for the first page of the chain. */
  readonly number: number;
  readonly request: RequestParts;
  readonly status: number;
  /** Where the response came from, after redirects. */
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body as received, for paginators that ask for it by `readsBody`. */
  readonly body?: Buffer | undefined;
  readonly records: PageRecords;
  /** The last page that had records; undefined while there was none. */
  readonly previous: PageRecords | undefined;
}

/** What comes after a page. */
export type PageDecision = PageEnd | PageNext | PageStuck;

/** The chain is complete. */
export interface PageEnd {
  readonly kind: "end";
  readonly reason: string;
  readonly notices?: readonly PageNotice[];
  /** As in {@link PageNext}. */
  readonly overlap?: number;
}

/** One more request. */
export interface PageNext {
  readonly kind: "next";
  readonly step: PageStep;
  readonly notices?: readonly PageNotice[];
  /** Records that this page repeats from the end of the one before because rows moved (rule P3). */
  readonly overlap?: number;
}

/** Going on or stopping would be a guess: becomes a GuardError. */
export interface PageStuck {
  readonly kind: "stuck";
  readonly problem: string;
  readonly hint: string;
}

/** Something a reader of the report should know. */
export interface PageNotice {
  readonly level: "info" | "warning";
  readonly message: string;
}
