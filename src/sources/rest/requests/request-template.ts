import { stringifyRecord } from "../../../json/write-lossless.js";
import { mergeHeaders } from "../../../http/merge-headers.js";
import { withParameter } from "../../../http/url-parameter.js";
import type { GraphqlConfig, ParamValue, RequestData } from "../../../model/rest-config.js";
import { ConfigError, DataError } from "../../../shared/errors.js";
import { isAbsoluteUrl, joinUrl } from "./join-url.js";
import { assignToBody, compileBody, type BodyTemplate } from "./body-template.js";
import { compileJson, type JsonTemplate } from "./json-template.js";
import type { PageStep, TokenAssignment } from "../paging/paginator.js";
import { percentEncode } from "./percent-encode.js";
import { parsePlaceholders, placeholderNames, renderText, renderTyped } from "./placeholder-text.js";
import type { Placeholder, PlaceholderLookup, PlaceholderText } from "./placeholder-text.js";
import { showValue } from "../show-value.js";
import type { RequestParts } from "./request-parts.js";

/** An endpoint's request as configured, placeholders not yet replaced. */
export interface RequestSpec {
  readonly baseUrl: string;
  readonly path: string;
  readonly method: "GET" | "POST";
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly json: unknown;
  readonly data?: RequestData | undefined;
  readonly graphql?: GraphqlConfig | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that the HTTP client sends with every request: a Content-Type among them is not replaced. */
  readonly inheritedHeaders: Readonly<Record<string, string>>;
  /** The `resources.…` placeholders that have values. */
  readonly parentNames?: ReadonlySet<string>;
  /** For messages: `my_api.orders`. */
  readonly name: string;
}

/** Builds the requests of a chain. */
export interface RequestTemplate {
  /**
   * One request: the endpoint's own parts with their placeholders filled in, then what the paginator adds. A `link`
   * replaces the URL with its parameters. Throws DataError when a placeholder in the path has no value.
   */
  build(step: PageStep, lookup: PlaceholderLookup, link?: URL): RequestParts;
}

/** Splits a request at its placeholders; throws ConfigError for one that does not exist. */
export function createRequestTemplate(spec: RequestSpec): RequestTemplate {
  const path = parsePlaceholders(spec.path);
  const params = new Map(Object.entries(spec.params).map(([name, value]) => [name, compileParam(value)]));
  const bound = new Map<string, CompiledParam>();
  for (const name of placeholderNames(path)) {
    const param = params.get(name);
    if (param !== undefined) bound.set(name, param);
  }
  for (const name of bound.keys()) params.delete(name);
  const body = compileBody(spec);
  const headers = Object.entries(spec.headers).map(
    ([name, value]) => [name, parsePlaceholders(value)] as const,
  );
  checkNames(
    spec,
    "path",
    placeholderNames(path).filter((name) => !bound.has(name)),
  );
  checkNames(spec, "params", [...params.values(), ...bound.values()].flatMap(paramNames));
  checkNames(spec, body.place, body.names);
  checkNames(
    spec,
    "headers",
    headers.flatMap(([, text]) => placeholderNames(text)),
  );
  if (isAbsoluteUrl(spec.path) && /^https?:\/\/[^/?#]*\{/i.test(spec.path)) {
    throw new ConfigError([
      { message: `${spec.name}: a placeholder cannot stand in the host of path "${spec.path}"` },
    ]);
  }
  return {
    build(step, given, link) {
      const lookup: PlaceholderLookup = (name) => readPageValue(step, name) ?? given(name);
      const withBound: PlaceholderLookup = (name) => {
        const param = bound.get(name);
        return param === undefined ? lookup(name) : renderParam(param, lookup)[0];
      };
      const url = link ?? withParams(buildUrl(spec, path, withBound), params, lookup);
      const own: Record<string, string> = {};
      for (const [name, text] of headers) {
        const value = renderText(text, lookup);
        if (value !== undefined) own[name] = value;
      }
      const bare = { method: spec.method, url, headers: own, ...body.render(lookup) };
      return withContentType(step.tokens.reduce(assignToken, bare), body, spec);
    },
  };
}

/** A parameter's values, of which several repeat the key; or one that is sent as compact JSON (rule B5). */
type CompiledParam = readonly PlaceholderText[] | { readonly json: JsonTemplate };

const KNOWN_NAMES = new Set([
  ...["start_value", "initial_value", "last_value", "end_value", "lag"].map((name) => `incremental.${name}`),
  ...["page", "offset", "size", "cursor"].map((name) => `paginator.${name}`),
]);

function checkNames(spec: RequestSpec, place: string, names: readonly string[]): void {
  const isKnown = (name: string): boolean => KNOWN_NAMES.has(name) || spec.parentNames?.has(name) === true;
  const unknown = names.find((name) => !isKnown(name));
  if (unknown === undefined) return;
  throw new ConfigError([
    {
      message: `${spec.name}: there is no placeholder {${unknown}} in ${place}`,
      hint: `Known are ${[...KNOWN_NAMES].map((name) => `{${name}}`).join(", ")}; write {{ and }} for literal braces.`,
    },
  ]);
}

function readPageValue(step: PageStep, name: string): string | number | bigint | undefined {
  if (!name.startsWith("paginator.")) return undefined;
  return step.values[name.slice("paginator.".length) as keyof PageStep["values"]];
}

function compileParam(value: ParamValue): CompiledParam {
  if (value === null) return [];
  if (typeof value === "object" && "type" in value) return { json: compileJson(value.value) };
  const values = typeof value === "object" ? value : [value];
  return values.map((item) => (typeof item === "string" ? parsePlaceholders(item) : [String(item)]));
}

function paramNames(param: CompiledParam): readonly string[] {
  return "json" in param ? param.json.names : param.flatMap(placeholderNames);
}

function renderParam(param: CompiledParam, lookup: PlaceholderLookup): string[] {
  if ("json" in param) {
    const value = param.json.render(lookup);
    return value === null || value === undefined ? [] : [stringifyRecord(value)];
  }
  return param.flatMap((text) => {
    const value = text.length === 0 ? "" : renderTyped(text, lookup);
    return value === null || value === undefined ? [] : [String(value)];
  });
}

function buildUrl(spec: RequestSpec, path: PlaceholderText, lookup: PlaceholderLookup): URL {
  for (const part of path) {
    if (typeof part === "string") continue;
    const value = lookup(part.name);
    if (isPathValue(value, part)) continue;
    const shown = value === null || value === undefined ? "no value" : `the value ${showValue(value)}`;
    throw new DataError(
      `${spec.name}: the placeholder {${part.name}} in the path "${spec.path}" has ${shown}`,
      {
        hint: part.name.startsWith("resources.")
          ? "A path needs a value that stays within it; correct the placeholder, or leave such records out of the parent."
          : "A path needs a value at every request; give an initial value, or use the placeholder in params.",
      },
    );
  }
  const own = renderText(path, lookup, encodeInPath) ?? "";
  const isLeaving = own.split(/[?#]/, 1)[0]?.split("/").some(isDotSegment) === true;
  if (isLeaving && !spec.path.split("/").some(isDotSegment)) {
    throw new DataError(`${spec.name}: the path "${spec.path}" becomes "${own}", which leads out of it`, {
      hint: "A path's values may not make segments of dots alone.",
    });
  }
  const text = joinUrl(spec.baseUrl, own);
  if (!URL.canParse(text)) {
    throw new ConfigError([{ message: `${spec.name}: base_url and path make no URL: "${text}"` }]);
  }
  return new URL(text);
}

/** Rule B5: a value is there, and does not lead out of the path as it is configured. */
function isPathValue(value: ReturnType<PlaceholderLookup>, { isReserved }: Placeholder): boolean {
  if (value === null || value === undefined || value === "") return false;
  const segments = isReserved === true ? String(value).split("/") : [String(value)];
  return !segments.some(isDotSegment);
}

function isDotSegment(segment: string): boolean {
  return segment === "." || segment === "..";
}

function encodeInPath(value: string, { isReserved }: Placeholder): string {
  return isReserved === true ? value.split("/").map(percentEncode).join("/") : percentEncode(value);
}

function withParams(url: URL, params: ReadonlyMap<string, CompiledParam>, lookup: PlaceholderLookup): URL {
  const added = [...params].flatMap(([name, param]) =>
    renderParam(param, lookup).map((value) => `${percentEncode(name)}=${percentEncode(value)}`),
  );
  const query = [url.search.slice(1), ...added].filter((part) => part !== "");
  const result = new URL(url);
  result.search = query.join("&");
  return result;
}

function withContentType(
  request: RequestParts,
  body: BodyTemplate,
  { inheritedHeaders }: RequestSpec,
): RequestParts {
  const names = [...Object.keys(inheritedHeaders), ...Object.keys(request.headers)];
  // A paginator may be the first to put something into the body.
  const type = body.contentType ?? (request.json === undefined ? undefined : "application/json");
  if (type === undefined || names.some((name) => name.toLowerCase() === "content-type")) return request;
  return { ...request, headers: mergeHeaders({ "Content-Type": type }, request.headers) };
}

function assignToken(request: RequestParts, { target, value }: TokenAssignment): RequestParts {
  switch (target.in) {
    case "query":
      return { ...request, url: withParameter(request.url, target.name, showToken(value)) };
    case "header":
      return { ...request, headers: mergeHeaders(request.headers, { [target.name]: showToken(value) }) };
    case "body":
      return { ...request, ...assignToBody(request, target.path, value) };
    case "placeholder":
      return request;
  }
}

function showToken(value: TokenAssignment["value"]): string {
  return typeof value === "object" ? stringifyRecord(value) : String(value);
}
