import { describe, expect, it } from "vitest";
import { pageNumber } from "../../../../test/support/paginator-configs.js";
import { idRows, runPaginator, type PageAnswer } from "../../../../test/support/run-paginator.js";
import { createPageNumberPaginator } from "./page-number-paginator.js";

const page = (data: unknown[], rest: object = {}): PageAnswer => ({ body: { data, ...rest } });

function run(
  config: Parameters<typeof pageNumber>[0],
  answers: PageAnswer[],
): ReturnType<typeof runPaginator> {
  return runPaginator(createPageNumberPaginator(pageNumber(config)), answers);
}

describe("page_number", () => {
  it("counts pages from 1 until one is empty", () => {
    expect(run({}, [page(idRows(1, 2)), page(idRows(3, 3)), page([])])).toEqual({
      requests: ["/items?page=1", "/items?page=2", "/items?page=3"],
      outcome: "end: an empty page",
      notices: [],
    });
  });

  it("sends the page size with every request", () => {
    const config = { start: 0, size: 2, sizeTarget: { in: "query", name: "per_page" } } as const;
    expect(run(config, [page(idRows(1, 2))]).requests).toEqual([
      "/items?page=0&per_page=2",
      "/items?page=1&per_page=2",
    ]);
  });

  it.each([
    ["a query parameter", { in: "query", name: "p" }, ["/items?p=1", "/items?p=2"]],
    ["a header", { in: "header", name: "X-Page" }, ["/items X-Page: 1", "/items X-Page: 2"]],
    [
      "the body",
      { in: "body", path: "paging.page" },
      ['/items {"paging":{"page":1}}', '/items {"paging":{"page":2}}'],
    ],
  ] as const)("sends the page in %s", (_, target, requests) => {
    expect(run({ target }, [page(idRows(1, 1))]).requests).toEqual(requests);
  });

  it("P1: takes total_path for a number of pages, and believes it", () => {
    const answers = [page(idRows(1, 2), { total: 2 }), page(idRows(3, 4), { total: 2 })];
    expect(run({ totalPath: "total" }, answers)).toMatchObject({
      requests: ["/items?page=1", "/items?page=2"],
      outcome: 'end: total_path "total" is reached',
    });
  });

  it("P1: counts total pages from page 0 where paging starts there", () => {
    const answers = [page(idRows(1, 2), { pages: 2 }), page(idRows(3, 4), { pages: 2 })];
    expect(run({ start: 0, totalPagesPath: "pages" }, answers)).toMatchObject({
      requests: ["/items?page=0", "/items?page=1"],
      outcome: 'end: total_pages_path "pages" is reached',
    });
  });

  it("P1: ends at a total of items without a further request after page 1", () => {
    const answers = [page(idRows(1, 2), { count: 3 }), page(idRows(3, 3), { count: 3 })];
    expect(run({ size: 2, totalItemsPath: "count" }, answers)).toMatchObject({
      requests: ["/items?page=1", "/items?page=2"],
      outcome: 'end: total_items_path "count" is reached',
    });
  });

  it("P1: believes a total of items after a first page that is not full", () => {
    expect(run({ size: 5, totalItemsPath: "count" }, [page(idRows(1, 3), { count: 3 })])).toMatchObject({
      requests: ["/items?page=1"],
      outcome: 'end: total_items_path "count" is reached',
    });
  });

  it("P1: checks a total of items that would end the chain after a full first page: an empty answer is the end", () => {
    const answers = [page(idRows(1, 2), { count: 2 }), page([], { count: 2 })];
    expect(run({ size: 2, totalItemsPath: "count" }, answers)).toMatchObject({
      requests: ["/items?page=1", "/items?page=2"],
      outcome: "end: the total is reached, and the page after it is empty",
    });
  });

  it("P1: checks a total of items: the same records are the end", () => {
    const answers = [page(idRows(1, 2), { count: 2 }), page(idRows(1, 2), { count: 2 })];
    expect(run({ totalItemsPath: "count" }, answers)).toMatchObject({
      outcome: "end: the total is reached, and the page after it is the same again",
    });
  });

  it("P1: a total that turns out to be that of one page ends nothing any more", () => {
    const answers = [
      page(idRows(1, 2), { count: 2 }),
      page(idRows(3, 4), { count: 2 }),
      page(idRows(5, 5), { count: 1 }),
      page([], { count: 0 }),
    ];
    expect(run({ totalItemsPath: "count" }, answers)).toMatchObject({
      requests: ["/items?page=1", "/items?page=2", "/items?page=3", "/items?page=4"],
      outcome: "end: an empty page",
    });
  });

  it("P1: follows a total that changes, and says so", () => {
    const answers = [
      page(idRows(1, 2), { pages: 2 }),
      page(idRows(3, 4), { pages: 3 }),
      page(idRows(5, 5), { pages: 3 }),
    ];
    expect(run({ totalPagesPath: "pages" }, answers)).toEqual({
      requests: ["/items?page=1", "/items?page=2", "/items?page=3"],
      outcome: 'end: total_pages_path "pages" is reached',
      notices: ['info: total_pages_path "pages" changed from 2 to 3 on page 2'],
    });
  });

  it("P1: reads totals from headers", () => {
    const headers = { "x-total": "3" };
    const answers = [
      { body: idRows(1, 2), headers },
      { body: idRows(3, 3), headers },
    ];
    expect(run({ totalItemsHeader: "X-Total" }, answers).outcome).toBe(
      'end: total_items_header "X-Total" is reached',
    );
  });

  it("P1: maximum_page is exclusive, a normal end, and told", () => {
    expect(run({ maximumPage: 3 }, [page(idRows(1, 1)), page(idRows(2, 2))])).toEqual({
      requests: ["/items?page=1", "/items?page=2"],
      outcome: "end: maximum_page 3",
      notices: ["info: stopped at maximum_page 3"],
    });
  });

  it("P2: an empty page is an error while a total promises more", () => {
    const answers = [page(idRows(1, 2), { count: 5 }), page([], { count: 5 })];
    expect(run({ totalItemsPath: "count" }, answers)).toMatchObject({
      outcome: 'stuck: the page is empty after 2 rows, but total_items_path "count" promises 5 rows',
      hint: "If the API filters rows after cutting pages, set stop_after_empty_page: false; otherwise correct or remove the total.",
    });
  });

  it("P2: an empty page is no error on the last of the pages promised", () => {
    const answers = [page(idRows(1, 2), { pages: 2 }), page([], { pages: 2 })];
    expect(run({ totalPagesPath: "pages" }, answers).outcome).toBe("end: an empty page");
  });

  it("P2: with stop_after_empty_page: false an empty page is passed over", () => {
    const answers = [
      page(idRows(1, 2), { pages: 3 }),
      page([], { pages: 3 }),
      page(idRows(3, 3), { pages: 3 }),
    ];
    expect(run({ totalPagesPath: "pages", stopAfterEmptyPage: false }, answers)).toMatchObject({
      requests: ["/items?page=1", "/items?page=2", "/items?page=3"],
      outcome: 'end: total_pages_path "pages" is reached',
    });
  });

  it("ends where has_more_path is false, whatever the total says", () => {
    const answers = [page(idRows(1, 2), { more: true, n: 1 }), page(idRows(3, 4), { more: false, n: 9 })];
    expect(run({ hasMorePath: "more", totalPagesPath: "n" }, answers)).toMatchObject({
      requests: ["/items?page=1", "/items?page=2"],
      outcome: "end: more is false",
    });
  });

  it("an empty page is an error while has_more_path is true", () => {
    expect(run({ hasMorePath: "more" }, [page([], { more: true })]).outcome).toBe(
      "stuck: the page is empty after 0 rows, but has_more_path says that more rows follow",
    );
  });

  it("ends at a short page only with stop_on_short_page", () => {
    const answers = [page(idRows(1, 2)), page(idRows(3, 3))];
    expect(run({ stopOnShortPage: true }, answers)).toMatchObject({
      requests: ["/items?page=1", "/items?page=2"],
      outcome: "end: a short page",
    });
    expect(run({}, answers).outcome).toBeUndefined();
  });

  it("P13: a declared total that is missing on page 1 is an error where another sign of more is", () => {
    expect(run({ totalPath: "total" }, [page(idRows(1, 2), { meta: { has_more: true } })])).toMatchObject({
      outcome:
        'stuck: the declared total_path "total" is missing, yet more pages seem to follow: meta.has_more is true',
      hint: "Correct total_path, or set on_missing_path: end on the paginator if a missing one is the end.",
    });
  });

  it("P13: without such a sign the chain goes on as if the total were not declared, and says so", () => {
    expect(run({ totalPath: "total" }, [page(idRows(1, 2)), page([])])).toEqual({
      requests: ["/items?page=1", "/items?page=2"],
      outcome: "end: an empty page",
      notices: ['info: total_path "total" is missing: paging goes on without it'],
    });
  });

  it("P13: on_missing_path: end turns the error off", () => {
    const answers = [page(idRows(1, 2), { has_more: true }), page([])];
    expect(run({ totalPath: "total", onMissingPath: "end" }, answers).outcome).toBe("end: an empty page");
  });

  it("refuses a total that is no whole number", () => {
    expect(run({ totalPath: "total" }, [page(idRows(1, 2), { total: "many" })])).toMatchObject({
      outcome: 'stuck: total_path "total" holds "many", which is not a whole number',
      hint: "Let total_path name the number of pages.",
    });
  });
});
