import { bothEnds } from "../../model/body.js";
import { checkBody } from "../../extract/formats/check-body.js";
import type { HttpClient, HttpRequest } from "../../http/client.js";
import { readHeader } from "../../http/merge-headers.js";
import type { RestResourceConfig } from "../../model/rest-config.js";
import type { PageRecords, ReadContext, RecordPick, RecordSink } from "../../model/source.js";
import type { FunctionLookup } from "../../model/user-function.js";
import type { PageChain, PagePlace } from "./paging/page-chain.js";
import type { ResponseDecider } from "./response-actions.js";
import type { RequestTemplate } from "./requests/request-template.js";
import { sendGraphql } from "./graphql/send-graphql.js";
import { lookUpIn, type Slice } from "./slices/slices.js";
import { createChainPaginator } from "./slices/sync-token.js";

/** What the chains of one resource share. */
export interface ChainParts {
  readonly source: string;
  readonly config: RestResourceConfig;
  readonly template: RequestTemplate;
  readonly client: HttpClient;
  readonly context: ReadContext;
  /** Asks the endpoint's response actions, if it has some. */
  readonly decide: ResponseDecider | undefined;
  /** Gives the functions of custom slots. */
  readonly functions: FunctionLookup;
  /** Answers that a response action ignored, by status. */
  readonly ignored: Map<number, number>;
}

/** The request chain of one slice, whose records go to `records`. */
export function createRestChain(
  parts: ChainParts,
  slice: Slice,
  records: Pick<RecordSink, "writeBody">,
): PageChain<PageRecords> {
  const { source, config, template, client, context, decide, ignored, functions } = parts;
  const { endpoint, options } = config;
  const { signal, emit } = context;
  const resource = options.name;
  const lookUp = lookUpIn(slice);
  const { label, copies } = slice;
  const suffix = label === undefined ? "" : ` (${label})`;
  const chain = label === undefined ? undefined : (): string => label;
  return {
    name: `${source}.${resource}${suffix}`,
    paginator: createChainPaginator(config, slice, functions),
    origins: config.client,
    maxPages: endpoint.maxPages,
    hasKey: options.primaryKey.length > 0 || options.mergeKey.length > 0,
    build: (step, link) => template.build(step, lookUp, link),
    slots: client.slots,
    room: () => context.records.room,
    send: (request, stop) => {
      const acceptBody: HttpRequest["acceptBody"] = ({ body, headers }) =>
        checkBody(bothEnds(body), readHeader(headers, "content-type"), endpoint.responseFormat?.format);
      const until = stop === undefined ? signal : AbortSignal.any([signal, stop]);
      const sending = { source, resource, signal: until, emit };
      const checked = { ...request, acceptBody, ...(decide === undefined ? {} : { decide }) };
      return endpoint.graphql === undefined
        ? client.send(checked, sending)
        : sendGraphql(client, checked, sending);
    },
    noteIgnored: (status) => ignored.set(status, (ignored.get(status) ?? 0) + 1),
    read: (response, place) =>
      records.writeBody(
        response.body,
        { ...pickOf(endpoint, place), ...(copies === undefined ? {} : { copies }) },
        {
          number: place.number,
          url: client.redactUrl(response.url),
          status: response.status,
          contentType: readHeader(response.headers, "content-type"),
          ...(place.knownKeys === undefined ? {} : { knownKeys: place.knownKeys }),
          ...(chain === undefined ? {} : { chain }),
          parentKey: slice.parentKey,
        },
      ),
    isOver: () => context.isProbe === true && context.records.isFull,
    notify: ({ level, message }) => {
      emit({ event: "notice", level, source, resource, message: `${message}${suffix}` });
    },
    redactUrl: (url) => client.redactUrl(url),
  };
}

/** Where the records of a page of `endpoint` are, and what becomes of them. */
function pickOf(endpoint: RestResourceConfig["endpoint"], place: PagePlace): RecordPick {
  return {
    selector: endpoint.dataSelector,
    emptyWhenMissing: endpoint.emptyWhenSelectorMissing,
    chosen: place.chosen,
    singleEntity: endpoint.isSingleEntity ?? false,
    format: endpoint.responseFormat,
    recordFields: endpoint.recordFields,
    ancestors: endpoint.ancestors,
    ...(place.omit === undefined ? {} : { omit: place.omit }),
  };
}
