import type { Body } from "../model/body.js";
import type { EventSink } from "../model/events.js";
import type { RequestSlots } from "./limits/request-slots.js";

/** One request, fully resolved. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** Absolute. Query parameters that dango adds are already encoded in it. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Statuses that are an answer here, not an error: they are returned as they are, without a retry. */
  readonly expectedStatuses?: readonly number[];
  /**
   * Asked of every 2xx. A reason (`an HTML page instead of JSON`) refuses the body: the request is retried like
   * a 5xx, and after the last attempt fails with a ResponseError that gives the reason (rule D4).
   */
  readonly acceptBody?: (response: HttpResponse) => string | undefined;
  /** A 2xx may hold a token: no message shows any of its body. */
  readonly isAnswerSecret?: boolean;
  /** Which page of a chain it asks for, so that a failure names it though the URL may not show it. */
  readonly page?: RequestedPage;
  /**
   * Asked of every answer, whatever its status, before anything else is made of it (rule H6); not of a 401 that new
   * credentials may still turn into another. Undefined: the answer is judged as usual.
   */
  readonly decide?: (response: HttpResponse) => Promise<ResponseDecision | undefined>;
}

/** A page behind the first of its chain. */
export interface RequestedPage {
  /** In order of the chain, from 1. */
  readonly number: number;
  /** How it was asked for, such as `cursor "abc"`, where the URL does not say that. */
  readonly token?: string;
}

/** What `response_actions` make of an answer. */
export type ResponseDecision =
  /** It is returned with `isIgnored`. */
  | { readonly action: "ignore" }
  /** Tried again like a 5xx; `waitMs` goes before `Retry-After`. */
  | { readonly action: "retry"; readonly waitMs?: number }
  /** Fails at once, whatever its status. */
  | { readonly action: "fail"; readonly reason?: string }
  /** Judged as usual, with another body. */
  | { readonly action: "replace"; readonly body: Body };

/** One response, body decompressed. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Body;
  /** Where the body came from, after redirects, without what auth added to it. */
  readonly url: URL;
  /** A response action said so: it has no rows, and ends its chain. */
  readonly isIgnored?: true;
}

/** What the client reports to, and stops at. */
export interface HttpContext {
  readonly source: string;
  readonly resource: string;
  readonly signal: AbortSignal;
  /**
   * Gets a `request` event for everything that went over the wire, redirects and failed attempts included
   * (status 0: no answer came); a `retry` before each wait, with the number of the attempt that failed;
   * `rate_limited` where a rate limit holds a request back for more than a second; and a `notice` of what puts
   * credentials or data at risk, once a run.
   */
  readonly emit: EventSink;
}

/** A client of one origin: keep-alive pool, auth, rate limit, retries. */
export interface HttpClient {
  /**
   * Sends with retries. Throws AuthError, RateLimitError, UnavailableError, HttpStatusError, ResponseError,
   * GuardError, ConfigError (a header that HTTP does not allow), or the signal's reason.
   */
  send(request: HttpRequest, context: HttpContext): Promise<HttpResponse>;
  /** The `concurrency` of the configuration, for whoever sends more than one request at once. */
  readonly slots: RequestSlots;
  /** `url` without secrets, for messages and descriptions. */
  redactUrl(url: URL): string;
  /** Ends what is still under way. */
  close(): Promise<void>;
}
