import { isAllowedOrigin, isHttp, type OriginRules } from "../../../http/origin.js";
import type { PageStuck } from "./paginator.js";
import { showValue } from "../show-value.js";

/**
 * A next link as a URL, or why it is not followed (rule H3). Relative links start from the page that they stood on;
 * with `rewriteLinks` all keep the base URL's origin.
 */
export function resolveNextLink(link: string, current: URL, origins: OriginRules): URL | PageStuck {
  if (!URL.canParse(link, current.href)) {
    return {
      kind: "stuck",
      problem: `the next link ${showValue(link)} is no URL`,
      hint: "Let the paginator's path name a URL; for a token, use the cursor paginator.",
    };
  }
  const url = withBaseOrigin(new URL(link, current), origins);
  url.hash = "";
  if (!isHttp(url)) {
    return {
      kind: "stuck",
      problem: `the next link has the scheme ${showValue(url.protocol.slice(0, -1))}: only http and https are followed`,
      hint: "Check that the paginator's path names the link to the next page.",
    };
  }
  if (isAllowedOrigin(url, origins)) return url;
  return {
    kind: "stuck",
    problem: `the next link leads to ${url.origin}, another origin than base_url's ${new URL(origins.baseUrl).origin}`,
    hint: `Credentials go to no other origin. If this one belongs to the API, add "${url.origin}" to allowed_origins.`,
  };
}

/** For servers behind a proxy that write their own host, or http, into their links. */
function withBaseOrigin(url: URL, { baseUrl, rewriteLinks }: OriginRules): URL {
  if (rewriteLinks !== true || !isHttp(url)) return url;
  return new URL(`${new URL(baseUrl).origin}${url.pathname}${url.search}`);
}
