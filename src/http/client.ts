// Interface only; the implementation follows.
import type { EventSink } from "../model/events.js";

/** One request, fully resolved. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** Absolute. Query parameters that dango adds are already encoded in it. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Statuses that are an answer here, not an error: they are returned as they are. */
  readonly expectedStatuses?: readonly number[];
}

/** One response, body decompressed and whole. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
  /** Where the body came from, after redirects. */
  readonly url: URL;
}

/** What the client reports to, and stops at. */
export interface HttpContext {
  readonly source: string;
  readonly resource: string;
  readonly signal: AbortSignal;
  readonly emit: EventSink;
}

/** A client of one origin: keep-alive pool, auth, rate limit, retries. */
export interface HttpClient {
  /** Sends with retries. Throws AuthError, RateLimitError, UnavailableError, HttpStatusError, ResponseError, GuardError. */
  send(request: HttpRequest, context: HttpContext): Promise<HttpResponse>;
  /** `url` without secrets, for messages and descriptions. */
  redactUrl(url: URL): string;
  close(): Promise<void>;
}
