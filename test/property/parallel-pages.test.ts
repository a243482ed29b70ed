import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FieldLearner } from "../../src/extract/field-learner.js";
import { openBody, splitBody } from "../../src/extract/formats/split-body.js";
import { createRequestSlots } from "../../src/http/limits/request-slots.js";
import type { PaginatorConfig } from "../../src/model/rest-config.js";
import { isDangoError } from "../../src/shared/errors.js";
import { createPaginator } from "../../src/sources/rest/paging/create-paginator.js";
import { readPages } from "../../src/sources/rest/paging/read-pages.js";
import { createRequestTemplate } from "../../src/sources/rest/requests/request-template.js";
import { offset, pageNumber } from "../support/paginator-configs.js";
import { noFunctions } from "../support/read-rest.js";
import { wholeBody } from "../../src/model/body.js";

/** A server whose answer depends on the request alone, with faults of every kind in it. */
interface Server {
  readonly rows: number;
  /** How many rows a page brings: by turns, so that later pages may come short. */
  readonly sizes: readonly number[];
  /** What it says of the total: the truth, the rows of the page, or nonsense. */
  readonly total: "true" | "page" | "less" | "more" | "none" | "text" | "grows";
  readonly more: "true" | "always" | "none" | "word";
  /** Rows from there on are those of the first page again; pages from there on fail. */
  readonly repeatsFrom: number;
  readonly failsFrom: number;
  readonly missingFrom: number;
  /** Drops every so-manyth row after pages were cut. */
  readonly filters: number;
  /** Turns of the event loop that an answer takes, by its offset. */
  readonly delays: readonly number[];
}

const server = fc.record<Server>({
  rows: fc.nat({ max: 40 }),
  sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
  total: fc.constantFrom("true", "true", "true", "page", "less", "more", "none", "text", "grows"),
  more: fc.constantFrom("none", "none", "true", "always", "word"),
  repeatsFrom: fc.oneof({ weight: 4, arbitrary: fc.constant(Infinity) }, fc.nat({ max: 30 })),
  failsFrom: fc.oneof({ weight: 4, arbitrary: fc.constant(Infinity) }, fc.nat({ max: 30 })),
  missingFrom: fc.oneof({ weight: 4, arbitrary: fc.constant(Infinity) }, fc.nat({ max: 30 })),
  filters: fc.constantFrom(Infinity, Infinity, Infinity, 3, 7),
  delays: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 }),
});

const ending = fc.record({
  totalItemsPath: fc.constantFrom("total", undefined),
  totalPagesPath: fc.constantFrom("pages", undefined, undefined),
  hasMorePath: fc.constantFrom("more", undefined, undefined),
  stopAfterEmptyPage: fc.constantFrom(true, true, false),
  stopOnShortPage: fc.constantFrom(false, false, true),
  endOnStatus: fc.constantFrom([404], []),
  onRepeat: fc.constantFrom("error" as const, "error" as const, "end" as const, "accept" as const),
  onMissingPath: fc.constantFrom("error" as const, "end" as const),
  maxEmptyPages: fc.constantFrom(100, 2),
});

const paginator = fc.oneof<fc.Arbitrary<PaginatorConfig>[]>(
  fc
    .tuple(ending, fc.constantFrom(undefined, 2, 5), fc.constantFrom("rows" as const, "size" as const))
    .map(([end, limit, advance]) =>
      offset({ ...end, limit, advance: limit === undefined ? "rows" : advance }),
    ),
  fc
    .tuple(ending, fc.constantFrom(undefined, 4))
    .map(([end, maximumPage]) => pageNumber({ ...end, maximumPage })),
  fc.constant<PaginatorConfig>({ type: "auto" }),
);

describe("pages that are fetched side by side", () => {
  it("give the rows, notices and errors that reading one after the other gives, whatever the server does (P1–P5)", async () => {
    let isAhead = false;
    await fc.assert(
      fc.asyncProperty(
        server,
        paginator,
        fc.integer({ min: 2, max: 6 }),
        async (api, config, concurrency) => {
          const alone = await read(api, config, 1);
          const together = await read(api, config, concurrency);
          expect(together.outcome).toEqual(alone.outcome);
          expect(alone.mostUnderWay).toBe(1);
          expect(together.mostUnderWay).toBeLessThanOrEqual(concurrency);
          // A foresight that was wrong ends them until others are right: at most one request in vain for each page.
          expect(together.requests).toBeLessThanOrEqual(2 * alone.requests + concurrency);
          isAhead ||= together.mostUnderWay > 1;
        },
      ),
      { numRuns: 400 },
    );
    expect(isAhead).toBe(true);
  });
});

const BASE = "https://api.test/items";

interface Reading {
  readonly outcome: {
    readonly ids: readonly number[];
    readonly notices: readonly string[];
    readonly error: unknown;
  };
  readonly requests: number;
  readonly mostUnderWay: number;
}

async function read(api: Server, config: PaginatorConfig, concurrency: number): Promise<Reading> {
  const template = createRequestTemplate({
    baseUrl: BASE,
    path: "",
    method: "GET",
    params: {},
    json: undefined,
    headers: {},
    inheritedHeaders: {},
    name: "api.items",
  });
  const ids: number[] = [];
  const notices: string[] = [];
  let requests = 0;
  let underWay = 0;
  let mostUnderWay = 0;
  let error: unknown;
  const pages = readPages({
    name: "api.items",
    paginator: createPaginator(config, noFunctions),
    origins: { baseUrl: BASE, allowedOrigins: [] },
    maxPages: 60,
    hasKey: false,
    slots: createRequestSlots(concurrency),
    build: (step, link) => template.build(step, () => undefined, link),
    send: async ({ url, expectedStatuses }, stop) => {
      requests += 1;
      underWay += 1;
      mostUnderWay = Math.max(mostUnderWay, underWay);
      try {
        const { status, body, turns } = answer(api, url.searchParams);
        for (let turn = 0; turn < turns; turn += 1) await setImmediate();
        stop?.throwIfAborted();
        if (status !== 200 && expectedStatuses?.includes(status) !== true)
          throw new Error(`${url.href}: ${String(status)}`);
        return { status, headers: {}, body: Buffer.from(JSON.stringify(body)), url };
      } finally {
        underWay -= 1;
      }
    },
    read: (response, { number, chosen, omit }) => {
      const { data } = JSON.parse(wholeBody(response.body).toString()) as { data: { id: number }[] };
      const facts = { number, url: response.url.href, status: 200, contentType: "application/json" };
      const pick = { selector: "data", emptyWhenMissing: false, chosen, singleEntity: false };
      const split = splitBody(openBody(wholeBody(response.body), pick, facts), {
        learner: new FieldLearner(),
        maxRecordBytes: 1_000_000,
      });
      const isKnown = omit?.kind === "same_page" && split.sameRecordsAs(omit.previous);
      if (!isKnown) ids.push(...data.map(({ id }) => id));
      return Promise.resolve(split);
    },
    notify: ({ message }) => notices.push(message),
    redactUrl: (url) => url.href,
  });
  try {
    for await (const page of pages) expect(page.number).toBeGreaterThan(0);
  } catch (thrown) {
    error = isDangoError(thrown) ? [thrown.code, thrown.message, thrown.hint] : String(thrown);
  }
  // Nothing is left under way when the chain is over.
  expect(underWay).toBe(0);
  return { outcome: { ids, notices, error }, requests, mostUnderWay };
}

function answer(api: Server, query: URLSearchParams): { status: number; body: unknown; turns: number } {
  const usual = api.sizes[0] ?? 1;
  const page = query.get("page");
  const asked = Number(query.get("limit") ?? 6);
  const from = page === null ? Number(query.get("offset") ?? 0) : (Number(page) - 1) * usual;
  const turns = api.delays[from % api.delays.length] ?? 0;
  if (from >= api.failsFrom && from > 0) return { status: 500, body: undefined, turns };
  if (from >= api.missingFrom && from > 0) return { status: 404, body: undefined, turns };
  const size = page === null ? Math.min(asked, api.sizes[from % api.sizes.length] ?? 1) : usual;
  const start = from >= api.repeatsFrom ? 0 : from;
  const ids = Array.from(
    { length: Math.max(0, Math.min(size, api.rows - start)) },
    (_, index) => start + index + 1,
  );
  const data = ids.filter((id) => id % api.filters !== 0).map((id) => ({ id }));
  const total = readTotal(api, data.length, from);
  const body = {
    data,
    ...(total === undefined
      ? {}
      : { total, pages: typeof total === "number" ? Math.ceil(total / usual) : total }),
    ...(page === null ? { offset: from, limit: size } : { page: Number(page) }),
    ...(api.more === "none" ? {} : { more: readMore(api, from + size) }),
  };
  return { status: 200, body, turns };
}

function readTotal({ total, rows }: Server, received: number, from: number): number | string | undefined {
  switch (total) {
    case "true":
      return rows;
    case "page":
      return received;
    case "less":
      return Math.floor(rows / 2);
    case "more":
      return rows + 7;
    case "grows":
      return Math.max(1, rows - 10) + from;
    case "text":
      return "many";
    case "none":
      return undefined;
  }
}

function readMore({ more, rows }: Server, reached: number): boolean | string {
  if (more === "always") return true;
  return more === "word" && reached > 10 ? "maybe" : reached < rows;
}
