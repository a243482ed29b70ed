import type { ApiResponse } from "../response-function.js";

/**
 * A `custom` paginator: sees each page and says what the next request carries; nothing (undefined, null, false or
 * an empty text) ends the list. One value goes where `param`, `cursor_body_path` or `{paginator.cursor}` say. Called
 * in order, once for each page. The guards of all paginators hold: a request that was made before, or a page with the
 * records of the one before, is an error (exit code 5).
 */
export type NextPage = (page: PageResponse) => NextPageResult | Promise<NextPageResult>;

/** A page that was read. */
export interface PageResponse extends ApiResponse {
  /** 1 for the first page of a list. */
  readonly page: number;
  /** How many records it had. */
  readonly rows: number;
  /** Its last record, parsed; undefined when it had none. */
  readonly lastRecord: unknown;
  /** What the function returned for the page before; undefined on the first page. */
  readonly previous: NextPageResult;
}

/** What comes after a page. */
export type NextPageResult = string | number | bigint | NextRequest | null | undefined | false;

/** What the next request carries beside the resource's own; nothing of the request before is kept. */
export interface NextRequest {
  /** Replaces the URL with its parameters; may be relative to the page's. */
  readonly url?: string;
  /** Query parameters; null leaves one out. */
  readonly params?: Readonly<Record<string, string | number | bigint | boolean | null>>;
  readonly headers?: Readonly<Record<string, string | number>>;
  /** Members of the JSON body by dotted path: `{"page.after": "abc"}`. */
  readonly json?: Readonly<Record<string, unknown>>;
  /** One value, as if it were returned alone. */
  readonly cursor?: string | number | bigint;
}
