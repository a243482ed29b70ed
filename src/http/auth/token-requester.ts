import type { Redactor } from "../../shared/redact.js";
import type { HttpContext, HttpRequest, HttpResponse } from "../client.js";
import type { Headers } from "../merge-headers.js";

/** Sends requests for credentials, in the name of the request that needs them. */
export interface TokenRequester {
  readonly context: HttpContext;
  /** With the client's limits, retries, timeouts and proxy, but without its auth and its own headers. */
  send(request: HttpRequest, context: HttpContext): Promise<HttpResponse>;
  readonly baseUrl: string;
  /** The client's own headers, for requests to the API itself. */
  readonly headers: Headers;
  readonly redactor: Redactor;
  readonly redactUrl: (url: URL) => string;
}
