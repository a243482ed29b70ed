import type { HttpClient } from "../../http/client.js";
import type { RestResourceConfig } from "../../model/rest-config.js";
import type { ReadContext, RecordSink, Resource } from "../../model/source.js";
import { isDangoError } from "../../shared/errors.js";
import type { FunctionLookup } from "../../model/user-function.js";
import { createPaginator } from "./create-paginator.js";
import { describeChildRequest } from "./describe-child-request.js";
import { readParentValues } from "./parent-values.js";
import { readPages } from "./read-pages.js";
import { readSlices } from "./read-slices.js";
import { createRequestTemplate, type RequestTemplate } from "./request-template.js";
import type { ResponseDecider } from "./response-actions.js";
import { createRestChain, type ChainParts } from "./rest-chain.js";
import { createChildSlices, createSlice, listSlices, lookUpIn, type Slice } from "./slices.js";

/** What a resource is given beside its configuration. */
export interface ResourceTools {
  /** Called when the first request is near. */
  readonly openClient: () => HttpClient;
  readonly decide: ResponseDecider | undefined;
  /** Gives the functions of custom slots. */
  readonly functions: FunctionLookup;
}

/** Makes one resource ready to be read. */
export function createRestResource(
  source: string,
  config: RestResourceConfig,
  { openClient, decide, functions }: ResourceTools,
): Resource {
  const template = createTemplate(source, config);
  const { parent } = config;
  return {
    options: config.options,
    maxRecordBytes: config.client.maxRecordBytes,
    isSelected: config.selected,
    ...(parent === undefined
      ? {}
      : { parent: parent.resource, isIncrementalDependency: parent.isIncrementalDependency }),
    async read(context) {
      const parts: ChainParts = {
        source,
        config,
        template,
        client: openClient(),
        context,
        decide,
        functions,
        ignored: new Map(),
      };
      warnOfBodyWithGet(source, config, context);
      const progress: ReadingProgress = { pages: 0, bytes: 0, paginators: new Set() };
      try {
        const slices = listSlices(await listParentSlices(parts));
        const { concurrency } = config.client;
        await readSlices(slices, { concurrency, records: context.records }, (slice, records, isStopped) =>
          readChain(parts, { slice, records, isStopped }, progress),
        );
      } finally {
        tellIgnored(parts);
      }
      return { paginator: progress.paginators.size === 0 ? null : [...progress.paginators].join(", ") };
    },
    describeFirstRequest(context) {
      const step = createPaginator(config.endpoint.paginator, functions).first();
      const slice = createSlice(context.incremental);
      if (parent !== undefined) {
        const redact = (url: URL): string => openClient().redactUrl(url);
        return describeChildRequest(parent, (lookUpParent) => {
          const { method, url } = template.build(step, lookUpIn({ ...slice, lookUpParent }));
          return `${method} ${redact(url)}`;
        });
      }
      const request = template.build(step, lookUpIn(slice));
      return `${request.method} ${openClient().redactUrl(request.url)}`;
    },
  };
}

/** One slice for each combination of the parent's values; just one, if there is no parent. */
async function listParentSlices({ source, config, context }: ChainParts): Promise<Iterable<Slice>> {
  const { parent, options } = config;
  if (parent === undefined) return [createSlice(context.incremental)];
  if (context.parent === undefined)
    throw new Error(`${options.name} was given no records of ${parent.resource}`);
  const name = `${source}.${options.name}`;
  const { slices, skipped } = await readParentValues(parent, context.parent, {
    name,
    signal: context.signal,
  });
  if (skipped > 0) {
    const records = skipped === 1 ? "1 record" : `${String(skipped)} records`;
    const message = `${records} of the parent ${parent.resource} left out: the fields needed for a request are missing or have no value`;
    context.emit({ event: "notice", level: "warning", source, resource: options.name, message });
  }
  return createChildSlices(parent, slices, context.incremental);
}

/** How far the reading of a resource is, over all of its chains. */
interface ReadingProgress {
  pages: number;
  bytes: number;
  /** In words; `auto` may have chosen more than one. */
  readonly paginators: Set<string>;
}

/** Reads one chain into its lane, and tells how far the resource is after each page. */
async function readChain(
  parts: ChainParts,
  place: {
    readonly slice: Slice;
    readonly records: Pick<RecordSink, "writeBody">;
    readonly isStopped: () => boolean;
  },
  progress: ReadingProgress,
): Promise<void> {
  const { source, config, context } = parts;
  const chain = createRestChain(parts, place.slice, place.records);
  try {
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
      if (context.records.isFull || place.isStopped()) break;
    }
  } catch (error) {
    throw withLabel(error, place.slice.label);
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

/** The error of a child names its parent's record. */
function withLabel(error: unknown, label: string | undefined): unknown {
  if (label !== undefined && isDangoError(error) && !error.message.includes(label))
    error.message = `${error.message} (for ${label})`;
  return error;
}

function createTemplate(
  source: string,
  { client, endpoint, options, parent }: RestResourceConfig,
): RequestTemplate {
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
    parentNames: new Set(parent?.fields.map(({ placeholder }) => placeholder)),
    name: `${source}.${options.name}`,
  });
}
