import type { ParamValue, RestClientConfig } from "../../model/rest-config.js";
import { nearestName } from "../../config/nearest.js";
import { UserCodeError } from "../../shared/errors.js";
import type { RequestSpec } from "../rest/requests/request-template.js";
import { isPaginatorChoice } from "./paginators.js";
import type { PaginateSettings, ParamItem, Params } from "./rest-client-settings.js";

/**
 * A module's request in the form of the declarative sources. Braces in it are text: nothing is a placeholder here.
 * Throws UserCodeError for parameters that a query cannot hold.
 */
export function createRequestSpec(
  place: { readonly client: RestClientConfig; readonly path: string; readonly name: string },
  method: "GET" | "POST",
  settings: Pick<PaginateSettings, "params" | "json" | "headers">,
): RequestSpec {
  return {
    baseUrl: place.client.baseUrl,
    path: escapeBraces(place.path),
    method,
    params: toParams(settings.params ?? {}, place.path),
    json: escapeStrings(settings.json),
    headers: Object.fromEntries(
      Object.entries(settings.headers ?? {}).map(([name, value]) => [name, escapeBraces(value)]),
    ),
    inheritedHeaders: place.client.headers,
    name: place.name,
  };
}

const REQUEST_KEYS = {
  get: ["params", "headers"],
  post: ["params", "headers", "json"],
  paginate: ["params", "headers", "json", "method", "paginator", "dataSelector", "maxPages"],
} as const;

/** Modules run unchecked by a compiler; an option that is none would be ignored in silence. */
export function checkRequestKeys(method: keyof typeof REQUEST_KEYS, settings: object): void {
  const known: readonly string[] = REQUEST_KEYS[method];
  const unknown = Object.keys(settings).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    const nearest = nearestName(unknown, known);
    throw new UserCodeError(`RestClient.${method} has no option "${unknown}"`, "run", {
      hint: nearest === undefined ? `It has ${known.join(", ")}.` : `Did you mean "${nearest}"?`,
    });
  }
  if (!("paginator" in settings) || settings.paginator === undefined) return;
  if (isPaginatorChoice(settings.paginator)) return;
  throw new UserCodeError("The paginator given to RestClient.paginate is none", "run", {
    hint: "Make it with paginators, such as paginators.pageNumber().",
  });
}

function toParams(params: Params, path: string): Record<string, ParamValue> {
  const plain: Record<string, ParamValue> = {};
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === null) continue;
    plain[name] = isList(value) ? value.map((item) => toText(item, name, path)) : toText(value, name, path);
  }
  return plain;
}

function isList(value: ParamItem | readonly ParamItem[]): value is readonly ParamItem[] {
  return Array.isArray(value);
}

function toText(value: unknown, name: string, path: string): string | number | bigint | boolean {
  if (typeof value === "string") return escapeBraces(value);
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return value;
  if (value instanceof Date) return value.toISOString();
  throw new UserCodeError(`The query parameter "${name}" of ${path} is ${describe(value)}`, "run", {
    hint: "A query holds text, numbers, booleans, dates and lists of them; send objects as json with post.",
  });
}

function describe(value: unknown): string {
  if (value === null) return "null, inside of a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Doubled braces are literal ones. */
function escapeBraces(text: string): string {
  return text.replace(/[{}]/g, (brace) => brace + brace);
}

function escapeStrings(value: unknown): unknown {
  if (typeof value === "string") return escapeBraces(value);
  if (Array.isArray(value)) return value.map(escapeStrings);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, escapeStrings(member)]));
}
