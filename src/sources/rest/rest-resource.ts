import { checkJsonBody } from "../../extract/check-json-body.js";
import type { HttpClient } from "../../http/client.js";
import { readHeader } from "../../http/merge-headers.js";
import type { ParamValue, RestResourceConfig } from "../../model/rest-config.js";
import type { IncrementalBounds, PageRecords, ReadContext, Resource } from "../../model/source.js";
import { createPaginator } from "./create-paginator.js";
import type { PageChain } from "./page-chain.js";
import type { PlaceholderLookup } from "./placeholder-text.js";
import { readPages } from "./read-pages.js";
import { createRequestTemplate, type RequestTemplate } from "./request-template.js";

/** Makes one resource ready to be read. `openClient` is called when the first request is near. */
export function createRestResource(
  source: string,
  config: RestResourceConfig,
  openClient: () => HttpClient,
): Resource {
  const template = createTemplate(source, config);
  return {
    options: config.options,
    maxRecordBytes: config.client.maxRecordBytes,
    async read(context) {
      const chain = createChain({ source, config, template, client: openClient(), context });
      await readChain(chain, { source, resource: config.options.name, context });
      return { paginator: chain.paginator.describe() };
    },
    describeFirstRequest(context) {
      const step = createPaginator(config.endpoint.paginator).first();
      const request = template.build(step, lookUpBounds(context.incremental));
      return `${request.method} ${openClient().redactUrl(request.url)}`;
    },
  };
}

/** Reads one chain into the sink, and tells how far it is after each page. */
async function readChain(
  chain: PageChain<PageRecords>,
  { source, resource, context }: { source: string; resource: string; context: ReadContext },
): Promise<void> {
  let bytes = 0;
  for await (const { number, response } of readPages(chain)) {
    bytes += response.body.length;
    context.emit({
      event: "progress",
      source,
      resource,
      rows: context.records.rows,
      pages: number,
      requests: number,
      bytes,
    });
    if (context.records.isFull) return;
  }
}

interface ChainParts {
  readonly source: string;
  readonly config: RestResourceConfig;
  readonly template: RequestTemplate;
  readonly client: HttpClient;
  readonly context: ReadContext;
}

function createChain({ source, config, template, client, context }: ChainParts): PageChain<PageRecords> {
  const { endpoint, options } = config;
  const { records, signal, emit } = context;
  const resource = options.name;
  const lookUp = lookUpBounds(context.incremental);
  return {
    name: `${source}.${resource}`,
    paginator: createPaginator(endpoint.paginator),
    origins: config.client,
    maxPages: endpoint.maxPages,
    hasKey: options.primaryKey.length > 0 || options.mergeKey.length > 0,
    build: (step, link) => template.build(step, lookUp, link),
    send: (request) =>
      client.send(
        {
          ...request,
          acceptBody: ({ body, headers }) => checkJsonBody(body, readHeader(headers, "content-type")),
        },
        { source, resource, signal, emit },
      ),
    read: (response, place) =>
      records.writeBody(
        response.body,
        {
          selector: endpoint.dataSelector,
          emptyWhenMissing: endpoint.emptyWhenSelectorMissing,
          chosen: place.chosen,
          singleEntity: false,
          ...(place.omit === undefined ? {} : { omit: place.omit }),
        },
        {
          number: place.number,
          url: client.redactUrl(response.url),
          status: response.status,
          contentType: readHeader(response.headers, "content-type"),
          ...(place.knownKeys === undefined ? {} : { knownKeys: place.knownKeys }),
        },
      ),
    notify: ({ level, message }) => {
      emit({ event: "notice", level, source, resource, message });
    },
    redactUrl: (url) => client.redactUrl(url),
  };
}

function createTemplate(source: string, { client, endpoint, options }: RestResourceConfig): RequestTemplate {
  const { startParam, endParam } = options.incremental ?? {};
  const params: Record<string, ParamValue> = { ...endpoint.params };
  if (startParam !== undefined) params[startParam] = "{incremental.start_value}";
  if (endParam !== undefined) params[endParam] = "{incremental.end_value}";
  return createRequestTemplate({
    baseUrl: client.baseUrl,
    path: endpoint.path,
    method: endpoint.method,
    params,
    json: endpoint.json,
    headers: endpoint.headers,
    inheritedHeaders: client.headers,
    name: `${source}.${options.name}`,
  });
}

function lookUpBounds(bounds: IncrementalBounds | undefined): PlaceholderLookup {
  return (name) => {
    switch (name) {
      case "incremental.start_value":
        return bounds?.startValue;
      case "incremental.initial_value":
        return bounds?.initialValue;
      case "incremental.last_value":
        return bounds?.lastValue;
      case "incremental.end_value":
        return bounds?.endValue;
      default:
        return undefined;
    }
  };
}
