/** Guards that all paginators share. */
interface CommonSettings {
  /** What a page that equals the one before means. Default `error` (exit code 5). */
  readonly onRepeat?: "error" | "end" | "accept";
  /** Empty pages in a row that are taken for no progress. Default 100. */
  readonly maxEmptyPages?: number;
}

/** Guards of paginators that read where to go on. */
interface LinkedSettings extends CommonSettings {
  /**
   * What it means that the path is missing on the first page while the response shows another sign of more pages.
   * Default `error` (exit code 5); without such a sign it is the end.
   */
  readonly onMissingPath?: "error" | "end";
}

interface HasMore {
  /** Path of a flag in the body that says whether more pages follow; its word counts. */
  readonly hasMorePath?: string;
}

/** Where a numbered list ends, beside at its first empty page. */
interface NumberedSettings extends LinkedSettings, HasMore {
  /** Path of a total: pages for `pageNumber`, rows for `offset`. */
  readonly totalPath?: string;
  readonly totalItemsPath?: string;
  readonly totalItemsHeader?: string;
  readonly totalPagesPath?: string;
  readonly totalPagesHeader?: string;
  /** False: empty pages do not end the list, a total or `hasMorePath` does. Default true. */
  readonly stopAfterEmptyPage?: boolean;
  /** True: a page with fewer records than asked for is the last one. Default false. */
  readonly stopOnShortPage?: boolean;
  /** Statuses that mean "there is no such page"; never on the first page. */
  readonly endOnStatus?: number | readonly number[];
}

/** Options of `paginators.pageNumber`. */
export interface PageNumberSettings extends NumberedSettings {
  /** The query parameter of the page. Default `page`. */
  readonly param?: string;
  /** Sends the page in the JSON body instead, at this dotted path. */
  readonly pageBodyPath?: string;
  /** The number of the first page. Default 1. */
  readonly start?: number;
  /** The page to begin with, where that is another; totals still count from `start`. */
  readonly page?: number;
  /** Records a page to ask for; needs `sizeParam` or `sizeBodyPath`. */
  readonly size?: number;
  readonly sizeParam?: string;
  readonly sizeBodyPath?: string;
  /** The page before which to stop. */
  readonly maximumPage?: number;
}

/** Options of `paginators.offset`. */
export interface OffsetSettings extends NumberedSettings {
  /** The query parameter of the offset. Default `offset`. */
  readonly param?: string;
  /** Sends the offset in the JSON body instead, at this dotted path. */
  readonly offsetBodyPath?: string;
  /** The first offset. Default 0; above it, one more request looks for the last row, as offsets may count from 1. */
  readonly start?: number;
  /** Records a page to ask for. */
  readonly limit?: number;
  /** The query parameter of the limit. Default `limit`. */
  readonly limitParam?: string;
  /** Sends the limit in the JSON body instead, at this dotted path. */
  readonly limitBodyPath?: string;
  /** The offset before which to stop. */
  readonly maximumOffset?: number;
  /** What the offset grows by: the rows received (default), or the size asked for. */
  readonly advance?: "rows" | "size";
}

/** Where a cursor goes. */
interface CursorTargetSettings {
  /** The query parameter of the cursor. Default `cursor`. */
  readonly param?: string;
  /** Sends the cursor in the JSON body instead, at this dotted path. */
  readonly cursorBodyPath?: string;
  /** The cursor of the first request. Default: none is sent. */
  readonly start?: string | number;
}

/** What all lists of tokens share. */
interface AnyCursorSettings extends LinkedSettings, HasMore, CursorTargetSettings {
  /** Records a page to ask for; needs `sizeParam` or `sizeBodyPath`. */
  readonly size?: number;
  readonly sizeParam?: string;
  readonly sizeBodyPath?: string;
  /** Default false: some servers filter after cutting pages. */
  readonly stopAfterEmptyPage?: boolean;
  readonly stopOnShortPage?: boolean;
}

/** Options of `paginators.cursor`. */
export interface CursorSettings extends AnyCursorSettings {
  /** Dotted path of the cursor in the body. Default `cursors.next`. */
  readonly cursorPath?: string;
  /** A response header that holds the cursor, instead. */
  readonly cursorHeader?: string;
  /** A field of the page's last record that is the cursor, instead (`id`). */
  readonly lastRecord?: string;
  /** True: the cursor is an object, and each of its members is a parameter of the next request. */
  readonly merge?: boolean;
  /** The cursor is several values, each from a place of its own. */
  readonly parts?: readonly CursorPartSettings[];
}

/** One part of a cursor: from `path` in the body or a response `header`, into `param` or `cursorBodyPath`. */
export interface CursorPartSettings {
  readonly path?: string;
  readonly header?: string;
  readonly param?: string;
  readonly cursorBodyPath?: string;
}

/** Options of `paginators.headerCursor`. */
export interface HeaderCursorSettings extends AnyCursorSettings {
  /** The response header that holds the cursor. Default `next`. */
  readonly cursorKey?: string;
}

/** Options of `paginators.custom`; where a single value that the function returns goes. */
export interface CustomSettings extends CommonSettings, CursorTargetSettings {}

/** Options of `paginators.jsonLink`. */
export interface JsonLinkSettings extends LinkedSettings, HasMore {
  /** Dotted path of the link in the body. Default `next`. */
  readonly nextUrlPath?: string;
}

/** Options of `paginators.headerLink`. */
export interface HeaderLinkSettings extends LinkedSettings {
  /** The relation of the link. Default `next`. */
  readonly linksNextKey?: string;
}
