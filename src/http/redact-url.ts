import type { Redactor } from "../shared/redact.js";

/** Words in a parameter's name that make its value a secret (rule S1). */
const SENSITIVE =
  /^(key|apikey|accesskey|token|accesstoken|secret|password|passwd|pwd|auth|authorization|signature|sig|session|sessionid|credential|credentials)$/;
/** A `token` beside one of these asks for a page and is no secret. */
const PAGING = /^(page|paging|pagination|next|prev|previous|continuation|resumption|sync|delta|cursor)$/;

/**
 * Makes URLs fit for messages: values of parameters with a sensitive name, of those in `secretParameters` and of
 * every known secret become `***`; user info and fragment are left out. The rest stays as it is sent. The list of
 * parameters is read anew each time.
 */
export function createUrlRedactor(
  redactor: Redactor,
  secretParameters: readonly string[] = [],
): (url: URL) => string {
  return (url) => {
    const query = url.search.replace(/^\?/, "");
    const parameters = query.split("&").map((parameter) => mask(parameter, secretParameters));
    const search = query === "" ? "" : `?${parameters.join("&")}`;
    return redactor.redact(`${url.protocol}//${url.host}${url.pathname}${search}`);
  };
}

/** True for a parameter or field name that promises a secret: `api_key`, `accessToken`, `X-Signature`. */
export function isSensitiveName(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/);
  const hits = words.filter((word) => SENSITIVE.test(word));
  const isPaging = hits.every((word) => word === "token") && words.some((word) => PAGING.test(word));
  return hits.length > 0 && !isPaging;
}

function mask(parameter: string, named: readonly string[]): string {
  const equals = parameter.indexOf("=");
  if (equals < 0) return parameter;
  const name = decode(parameter.slice(0, equals));
  return named.includes(name) || isSensitiveName(name) ? `${parameter.slice(0, equals)}=***` : parameter;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
