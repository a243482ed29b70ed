import { FieldLearner } from "../../src/extract/field-learner.js";
import { openBody, splitBody } from "../../src/extract/formats/split-body.js";
import type { PageRecords } from "../../src/model/source.js";
import type { SyncPaginator } from "../../src/sources/rest/paging/paginator.js";
import type { RequestParts } from "../../src/sources/rest/requests/request-parts.js";
import { createRequestTemplate, type RequestSpec } from "../../src/sources/rest/requests/request-template.js";

/** One answer of an API. */
export interface PageAnswer {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a paginator did with the answers: each request as a line, then how it ended. */
export interface PaginatorRun {
  readonly requests: readonly string[];
  /** `end: …` or `stuck: …`; undefined: it asked for more than there were answers. */
  readonly outcome: string | undefined;
  readonly notices: readonly string[];
  readonly hint?: string;
}

/** Walks a paginator over answers without any I/O, and without the guards of the chain. */
export function runPaginator(
  paginator: SyncPaginator,
  answers: readonly PageAnswer[],
  spec: Partial<RequestSpec> = {},
): PaginatorRun {
  const template = createRequestTemplate({
    baseUrl: "https://api.test",
    path: "items",
    method: "GET",
    params: {},
    json: undefined,
    headers: {},
    inheritedHeaders: {},
    name: "api.items",
    ...spec,
  });
  const requests: string[] = [];
  const notices: string[] = [];
  let step = paginator.first();
  let request = template.build(step, () => undefined);
  requests.push(describeRequest(request));
  let previous: PageRecords | undefined;
  for (const [index, { body, headers = {} }] of answers.entries()) {
    const records = readRecords(body, index + 1);
    const view = { url: request.url, records, previous };
    const decision = paginator.next({ number: index + 1, request, status: 200, headers, ...view });
    if (decision.kind === "stuck") {
      return { requests, outcome: `stuck: ${decision.problem}`, notices, hint: decision.hint };
    }
    notices.push(...(decision.notices ?? []).map(({ level, message }) => `${level}: ${message}`));
    if (decision.kind === "end") return { requests, outcome: `end: ${decision.reason}`, notices };
    if (records.rows > 0) previous = records;
    step = decision.step;
    const link = step.link === undefined ? undefined : new URL(step.link, request.url);
    request = template.build(step, () => undefined, link);
    requests.push(describeRequest(request));
  }
  return { requests, outcome: undefined, notices };
}

/** Rows `{"id": from}` to `{"id": to}`. */
export function idRows(from: number, to: number): { id: number }[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => ({ id: from + index }));
}

function readRecords(body: unknown, number: number): PageRecords {
  const bytes = Buffer.from(JSON.stringify(body));
  const facts = { number, url: "https://api.test/items", status: 200, contentType: "application/json" };
  const pick = { selector: undefined, emptyWhenMissing: true, chosen: undefined, singleEntity: false };
  return splitBody(openBody(bytes, pick, facts), { learner: new FieldLearner(), maxRecordBytes: 1_000_000 });
}

function describeRequest({ method, url, headers, json }: RequestParts): string {
  const own = Object.entries(headers).filter(([name]) => name !== "Content-Type");
  const parts = [method === "GET" ? "" : `${method} `, url.pathname, url.search];
  for (const [name, value] of own) parts.push(` ${name}: ${value}`);
  if (json !== undefined) parts.push(` ${JSON.stringify(json)}`);
  return parts.join("");
}
