import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FieldLearner } from "../../src/extract/field-learner.js";
import { openBody, splitBody } from "../../src/extract/formats/split-body.js";
import type { HttpRequest, HttpResponse } from "../../src/http/client.js";
import { createRequestSlots } from "../../src/http/limits/request-slots.js";
import type { PaginatorConfig } from "../../src/model/rest-config.js";
import { createPaginator } from "../../src/sources/rest/paging/create-paginator.js";
import { readPages } from "../../src/sources/rest/paging/read-pages.js";
import { createRequestTemplate } from "../../src/sources/rest/requests/request-template.js";
import { cursor, headerLink, jsonLink, offset, pageNumber } from "../support/paginator-configs.js";
import { noFunctions } from "../support/read-rest.js";
import { idRows } from "../support/run-paginator.js";
import { wholeBody } from "../../src/model/body.js";

interface Collection {
  readonly rows: number;
  readonly size: number;
}

/** An API that answers every kind of paging over the same rows, in its own words. */
type Answer = (query: URLSearchParams, collection: Collection) => { body: unknown; link?: string };

const BASE = "https://api.test/items";

function slice({ rows, size }: Collection, from: number): { id: number }[] {
  return idRows(1, rows).slice(from, from + size);
}

const hasMore = ({ rows, size }: Collection, from: number): boolean => from + size < rows;

const byPage: Answer = (query, all) => {
  const from = (Number(query.get("page") ?? 1) - 1) * all.size;
  const pages = Math.ceil(all.rows / all.size);
  const body = {
    data: slice(all, from),
    page: from / all.size + 1,
    pages,
    total: all.rows,
    more: hasMore(all, from),
  };
  return { body };
};

const byOffset: Answer = (query, all) => {
  const from = Number(query.get("offset") ?? 0);
  return { body: { data: slice(all, from), offset: from, limit: all.size, total: all.rows } };
};

const byToken: Answer = (query, all) => {
  const from = Number(query.get("cursor") ?? 0);
  const next = hasMore(all, from) ? from + all.size : undefined;
  return {
    body: {
      data: slice(all, from),
      next_cursor: next === undefined ? null : String(next),
      next: next === undefined ? null : `?cursor=${String(next)}`,
    },
    ...(next === undefined ? {} : { link: `<${BASE}?cursor=${String(next)}>; rel="next"` }),
  };
};

const byTokenOnly: Answer = (query, all) => {
  const { data, next_cursor } = byToken(query, all).body as Record<string, unknown>;
  return { body: { data, next_cursor } };
};

const byLastId: Answer = (query, all) => {
  const from = Number(query.get("after") ?? 0);
  return { body: { data: slice(all, from), more: hasMore(all, from) } };
};

const lastRecord = {
  cursorPath: undefined,
  lastRecord: "id",
  target: { in: "query", name: "after" },
} as const;

const STYLES: readonly (readonly [string, PaginatorConfig, Answer])[] = [
  ["page_number", pageNumber(), byPage],
  ["page_number with pages", pageNumber({ totalPagesPath: "pages" }), byPage],
  ["page_number with a total of items", pageNumber({ totalItemsPath: "total" }), byPage],
  ["page_number with has_more", pageNumber({ hasMorePath: "more" }), byPage],
  ["offset", offset({ limit: undefined }), byOffset],
  ["offset with a total", offset({ limit: undefined, totalPath: "total" }), byOffset],
  ["offset with a limit the server lowers", offset({ limit: 1000, totalPath: "total" }), byOffset],
  ["cursor", cursor(), byToken],
  ["last record", cursor(lastRecord), byLastId],
  ["last record with has_more", cursor({ ...lastRecord, hasMorePath: "more" }), byLastId],
  ["json_link", jsonLink(), byToken],
  ["header_link", headerLink({ onMissingPath: "end" }), byToken],
  ["auto by link", { type: "auto" }, byToken],
  ["auto by cursor", { type: "auto" }, byTokenOnly],
  ["auto by page", { type: "auto" }, byPage],
  ["auto by offset", { type: "auto" }, byOffset],
];

describe("every record arrives exactly once, in as many requests as there are pages and at most one more", () => {
  it.each(STYLES)("%s", async (_, config, answer) => {
    const collection = fc.record({
      rows: fc.integer({ min: 0, max: 60 }),
      size: fc.integer({ min: 1, max: 25 }),
    });
    await fc.assert(
      fc.asyncProperty(collection, async (all) => {
        const { ids, requests } = await read(config, answer, all);
        expect(ids).toEqual(idRows(1, all.rows).map(({ id }) => id));
        expect(requests).toBeLessThanOrEqual(Math.max(1, Math.ceil(all.rows / all.size)) + 1);
      }),
      { numRuns: 60 },
    );
  });
});

describe("whatever a server answers, a chain ends", () => {
  it("in an end or a guard, with a page cap", async () => {
    const body = fc.record(
      {
        data: fc.array(fc.record({ id: fc.nat({ max: 3 }) }), { maxLength: 3 }),
        next: fc.option(fc.oneof(fc.constant("?p=2"), fc.constant("?p=3"), fc.nat({ max: 3 }), fc.string())),
        next_cursor: fc.option(fc.oneof(fc.constantFrom("a", "b"), fc.nat({ max: 2 }))),
        total: fc.oneof(fc.nat({ max: 9 }), fc.constant(null), fc.constant("x")),
        page: fc.nat({ max: 3 }),
        pages: fc.nat({ max: 3 }),
        has_more: fc.boolean(),
      },
      { requiredKeys: ["data"] },
    );
    const configs = fc.constantFrom<PaginatorConfig>(
      { type: "auto" },
      pageNumber({ totalPath: "pages", hasMorePath: "has_more", onMissingPath: "end" }),
      offset({ totalPath: "total", stopAfterEmptyPage: false }),
      cursor({ hasMorePath: "has_more" }),
      jsonLink(),
    );
    await fc.assert(
      fc.asyncProperty(configs, fc.array(body, { minLength: 1, maxLength: 6 }), async (config, bodies) => {
        let asked = 0;
        const answer: Answer = () => ({ body: bodies[asked++ % bodies.length] });
        const failure = await read(config, answer, { rows: 0, size: 1 }).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failure !== undefined) expect(failure).toMatchObject({ code: "DANGO_GUARD" });
        expect(asked).toBeLessThanOrEqual(MAX_PAGES);
      }),
      { numRuns: 300 },
    );
  });
});

const MAX_PAGES = 150;

async function read(
  config: PaginatorConfig,
  answer: Answer,
  collection: Collection,
): Promise<{ ids: number[]; requests: number }> {
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
  let requests = 0;
  const pages = readPages({
    name: "api.items",
    paginator: createPaginator(config, noFunctions),
    origins: { baseUrl: BASE, allowedOrigins: [] },
    maxPages: MAX_PAGES,
    hasKey: true,
    slots: createRequestSlots(4),
    build: (step, link) => template.build(step, () => undefined, link),
    send: ({ url }: HttpRequest): Promise<HttpResponse> => {
      requests += 1;
      const { body, link } = answer(url.searchParams, collection);
      return Promise.resolve({
        status: 200,
        headers: { link },
        body: Buffer.from(JSON.stringify(body)),
        url,
      });
    },
    read: (response, { number, chosen }) => {
      const { data } = JSON.parse(wholeBody(response.body).toString()) as { data: { id: number }[] };
      ids.push(...data.map(({ id }) => id));
      const facts = { number, url: response.url.href, status: 200, contentType: "application/json" };
      const pick = { selector: "data", emptyWhenMissing: false, chosen, singleEntity: false };
      const options = { learner: new FieldLearner(), maxRecordBytes: 1_000_000 };
      return Promise.resolve(splitBody(openBody(wholeBody(response.body), pick, facts), options));
    },
    notify: () => undefined,
    redactUrl: (url) => url.href,
  });
  for await (const page of pages) expect(page.number).toBeGreaterThan(0);
  return { ids, requests };
}
