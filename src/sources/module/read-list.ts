import { wholeBody } from "../../model/body.js";
import { loadBodyReaders } from "../../extract/formats/body-readers.js";
import { FieldLearner } from "../../extract/field-learner.js";
import { omitKnown } from "../../extract/keep-records.js";
import { listRecords, type SplitBody } from "../../extract/spool/page-records.js";
import { openBody, splitBody } from "../../extract/formats/split-body.js";
import type { UserFunction } from "../../model/user-function.js";
import type { HttpResponse } from "../../http/client.js";
import { parseLossless } from "../../json/parse-lossless.js";
import type { RestClientConfig } from "../../model/rest-config.js";
import { createPaginator } from "../rest/paging/create-paginator.js";
import type { PagePlace } from "../rest/paging/page-chain.js";
import { readPages } from "../rest/paging/read-pages.js";
import { createRequestTemplate, type RequestSpec } from "../rest/requests/request-template.js";
import type { PaginatorChoice } from "./paginators.js";
import type { RequestScope } from "./request-scope.js";
import { describeResponse, sendJson } from "./send-json.js";

/** How one list is read. */
export interface ListRequest {
  readonly spec: RequestSpec;
  readonly client: RestClientConfig;
  readonly paginator: PaginatorChoice;
  readonly dataSelector: string | undefined;
  readonly maxPages: number | undefined;
}

/** Reads a list page by page, as the declarative sources do, and gives the parsed records of each. */
export async function* readList(
  list: ListRequest,
  scope: RequestScope,
): AsyncGenerator<unknown[], void, undefined> {
  const { client, context } = scope;
  const template = createRequestTemplate(list.spec);
  const pages = readPages<ParsedPage>({
    name: list.spec.name,
    paginator: createPaginator(list.paginator.config, () => functionOf(list.paginator)),
    origins: list.client,
    maxPages: list.maxPages,
    hasKey: scope.reading?.hasKey ?? false,
    build: (step, link) => template.build(step, () => undefined, link),
    slots: client.slots,
    room: () => scope.reading?.room(),
    send: (request, stop) => sendJson(request, scope, stop),
    read: (response, place) => parsePage(response, place, { list, scope }),
    notify: ({ level, message }) => {
      context.emit({ event: "notice", level, source: context.source, resource: context.resource, message });
    },
    redactUrl: (url) => client.redactUrl(url),
  });
  for await (const page of pages) yield page.records.items;
}

function functionOf({ nextPage }: PaginatorChoice): UserFunction {
  if (nextPage === undefined) throw new Error("only custom paginators have a function");
  return nextPage;
}

interface ParsedPage extends SplitBody {
  readonly items: unknown[];
}

async function parsePage(
  response: HttpResponse,
  place: PagePlace,
  { list, scope }: { list: ListRequest; scope: RequestScope },
): Promise<ParsedPage> {
  const pick = {
    selector: list.dataSelector,
    emptyWhenMissing: false,
    chosen: place.chosen,
    singleEntity: false,
  };
  const { maxRecordBytes, maxDepth, maxColumns = Infinity } = list.client;
  // It finds where records begin and end; how many fields they have is counted when they are loaded.
  const learner = new FieldLearner({ maxDepth, maxColumns });
  const facts = {
    ...describeResponse(response, place.number, scope),
    ...(place.knownKeys === undefined ? {} : { knownKeys: place.knownKeys }),
  };
  const opened = openBody(wholeBody(response.body), pick, facts);
  const readers = await loadBodyReaders(opened.format);
  const split = splitBody(opened, { learner, maxRecordBytes, readers });
  const { segments } = omitKnown(split, place.omit);
  const items = listRecords(segments).map(({ buffer, start, end }) => parseLossless(buffer, start, end));
  return Object.assign(split, { items });
}
