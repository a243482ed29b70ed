import type { HttpContext } from "../client.js";
import type { Headers } from "../merge-headers.js";

/** One request on its way to the wire. */
export interface OutgoingRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string | Uint8Array | undefined;
}

/** Adds credentials to requests. Asked anew for every attempt, and only for origins that may have them (rule H3). */
export interface Authenticator {
  /** Query parameters that hold a credential: masked in messages, never sent to another origin. */
  readonly secretParameters: readonly string[];
  /** Returns a copy with credentials; may have to fetch them first. */
  apply(request: OutgoingRequest, context: HttpContext): OutgoingRequest | Promise<OutgoingRequest>;
  /**
   * Asked once a request after a 401, with the very object that `apply` returned; true: there are newer credentials,
   * and the request is worth sending again.
   */
  onUnauthorized?(rejected: OutgoingRequest, context: HttpContext): Promise<boolean>;
  /** Resolves when no request for credentials is under way. */
  settle?(): Promise<void>;
}
