import { bothEnds } from "../model/body.js";
import { STATUS_CODES } from "node:http";
import {
  AuthError,
  HttpStatusError,
  RateLimitError,
  ResponseError,
  UnavailableError,
  type DangoError,
  type ErrorDetails,
} from "../shared/errors.js";
import type { Redactor } from "../shared/redact.js";
import type { HttpResponse, RequestedPage } from "./client.js";
import { describeCircuit } from "./limits/circuit-error.js";
import { describePage } from "./describe-page.js";
import { describeFault } from "./describe-fault.js";
import type { Failure } from "./failure.js";
import { readHeader } from "./merge-headers.js";
import type { RetryDecision } from "./next-retry-wait.js";
import { toServerText } from "./server-text.js";

/** What a final error's wording depends on beside the failure. */
export interface FailureFacts {
  readonly requestedUrl: URL;
  readonly page: RequestedPage | undefined;
  /** Requests made, redirects not counted. */
  readonly attempts: number;
  readonly decision: RetryDecision;
  readonly hasCredentials: boolean;
  readonly timeoutMs: number;
  readonly maxWaitMs: number;
  readonly nowMs: number;
  readonly redactor: Redactor;
  readonly redactUrl: (url: URL) => string;
}

/** The error that ends a request, of the class that its exit code needs, with its own message and hint. */
export function createFailureError(failure: Failure, facts: FailureFacts): DangoError {
  switch (failure.kind) {
    case "status":
      return createStatusError(failure, facts);
    case "action":
      return createActionError(failure, facts);
    case "refused_body":
      return createBodyError(failure, facts);
    case "fault":
      return createFaultError(failure, facts);
    default:
      return failure satisfies never;
  }
}

/** `503 Service Unavailable`; the words are the standard's, not the server's. */
export function describeStatus(status: number): string {
  const phrase = STATUS_CODES[status];
  return phrase === undefined ? String(status) : `${String(status)} ${phrase}`;
}

type StatusFailure = Failure & { kind: "status" | "action" };

function createStatusError(failure: StatusFailure, facts: FailureFacts): DangoError {
  const { response, hop, isRateLimit } = failure;
  const { status } = response;
  const head = `${describeRequest(failure, facts)} answered ${describeStatus(status)}`;
  const withText = `${head}${countAttempts(facts)}${excerpt(response, facts)}`;
  const details = (hint: string): ErrorDetails => ({ hint, context: toContext(failure, facts, status) });
  if (facts.decision.kind === "too_long" && (isRateLimit || status >= 500)) {
    return createWaitError(head, failure, facts);
  }
  if (isRateLimit) {
    const why = status === 403 ? ", a rate limit by its headers" : "";
    return new RateLimitError(
      `${head}${why}${countAttempts(facts)}${excerpt(response, facts)}`,
      details("Set rate_limit to stay below the API's limit, or sync again later."),
    );
  }
  if (status >= 500) {
    return new UnavailableError(withText, "unavailable", details("The API is failing; sync again later."));
  }
  if (status === 408) {
    return new UnavailableError(withText, "timeout", details("The API gave up waiting; sync again later."));
  }
  if (hop.isBare && (status === 401 || status === 403)) {
    const hint = `${hop.url.origin} got no credentials because it is another origin than base_url's. If it belongs to the API, add it to allowed_origins.`;
    return new AuthError(withText, status === 401 ? "authentication" : "permission", details(hint));
  }
  if (status === 401) return new AuthError(withText, "authentication", details(hintFor401(facts)));
  if (status === 403) {
    const scope = readMissingScope(response, facts);
    return new AuthError(
      `${head}${scope}${countAttempts(facts)}${excerpt(response, facts)}`,
      "permission",
      details("The credentials lack the permission for this; grant it, or leave the resource out."),
    );
  }
  if (status === 404 || status === 410) {
    return new HttpStatusError(withText, status, details("Check base_url and the resource's path."));
  }
  return new HttpStatusError(withText, status, details(hintForRefusal(status)));
}

function hintFor401({ hasCredentials }: FailureFacts): string {
  return hasCredentials
    ? "The API did not accept the credentials; check the secret behind auth or the Authorization header."
    : "The request carried no credentials; add auth, or an Authorization header.";
}

function hintForRefusal(status: number): string {
  if (status === 407) return "The proxy asks for credentials; put them into HTTP_PROXY and HTTPS_PROXY.";
  if (status < 400) return "dango expects the records themselves; check the resource's path.";
  return "The API refuses the request as it is; check the resource's method, params, json and headers.";
}

/** A `Retry-After` above `max_wait`: fails at once and names the time (rule H1). */
function createWaitError(head: string, failure: StatusFailure, facts: FailureFacts): DangoError {
  const waitMs = facts.decision.kind === "too_long" ? facts.decision.waitMs : 0;
  const until = new Date(facts.nowMs + waitMs);
  const time = Number.isNaN(until.getTime()) ? "" : `, until ${until.toISOString()}`;
  const message = `${head} and asks to wait ${seconds(waitMs)}${time}; max_wait is ${seconds(facts.maxWaitMs)}`;
  const details: ErrorDetails = {
    hint: "Sync again after that time, or raise max_wait of retry.",
    context: {
      ...toContext(failure, facts, failure.response.status),
      retry_after_seconds: Math.round(waitMs) / 1000,
    },
  };
  return failure.isRateLimit
    ? new RateLimitError(message, details)
    : new UnavailableError(message, "unavailable", details);
}

/** An answer that a response action makes a failure: told by its status, unless that is a good one. */
function createActionError(failure: Failure & { kind: "action" }, facts: FailureFacts): DangoError {
  const { response, decision } = failure;
  const { status } = response;
  if (status >= 400 && (decision.action === "retry" || decision.reason === undefined)) {
    return createStatusError(failure, facts);
  }
  const head = `${describeRequest(failure, facts)} answered ${describeStatus(status)}`;
  const context = toContext(failure, facts, status);
  if (decision.action === "retry") {
    return new UnavailableError(
      `${head}, which response_actions try again${countAttempts(facts)}${excerpt(response, facts)}`,
      "unavailable",
      { hint: "The API is not ready; sync again later.", context },
    );
  }
  const text =
    decision.reason === undefined
      ? excerpt(response, facts)
      : `: ${toServerText(decision.reason, facts.redactor)}`;
  return new ResponseError(`${head}, which response_actions make a failure${countAttempts(facts)}${text}`, {
    hint: "Look at what the API says; if it is no failure, change response_actions.",
    context,
  });
}

function createBodyError(failure: Failure & { kind: "refused_body" }, facts: FailureFacts): DangoError {
  const { response } = failure;
  const type = readHeader(response.headers, "content-type");
  const named =
    type === undefined ? "no content type" : `content type ${toServerText(type, facts.redactor, 100)}`;
  const reason = toServerText(failure.reason, facts.redactor);
  const first = toServerText(bothEnds(response.body), facts.redactor);
  const bytes = first === "" ? "an empty body" : `first bytes: ${first}`;
  return new ResponseError(
    `${describeRequest(failure, facts)} answered ${describeStatus(response.status)} with a body that cannot be used${countAttempts(facts)}: ${reason}; ${named}; ${bytes}`,
    {
      hint: "Open the URL in a browser or with curl: it may be a web page, a login, or a gateway's message.",
      context: toContext(failure, facts, response.status),
    },
  );
}

function createFaultError(failure: Failure & { kind: "fault" }, facts: FailureFacts): DangoError {
  const { fault, status, hop } = failure;
  const { text, hint, type } = describeFault(fault, { host: hop.url.host, timeoutMs: facts.timeoutMs });
  const words = toServerText(text, facts.redactor);
  const message = `${describeRequest(failure, facts)} ${words}${countAttempts(facts)}`;
  const details = { hint, context: toContext(failure, facts, status), cause: fault.cause };
  return fault.kind === "corrupt_body"
    ? new ResponseError(message, details)
    : new UnavailableError(message, type, details);
}

function toContext(
  { hop }: Failure,
  facts: FailureFacts,
  status: number | undefined,
): Record<string, unknown> {
  const known = status === undefined ? {} : { status };
  const page = facts.page === undefined ? {} : { page: facts.page.number };
  return { ...known, ...page, url: facts.redactUrl(hop.url), method: hop.method, attempts: facts.attempts };
}

function describeRequest({ hop }: Failure, facts: FailureFacts): string {
  const { redactUrl, requestedUrl, page, redactor } = facts;
  const [asked, answered] = [redactUrl(requestedUrl), redactUrl(hop.url)];
  const origin = asked === answered ? "" : ` (redirected from ${asked})`;
  return `${describePage(page, (token) => toServerText(token, redactor, 200))}${hop.method} ${answered}${origin}`;
}

/** How often it was tried, and why not more often. */
function countAttempts({ attempts, decision }: FailureFacts): string {
  const parts = attempts === 1 ? [] : [`${String(attempts)} attempts`];
  if (decision.kind === "circuit_open") parts.push(describeCircuit(decision.failures, decision.openMs));
  if (decision.kind === "budget_used_up") {
    parts.push(`the retry budget of ${seconds(decision.budgetMs)} is used up`);
  }
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

function excerpt({ body }: HttpResponse, { redactor }: FailureFacts): string {
  const text = toServerText(bothEnds(body), redactor);
  return text === "" ? "" : `: ${text}`;
}

/** RFC 6750: `Bearer error="insufficient_scope", scope="read:users"`. */
function readMissingScope({ headers }: HttpResponse, { redactor }: FailureFacts): string {
  const challenge = readHeader(headers, "www-authenticate") ?? "";
  if (!/error="?insufficient_scope/i.test(challenge)) return "";
  const scope = /scope="([^"]*)"/i.exec(challenge)?.[1];
  return scope === undefined
    ? ", insufficient_scope"
    : `, insufficient_scope: ${toServerText(scope, redactor, 200)}`;
}

function seconds(ms: number): string {
  return `${String(Math.round(ms) / 1000)} s`;
}
