import type { HttpRequest } from "./client.js";
import { filterHeaders, type Headers } from "./merge-headers.js";
import { isAllowedOrigin, isHttp, type OriginRules } from "./origin.js";
import { GuardError, HttpStatusError, ResponseError } from "../shared/errors.js";
import { withoutParameter } from "./url-parameter.js";

/** One step of a chain of redirects. */
export interface Hop {
  readonly method: HttpRequest["method"];
  readonly url: URL;
  /** The request's own headers. */
  readonly headers: Headers;
  readonly body: string | Uint8Array | undefined;
  /** True once the chain has left the allowed origins: only Accept and User-Agent are sent from then on (rule H3). */
  readonly isBare: boolean;
}

/** What a redirect is judged by. */
export interface RedirectRules {
  readonly origins: OriginRules;
  /** Most redirects of one request; 0: none is followed. */
  readonly redirects: number;
  /** Query parameters that hold a credential: not carried to another origin, even if the server repeats them. */
  readonly secretParameters: readonly string[];
  readonly redactUrl: (url: URL) => string;
}

/** The head of an answer, as far as redirects go. */
export interface RedirectAnswer {
  readonly status: number;
  readonly location: string | undefined;
}

const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * The hop that an answer to the last of `chain` redirects to; undefined when it is no redirect. Throws GuardError
 * for one that must not be followed, HttpStatusError or ResponseError for one that leads nowhere.
 */
export function nextHop(
  chain: readonly Hop[],
  answer: RedirectAnswer,
  rules: RedirectRules,
): Hop | undefined {
  const hop = chain.at(-1);
  if (hop === undefined || answer.location === undefined || !REDIRECTS.includes(answer.status))
    return undefined;
  const url = parseLocation(hop, answer.status, answer.location, rules);
  assertWithinLimit(chain, url, answer.status, rules);
  assertFollowable(hop, url, answer.status, rules);

  const keepsMethod = answer.status === 307 || answer.status === 308 || hop.method === "GET";
  const isBare = hop.isBare || !isAllowedOrigin(url, rules.origins);
  const next: Hop = {
    method: keepsMethod ? hop.method : "GET",
    url: isBare ? rules.secretParameters.reduce<URL>(withoutParameter, url) : url,
    headers: keepsMethod ? hop.headers : filterHeaders(hop.headers, (name) => !name.startsWith("content-")),
    body: keepsMethod ? hop.body : undefined,
    isBare,
  };
  assertNoLoop(chain, next, rules);
  return next;
}

function parseLocation(hop: Hop, status: number, location: string, rules: RedirectRules): URL {
  if (!URL.canParse(location, hop.url.href)) {
    throw new HttpStatusError(
      `${describe(hop, rules)} answered ${String(status)} with a Location that is no URL`,
      status,
      {
        hint: "The server sends a broken redirect; ask for the address it should lead to.",
        context: { status },
      },
    );
  }
  const url = new URL(location, hop.url);
  url.hash = "";
  return url;
}

function assertWithinLimit(chain: readonly Hop[], url: URL, status: number, rules: RedirectRules): void {
  if (chain.length <= rules.redirects) return;
  const [first, last] = [chain[0], chain.at(-1)];
  if (first === undefined || last === undefined) return;
  const message =
    rules.redirects === 0
      ? `${describe(last, rules)} answered ${String(status)} and redirects to ${rules.redactUrl(url)}, but redirects is 0`
      : `${describe(first, rules)} was redirected more than ${String(rules.redirects)} times, last to ${rules.redactUrl(url)}`;
  throw new HttpStatusError(message, status, {
    hint: "Ask for the final address, or raise redirects.",
    context: { status, url: rules.redactUrl(last.url), method: last.method },
  });
}

function assertFollowable(hop: Hop, url: URL, status: number, rules: RedirectRules): void {
  const refuse = (why: string, hint: string): never => {
    throw new GuardError(`${describe(hop, rules)} redirects to ${rules.redactUrl(url)}, ${why}`, {
      hint,
      context: { status, url: rules.redactUrl(hop.url), method: hop.method },
    });
  };
  if (!isHttp(url)) refuse("which is neither http nor https", "Check the address that is asked for.");
  if (hop.url.protocol === "https:" && url.protocol === "http:") {
    refuse("from https to http, which is not followed", "Ask for the https address that holds the data.");
  }
  const carriesBody = (status === 307 || status === 308) && hop.body !== undefined;
  if (carriesBody && !isAllowedOrigin(url, rules.origins)) {
    refuse(
      "which would send the request's body to another origin",
      `If this origin belongs to the API, add "${url.origin}" to allowed_origins.`,
    );
  }
}

function assertNoLoop(chain: readonly Hop[], next: Hop, rules: RedirectRules): void {
  const last = chain.at(-1);
  const isKnown = chain.some((hop) => hop.url.href === next.url.href && hop.method === next.method);
  if (!isKnown || last === undefined) return;
  throw new ResponseError(
    `${describe(last, rules)} redirects back to ${rules.redactUrl(next.url)}: the redirects go in a loop`,
    {
      hint: "Some servers do this to requests without the right credentials or cookies; check auth and headers.",
      context: { url: rules.redactUrl(last.url), method: last.method },
    },
  );
}

function describe(hop: Hop, rules: RedirectRules): string {
  return `${hop.method} ${rules.redactUrl(hop.url)}`;
}
