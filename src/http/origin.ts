import { GuardError } from "../shared/errors.js";

/** The origins that credentials may go to; a client's configuration is one of these. */
export interface OriginRules {
  readonly baseUrl: string;
  /** Origins, or URLs whose origins count. */
  readonly allowedOrigins: readonly string[];
  /** Next links keep the base URL's origin, and only their path and query count (rule H3). */
  readonly rewriteLinks?: boolean | undefined;
}

/**
 * True if `url` has the origin (scheme, host, port) of the base URL or of an allowed origin; https on a host
 * that is allowed by http counts as the same (rule H3).
 */
export function isAllowedOrigin(url: URL, rules: OriginRules): boolean {
  return [rules.baseUrl, ...rules.allowedOrigins].some((text) => {
    if (!URL.canParse(text)) return false;
    const trusted = new URL(text);
    if (trusted.origin === url.origin && isHttp(url)) return true;
    return trusted.protocol === "http:" && url.protocol === "https:" && trusted.hostname === url.hostname;
  });
}

/**
 * Throws GuardError unless `url`, taken from a next link or a configuration, is http(s) and of an allowed
 * origin (rule H3).
 */
export function assertSameOrigin(url: URL, rules: OriginRules): void {
  if (!isHttp(url)) {
    throw new GuardError(`A link with "${url.protocol}" is not followed: only http and https are`, {
      hint: "The API sent a link that is no web address; check the paginator's path to the next link.",
    });
  }
  if (isAllowedOrigin(url, rules)) return;
  throw new GuardError(
    `A link leads to ${url.origin}, another origin than base_url's ${new URL(rules.baseUrl).origin}`,
    {
      hint: `Credentials go to no other origin. If this one belongs to the API, add "${url.origin}" to allowed_origins.`,
      context: { origin: url.origin },
    },
  );
}

/** True for the schemes that dango speaks. */
export function isHttp(url: URL): boolean {
  return url.protocol === "http:" || url.protocol === "https:";
}
