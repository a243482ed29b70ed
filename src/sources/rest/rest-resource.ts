import type { HttpClient } from "../../http/client.js";
import type { RestResourceConfig } from "../../model/rest-config.js";
import type { ReadContext, Resource } from "../../model/source.js";
import { createPaginator } from "./create-paginator.js";
import { readPages } from "./read-pages.js";
import { createRequestTemplate, type RequestTemplate } from "./request-template.js";
import type { ResponseDecider } from "./response-actions.js";
import { createRestChain, type ChainParts } from "./rest-chain.js";
import { createSlice, listSlices, lookUpIn, type Slice } from "./slices.js";

/** What a resource is given beside its configuration. */
export interface ResourceTools {
  /** Called when the first request is near. */
  readonly openClient: () => HttpClient;
  readonly decide: ResponseDecider | undefined;
}

/** Makes one resource ready to be read. */
export function createRestResource(
  source: string,
  config: RestResourceConfig,
  { openClient, decide }: ResourceTools,
): Resource {
  const template = createTemplate(source, config);
  return {
    options: config.options,
    maxRecordBytes: config.client.maxRecordBytes,
    async read(context) {
      const parts: ChainParts = {
        source,
        config,
        template,
        client: openClient(),
        context,
        decide,
        ignored: new Map(),
      };
      warnOfBodyWithGet(source, config, context);
      const progress: ReadingProgress = { pages: 0, bytes: 0, paginators: new Set() };
      try {
        for (const slice of listSlices([createSlice(context.incremental)])) {
          await readChain(parts, slice, progress);
          if (context.records.isFull) break;
        }
      } finally {
        tellIgnored(parts);
      }
      return { paginator: [...progress.paginators].join(", ") };
    },
    describeFirstRequest(context) {
      const step = createPaginator(config.endpoint.paginator).first();
      const request = template.build(step, lookUpIn(createSlice(context.incremental)));
      return `${request.method} ${openClient().redactUrl(request.url)}`;
    },
  };
}

/** How far the reading of a resource is, over all of its chains. */
interface ReadingProgress {
  pages: number;
  bytes: number;
  /** In words; `auto` may have chosen more than one. */
  readonly paginators: Set<string>;
}

/** Reads one chain into the sink, and tells how far the resource is after each page. */
async function readChain(parts: ChainParts, slice: Slice, progress: ReadingProgress): Promise<void> {
  const { source, config, context } = parts;
  const chain = createRestChain(parts, slice);
  for await (const { response } of readPages(chain)) {
    progress.pages += 1;
    progress.bytes += response.body.length;
    context.emit({
      event: "progress",
      source,
      resource: config.options.name,
      rows: context.records.rows,
      pages: progress.pages,
      requests: progress.pages,
      bytes: progress.bytes,
    });
    if (context.records.isFull) break;
  }
  progress.paginators.add(chain.paginator.describe());
}

/** As in dlt, GET stays GET where no method is given; many servers ignore its body, and with it what it asks for. */
function warnOfBodyWithGet(
  source: string,
  { endpoint, options }: RestResourceConfig,
  { emit }: ReadContext,
): void {
  const { isMethodDefault, json, data } = endpoint;
  if (isMethodDefault !== true || (json === undefined && data === undefined)) return;
  emit({
    event: "notice",
    level: "warning",
    source,
    resource: options.name,
    message:
      "sends a body with GET, which many servers ignore: set method: POST, or method: GET if the API reads it",
  });
}

/** What is left out is said: how many answers, and with which status. */
function tellIgnored({ source, config, context, ignored }: ChainParts): void {
  if (ignored.size === 0) return;
  const counts = [...ignored].map(([status, count]) => `${String(count)} with ${String(status)}`);
  const message = `response_actions ignored answers: ${counts.join(", ")}`;
  context.emit({ event: "notice", level: "info", source, resource: config.options.name, message });
}

function createTemplate(source: string, { client, endpoint, options }: RestResourceConfig): RequestTemplate {
  const { startParam, endParam } = options.incremental ?? {};
  const bounds: Record<string, string> = {};
  if (startParam !== undefined) bounds[startParam] = "{incremental.start_value}";
  if (endParam !== undefined) bounds[endParam] = "{incremental.end_value}";
  const { graphql } = endpoint;
  return createRequestTemplate({
    baseUrl: client.baseUrl,
    path: endpoint.path,
    method: endpoint.method,
    // What GraphQL is asked with are variables.
    params: graphql === undefined ? { ...endpoint.params, ...bounds } : endpoint.params,
    json: endpoint.json,
    data: endpoint.data,
    graphql: graphql && { ...graphql, variables: { ...graphql.variables, ...bounds } },
    headers: endpoint.headers,
    inheritedHeaders: client.headers,
    name: `${source}.${options.name}`,
  });
}
