/**
 * Joins a base URL and a path: exactly one slash between them, the base's own path is kept, a query in either stays
 * as written. An absolute path stands for itself; an empty one is the base URL as written.
 */
export function joinUrl(baseUrl: string, path: string): string {
  if (isAbsoluteUrl(path)) return path;
  const [base, baseQuery] = splitQuery(baseUrl);
  const [own, query] = splitQuery(path);
  const joined = own === "" ? base : `${base.replace(/\/+$/, "")}/${own.replace(/^\/+/, "")}`;
  const queries = [baseQuery, query].filter((part) => part !== undefined && part !== "");
  return queries.length === 0 ? joined : `${joined}?${queries.join("&")}`;
}

/** True for a path that names its own host. */
export function isAbsoluteUrl(path: string): boolean {
  return /^https?:\/\//i.test(path);
}

function splitQuery(url: string): [string, string?] {
  const at = url.indexOf("?");
  return at < 0 ? [url] : [url.slice(0, at), url.slice(at + 1)];
}
