import type { IncrementalOptions } from "../../model/resource.js";
import type {
  EndpointConfig,
  PaginatorConfig,
  RestClientConfig,
  RestResourceConfig,
} from "../../model/rest-config.js";
import { resolveClient, resolveRateLimit } from "./client-config.js";
import { resolveHeaders } from "./request-headers.js";
import type { ConfigPath } from "../config-path.js";
import type { FlatClient, FlatKeys, FlatResource } from "./flat-keys.js";
import { resolveIncremental } from "./incremental-config.js";
import { resolveFunction } from "../custom-function.js";
import { pageInfoPaginator, resolvePaginator } from "./paginator-config.js";
import type { PaginatorContext } from "./paginator-keys.js";
import { fitRequests } from "./incremental-requests.js";
import { readPlaceholders } from "./endpoint-placeholders.js";
import { isEntityPath } from "./entity-path.js";
import type { DraftResource } from "./parent-config.js";
import type { FoundPlaceholder } from "./placeholders.js";
import { resolveRecordConfig } from "./record-config.js";
import { resolveProcessingSteps } from "./processing-steps.js";
import { defaultGraphqlPath, resolveBody, type ResolvedBody } from "./request-body.js";
import { resolveResponseActions } from "./response-actions-config.js";
import { resolveResourceOptions } from "./resource-options.js";
import type { PaginatorInput } from "../schema/schema-paginator.js";
import { CLIENT_OVERRIDE_KEYS } from "../schema/schema-client.js";
import { isIncrementalParam, resolveParams } from "./request-params.js";
import type { KeyPlace, SourceContext } from "../source-context.js";

/**
 * One resource with the client's settings and `resource_defaults` merged in, not yet connected with its parent; `flat`
 * holds its own keys over the defaults.
 */
export function resolveRestResource(
  name: string,
  flat: FlatKeys<FlatResource>,
  client: FlatKeys<FlatClient>,
  place: { readonly path: ConfigPath; readonly context: SourceContext },
): DraftResource {
  const { context } = place;
  const { values } = flat;
  const declared = findIncremental(flat, context);
  const params = resolveParams(values.params ?? {});
  const headers = resolveHeaders(values.headers);
  const body = resolveBody(flat, context);
  const path =
    values.path ?? (body.graphql === undefined ? name : defaultGraphqlPath(client.values.base_url));
  const found = readPlaceholders(
    flat,
    { params, headers, body, hasIncremental: declared !== undefined },
    context.issues,
  );
  const isEntity = isEntityPath(path, params);
  const paginator = paginatorOf(flat, isEntity, { client, found: found.all, body, context });
  const dataSelector = values.data_selector ?? undefined;
  const endpoint: EndpointConfig = {
    path,
    method: body.method,
    isMethodDefault: values.method === undefined || values.method === null,
    params,
    json: body.json,
    data: body.data,
    graphql: body.graphql,
    headers,
    paginator,
    ...(values.response_actions === undefined || values.response_actions === null
      ? {}
      : {
          responseActions: resolveResponseActions(
            values.response_actions,
            flat.at("response_actions"),
            context,
          ),
        }),
    ...resolveRecordConfig(flat, context.issues),
    maxPages: values.max_pages ?? client.values.max_pages ?? undefined,
    ...(isEntity && dataSelector === undefined && ["auto", "single_page"].includes(paginator.type)
      ? { isSingleEntity: true }
      : {}),
  };
  const incremental = declared && fitDeclared(declared, found, { paginator, context });
  const config: RestResourceConfig = {
    options: resolveResourceOptions(name, flat, incremental, place),
    selected: values.selected ?? true,
    processingSteps: resolveProcessingSteps(flat, incremental, context),
    client: clientOf(flat, client, path, context),
    endpoint,
    ...(values.records === undefined || values.records === null ? {} : { records: values.records }),
    location: context.file.locate(place.path),
  };
  return { config, flat, path: place.path, uses: found.uses };
}

function fitDeclared(
  { options, path }: DeclaredIncremental,
  { all, uses }: ReturnType<typeof readPlaceholders>,
  { paginator, context }: { readonly paginator: PaginatorConfig; readonly context: SourceContext },
): IncrementalOptions {
  const placeholders = new Set(all.map(({ name }) => name));
  const requests = { placeholders, paginator, isChild: uses.length > 0 };
  return fitRequests(options, requests, { path, issues: context.issues });
}

function clientOf(
  flat: FlatKeys<FlatResource>,
  client: FlatKeys<FlatClient>,
  path: string,
  context: SourceContext,
): RestClientConfig {
  const own = flat.values as Readonly<Record<string, unknown>>;
  const isOwn = (key: string): boolean => own[key] !== undefined && own[key] !== null;
  const overrides = [...CLIENT_OVERRIDE_KEYS, "auth"].filter(isOwn).map((key) => [key, own[key]] as const);
  const merged: Record<string, unknown> = { ...client.values, ...Object.fromEntries(overrides) };
  if (isOwn("retry")) merged["retry"] = { ...client.values.retry, ...flat.values.retry };
  const at: KeyPlace = (key) => (key !== "headers" && isOwn(key) ? flat.at(key) : client.at(key));
  const resolved = resolveClient(merged, at, context);
  // A header of the resource replaces the client's, and null takes it away.
  const replaced = new Set(Object.keys(flat.values.headers ?? {}).map((name) => name.toLowerCase()));
  const headers = Object.entries(resolved.headers).filter(([name]) => !replaced.has(name.toLowerCase()));
  // An absolute path in the configuration makes its origin one that may get credentials (rule H3).
  const absolute = /^https?:\/\/[^/?#{}]+(?=[/?#]|$)/i.exec(path)?.[0];
  const origin = absolute !== undefined && URL.canParse(absolute) ? [new URL(absolute).origin] : [];
  return {
    ...resolved,
    ...withinSource(resolved, client, { ownLimit: isOwn("rate_limit"), ownBound: isOwn("concurrency") }),
    headers: Object.fromEntries(headers),
    allowedOrigins: [...new Set([...resolved.allowedOrigins, ...origin])],
  };
}

/**
 * A bound of a resource that is stricter than the source's holds beside it, a looser one replaces it: what the other
 * resources do counts for an API, whatever one of them is allowed.
 */
function withinSource(
  own: RestClientConfig,
  { values }: FlatKeys<FlatClient>,
  { ownLimit, ownBound }: { readonly ownLimit: boolean; readonly ownBound: boolean },
): Pick<RestClientConfig, "rateLimit" | "sourceConcurrency"> {
  const shared = ownLimit ? resolveRateLimit(values.rate_limit) : [];
  const isWithin = shared.every((limit) =>
    own.rateLimit.some(({ requests, perMs }) => requests / perMs <= limit.requests / limit.perMs),
  );
  return {
    rateLimit: isWithin ? [...own.rateLimit, ...shared] : own.rateLimit,
    ...(ownBound ? { sourceConcurrency: values.concurrency ?? 4 } : {}),
  };
}

/** Where an entity is asked for, the client's paginator does not apply (rule P11). */
function paginatorOf(
  flat: FlatKeys<FlatResource>,
  isEntity: boolean,
  place: {
    readonly client: FlatKeys<FlatClient>;
    readonly found: readonly FoundPlaceholder[];
    readonly body: ResolvedBody;
    readonly context: SourceContext;
  },
): EndpointConfig["paginator"] {
  const { client, found, body, context } = place;
  const own = flat.values.paginator ?? undefined;
  const input = (own ?? (isEntity ? undefined : (client.values.paginator ?? undefined))) as
    PaginatorInput | string | undefined;
  const holder = input === undefined || own !== undefined ? flat : client;
  const resolving: PaginatorContext = {
    path: holder.at("paginator"),
    issues: context.issues,
    resolveFunction: (written, path) => resolveFunction(written, path, context),
    placeholders: new Set(
      found.flatMap(({ name }) => (name.startsWith("paginator.") ? [name.slice("paginator.".length)] : [])),
    ),
    ...(typeof body.data === "string" ? { isTextBody: true } : {}),
  };
  const isAuto =
    input === undefined || input === "auto" || (typeof input === "object" && input.type === "auto");
  return body.graphql !== undefined && isAuto
    ? pageInfoPaginator(body.graphql.query, resolving)
    : resolvePaginator(input, resolving);
}

/** An `incremental` and where it stands. */
interface DeclaredIncremental {
  readonly options: IncrementalOptions;
  readonly path: ConfigPath;
}

function findIncremental(
  flat: FlatKeys<FlatResource>,
  context: SourceContext,
): DeclaredIncremental | undefined {
  const { values, at } = flat;
  const found: DeclaredIncremental[] = [];
  if (values.incremental !== undefined && values.incremental !== null) {
    const path = at("incremental");
    found.push({ path, options: resolveIncremental(values.incremental, { path, context }) });
  }
  for (const [name, value] of Object.entries(values.params ?? {})) {
    if (!isIncrementalParam(value)) continue;
    const path = [...at("params"), name];
    if (found.length > 0) context.issues.add(path, "a resource can have one incremental only", { at: "key" });
    found.push({ path, options: resolveIncremental(value, { path, context, startParam: name }) });
  }
  return found[0];
}
