import { watchRowOrder, type RowOrderWatch } from "../../cursor/row-order.js";
import type { HttpClient } from "../../http/client.js";
import { recordLimitsOf } from "../../model/record-limits.js";
import type { RestResourceConfig } from "../../model/rest-config.js";
import type { PageRecords, ReadContext, ReadOutcome, RecordSink, Resource } from "../../model/source.js";
import type { FunctionLookup } from "../../model/user-function.js";
import { isDangoError } from "../../shared/errors.js";
import { createGivenResource } from "./slices/given-resource.js";
import { readGraphqlFields } from "./graphql/graphql-schema.js";
import { createHealthCheck } from "./health-check.js";
import { describeChildRequest } from "./slices/describe-child-request.js";
import { readingEnd } from "./slices/incremental-windows.js";
import { readParentValues } from "./slices/parent-values.js";
import { readPages } from "./paging/read-pages.js";
import { readSlices } from "./slices/read-slices.js";
import { createRequestTemplate, type RequestTemplate } from "./requests/request-template.js";
import type { ResponseDecider } from "./response-actions.js";
import { createRestChain, type ChainParts } from "./rest-chain.js";
import { sendsInBody } from "./requests/sends-in-body.js";
import {
  createChildSlices,
  createSlice,
  listSlices,
  lookUpIn,
  prepareSlice,
  type Slice,
  type SliceRules,
} from "./slices/slices.js";
import { createChainPaginator, readToken } from "./slices/sync-token.js";

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
  if (config.records !== undefined) return createGivenResource(config, config.records);
  const template = createTemplate(source, config);
  const { parent, options } = config;
  const { incremental } = options;
  const rules = { incremental, name: `${source}.${options.name}`, functions };
  return {
    options: config.options,
    ...recordLimitsOf(config.client),
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
      const nowMs = context.clock.now();
      try {
        const slices = listSlices(await listParentSlices(parts), { incremental, nowMs });
        const { concurrency } = config.client;
        await readSlices(
          slices,
          { concurrency, records: context.records },
          async (slice, records, isStopped) => {
            const prepared = await prepareSlice(slice, rules);
            await readChain(parts, { slice: prepared, records, isStopped }, progress);
          },
        );
      } finally {
        tellIgnored(parts);
      }
      return outcomeOf(parts, progress, readingEnd(context.incremental, incremental, nowMs));
    },
    healthCheck: createHealthCheck(source, config, openClient),
    async describeSchema(context) {
      if (config.endpoint.graphql === undefined) return undefined;
      return readGraphqlFields({ source, config, template, client: openClient() }, context);
    },
    describeFirstRequest: (context) => describeFirst({ config, template, rules, openClient }, context),
  };
}

function outcomeOf(
  parts: ChainParts,
  progress: ReadingProgress,
  readUntil: ReadOutcome["readUntil"],
): ReadOutcome {
  const { parent, options } = parts.config;
  if (readUntil !== undefined && parent === undefined && progress.paginators.size === 0)
    tellNothingToAsk(parts);
  // Where reading stopped early, the page with the token was not reached; nothing goes on from there.
  const hasToken = options.incremental?.isToken === true && !parts.context.records.isFull;
  const token = hasToken ? tokenOf(parts, progress) : undefined;
  return {
    paginator: progress.paginators.size === 0 ? null : [...progress.paginators].join(", "),
    ...(readUntil === undefined ? {} : { readUntil }),
    ...(token === undefined ? {} : { token }),
  };
}

async function describeFirst(
  resource: Pick<ChainParts, "config" | "template"> & {
    readonly rules: Omit<SliceRules, "nowMs">;
    readonly openClient: () => HttpClient;
  },
  { incremental: bounds, clock }: Pick<ReadContext, "incremental" | "clock">,
): Promise<string | undefined> {
  const { config, template, rules, openClient } = resource;
  const [first] = listSlices([createSlice(bounds)], { ...rules, nowMs: clock.now() });
  if (first === undefined) return undefined;
  const slice = await prepareSlice(first, rules);
  const step = createChainPaginator(config, slice, rules.functions).first();
  const describe = (one: Slice): string => {
    const { method, url } = template.build(step, lookUpIn(one));
    return `${method} ${openClient().redactUrl(step.link === undefined ? url : new URL(step.link, url))}`;
  };
  if (config.parent === undefined) return describe(slice);
  return describeChildRequest(config.parent, (lookUpParent) => describe({ ...slice, lookUpParent }));
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
  return createChildSlices(parent, slices, context);
}

function tokenOf({ source, config, context }: ChainParts, { last }: ReadingProgress): ReadOutcome["token"] {
  const { name, incremental } = config.options;
  const path = incremental?.cursorPath ?? "";
  return readToken({ name: `${source}.${name}`, path, last, rows: context.records.rows });
}

/** How far the reading of a resource is, over all of its chains. */
interface ReadingProgress {
  pages: number;
  bytes: number;
  /** The page read last. */
  last?: PageRecords;
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
  const watch = watchChain(config, chain.name, place.slice);
  try {
    for await (const { number, response, records } of readPages(chain)) {
      progress.pages += 1;
      progress.last = records;
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
      const nameOf = (index: number): string => `record ${String(index + 1)} of page ${String(number)}`;
      if (watch?.isOver(records.valuesAt?.(watch.keys) ?? [], nameOf) === true) break;
      if (place.isStopped() || (context.records.isFull && context.isProbe !== true)) break;
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
  const { isMethodDefault, json, data, paginator } = endpoint;
  const hasBody = json !== undefined || data !== undefined || sendsInBody(paginator);
  if (isMethodDefault !== true || !hasBody) return;
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

function watchChain(
  { options }: RestResourceConfig,
  name: string,
  { bounds, end }: Slice,
): RowOrderWatch | undefined {
  const { incremental } = options;
  const isWhole = end === undefined || end === incremental?.endValue;
  return watchRowOrder(name, incremental, {
    start: bounds?.startValue ?? null,
    end: end ?? null,
    rangeEnd: isWhole ? (incremental?.rangeEnd ?? "open") : "open",
  });
}

function tellNothingToAsk({ source, config, context }: ChainParts): void {
  const start = String(context.incremental?.startValue ?? "the start");
  context.emit({
    event: "notice",
    level: "info",
    source,
    resource: config.options.name,
    message: `nothing was requested: the interval from ${start} has not begun`,
  });
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
