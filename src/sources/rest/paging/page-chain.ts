import type { HttpResponse } from "../../../http/client.js";
import type { OriginRules } from "../../../http/origin.js";
import type { PageRecords, RecordOmission } from "../../../model/source.js";
import type { PageSender } from "./page-fetcher.js";
import type { PageNotice, PageStep, Paginator } from "./paginator.js";
import type { RequestParts } from "../requests/request-parts.js";

/** One chain of requests, and what it is given from outside. `Page` is what reading one body gives. */
export interface PageChain<Page extends PageRecords> extends PageSender {
  /** For messages: `my_api.orders`. */
  readonly name: string;
  /** A new one for every chain. */
  readonly paginator: Paginator;
  readonly origins: OriginRules;
  /** The guard on pages of this chain; undefined: none. */
  readonly maxPages: number | undefined;
  /** True if records have a primary or merge key, so that rows which come twice are merged. */
  readonly hasKey: boolean;
  build(step: PageStep, link: URL | undefined): RequestParts;
  /** How many more records are wanted, as far as is known; undefined: all. Nothing is asked for ahead beyond them. */
  room?(): number | undefined;
  /** Finds the records of one body; `previous` pages stay readable until the next but one was read. */
  read(response: HttpResponse, place: PagePlace): Promise<Page>;
  /** Called where an answer that a response action ignores ends the chain. */
  noteIgnored?(status: number): void;
  /** Asked before every request but the first; true: the chain ends here. */
  isOver?(): boolean;
  notify(notice: PageNotice): void;
  redactUrl(url: URL): string;
}

/** What reading one body must know of the chain. */
export interface PagePlace {
  /** 1 for the first page. */
  readonly number: number;
  /** Where the first page's records were; undefined on the first page. */
  readonly chosen: string | undefined;
  readonly omit: RecordOmission | undefined;
  /** In a numbered chain, behind page 1: the top-level keys of page 1 (rule P2). */
  readonly knownKeys: ReadonlySet<string> | undefined;
}

/** What a chain remembers from page to page. */
export interface ChainProgress<Page extends PageRecords> {
  number: number;
  url?: URL;
  step?: PageStep;
  /** Where the first page's records were. */
  chosen?: string;
  /** The last page that had records. */
  previous?: Page;
  /** Empty pages in a row. */
  emptyPages: number;
  /** Rows that came again because rows moved. */
  overlap: number;
  /** The keys at the top of the first page; undefined if it was no object. */
  firstKeys?: ReadonlySet<string>;
}
