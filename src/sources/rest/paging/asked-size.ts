import type { RequestParts } from "../requests/request-parts.js";
import { isObject } from "../value-path.js";

/** The page size that a request's own parameters, or the top of its JSON body, ask for. */
export function readAskedSize(request: RequestParts): number | undefined {
  return readAsked(
    request,
    /^(?:limit|perpage|pagesize|pagelimit|size|count|first|top|max|maxresults|maxitems|rows|take)$/,
  );
}

/** The first whole number that a request sends under such a name (lower case, letters and digits only). */
export function readAsked(request: RequestParts, names: RegExp): number | undefined {
  const body = isObject(request.json) ? Object.entries(request.json) : [];
  for (const [name, value] of [...request.url.searchParams, ...body]) {
    if (!names.test(name.toLowerCase().replace(/[^a-z0-9]/g, ""))) continue;
    const isWhole = typeof value === "number" ? Number.isSafeInteger(value) : /^\d+$/.test(String(value));
    if (isWhole) return Number(value);
  }
  return undefined;
}

/** The name under which {@link readAsked} finds its number, as spelled in the query. */
export function findAskedName(request: RequestParts, names: RegExp): string | undefined {
  return [...request.url.searchParams.keys()].find((name) =>
    names.test(name.toLowerCase().replace(/[^a-z0-9]/g, "")),
  );
}
