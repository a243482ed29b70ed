/** Targets of a `Link` header (RFC 8288) by relation, in lower case; the first one of a relation counts. */
export function parseLinkHeader(header: string | readonly string[] | undefined): ReadonlyMap<string, string> {
  const links = new Map<string, string>();
  if (header === undefined) return links;
  const text = typeof header === "string" ? header : header.join(", ");
  for (const [, target = "", parameters = ""] of text.matchAll(LINK)) {
    for (const [, name = "", quoted, bare] of parameters.matchAll(PARAMETER)) {
      if (name.toLowerCase() !== "rel") continue;
      const relations = (quoted?.replace(/\\(.)/g, "$1") ?? bare ?? "").toLowerCase().trim().split(/\s+/);
      for (const relation of relations) if (!links.has(relation)) links.set(relation, target.trim());
      break;
    }
  }
  return links;
}

const LINK = /<([^>]*)>((?:\s*;\s*[^\s;,=]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,]*))?)*)/g;
const PARAMETER = /;\s*([^\s;,=]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,]*))/g;
