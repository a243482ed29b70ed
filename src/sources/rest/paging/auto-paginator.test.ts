import { describe, expect, it } from "vitest";
import { idRows, runPaginator, type PageAnswer } from "../../../../test/support/run-paginator.js";
import { createAutoPaginator } from "./auto-paginator.js";
import type { RequestSpec } from "../requests/request-template.js";

const page = (data: unknown[], rest: object = {}): PageAnswer => ({ body: { data, ...rest } });

function run(answers: PageAnswer[], spec: Partial<RequestSpec> = {}): ReturnType<typeof runPaginator> {
  return runPaginator(createAutoPaginator(), answers, spec);
}

describe("auto: what it follows (P10)", () => {
  it("follows a Link header before anything in the body", () => {
    const first = page(idRows(1, 2), { next: "/items?p=9", total: 9 });
    const answers = [{ ...first, headers: { link: "</items?page=2>; rel=next" } }, page(idRows(3, 3))];
    expect(run(answers)).toEqual({
      requests: ["/items", "/items?page=2"],
      outcome: "end: no Link header with rel=next",
      notices: ["info: auto chose header_link (next): the Link header has rel=next"],
    });
  });

  it.each([
    ["next", { next: "https://api.test/items?p=2" }],
    ["next_page_url", { next_page_url: "/items?p=2", prev_page_url: "/items?p=0" }],
    ["links.next", { links: { self: "/items?p=1", next: "/items?p=2" } }],
    ["_links.next.href", { _links: { first: { href: "/items?p=1" }, next: { href: "/items?p=2" } } }],
    ["['@odata.nextLink']", { "@odata.nextLink": "/items?p=2" }],
    ["paging.older", { paging: { newer: "/items?p=0", older: "/items?p=2" } }],
    ["next_page", { next_page: "items?p=2" }],
  ])("follows the URL at %s", (path, rest) => {
    expect(run([page(idRows(1, 1), rest), page(idRows(2, 2))])).toEqual({
      requests: ["/items", "/items?p=2"],
      outcome: `end: no ${path}`,
      notices: [`info: auto chose json_link (${path}): ${path} is a URL`],
    });
  });

  it.each([
    ["next_page_token", { next_page_token: "t" }, "page_token=t"],
    ["nextCursor", { nextCursor: "t" }, "cursor=t"],
    ["meta.next_cursor", { meta: { next_cursor: "t" } }, "cursor=t"],
    ["paging.next.after", { paging: { next: { after: "t" } } }, "after=t"],
    ["next_page", { next_page: 2 }, "page=2"],
    ["next", { next: 2 }, "page=2"],
    ["next", { next: "t" }, "cursor=t"],
    ["continuationToken", { continuationToken: "t" }, "continuationToken=t"],
    ["cursor", { cursor: "t", prev_cursor: "a" }, "cursor=t"],
    ["nextPageToken", { nextPageToken: "/a==" }, "pageToken=%2Fa%3D%3D"],
  ])("sends the cursor at %s of %j as %s", (_, rest, query) => {
    expect(run([page(idRows(1, 1), rest)]).requests).toEqual(["/items", `/items?${query}`]);
  });

  it("sends a cursor in the body of a POST", () => {
    const spec = { method: "POST", json: { q: 1 } } as const;
    expect(run([page(idRows(1, 1), { next_cursor: "t" })], spec).requests).toEqual([
      'POST /items {"q":1}',
      'POST /items {"q":1,"cursor":"t"}',
    ]);
  });

  it("counts pages from the page that the body names, to the last one", () => {
    const meta = (current: number): object => ({ meta: { current_page: current, total_pages: 2 } });
    expect(run([page(idRows(1, 2), meta(1)), page(idRows(3, 3), meta(2))])).toEqual({
      requests: ["/items", "/items?page=2"],
      outcome: 'end: total_pages_path "meta.total_pages" is reached',
      notices: [
        "info: auto chose page_number (page from 1): meta.current_page is 1 of 2 pages, sent as page",
      ],
    });
  });

  it("counts from 0 where the body says 0", () => {
    const meta = (number: number): object => ({ page: { number, totalPages: 3 } });
    const answers = [page(idRows(1, 1), meta(0)), page(idRows(2, 2), meta(1)), page(idRows(3, 3), meta(2))];
    expect(run(answers).requests).toEqual(["/items", "/items?page=1", "/items?page=2"]);
    expect(run(answers).outcome).toBe('end: total_pages_path "page.totalPages" is reached');
  });

  it("counts down where the first answer is the last page", () => {
    const answers = [3, 2, 1].map((number) => page([{ id: number }], { page: number, pages: 3 }));
    expect(run(answers).requests).toEqual(["/items", "/items?page=2", "/items?page=1"]);
    expect(run(answers).outcome).toBe('end: total_pages_path "pages" is reached');
  });

  it("computes the pages from total and page size", () => {
    const meta = (number: number): object => ({ page: number, per_page: 2, total: 3 });
    expect(run([page(idRows(1, 2), meta(1)), page(idRows(3, 3), meta(2))])).toMatchObject({
      requests: ["/items", "/items?page=2"],
      outcome: 'end: total_items_path "total" is reached',
    });
  });

  it("steps by offset where offset or limit stand with a total", () => {
    const meta = (skip: number): object => ({ skip, limit: 2, total: 3 });
    expect(run([page(idRows(1, 2), meta(0)), page(idRows(3, 3), meta(2))])).toEqual({
      requests: ["/items", "/items?skip=2"],
      outcome: 'end: total_items_path "total" is reached',
      notices: ["info: auto chose offset (skip from 0): total is 3 above 2 rows, the offset sent as skip"],
    });
  });

  it("steps by offset from 1 where the first index is 1", () => {
    const meta = (startIndex: number): object => ({ startIndex, itemsPerPage: 2, totalResults: 3 });
    expect(run([page(idRows(1, 2), meta(1)), page(idRows(3, 3), meta(3))])).toMatchObject({
      requests: ["/items", "/items?startIndex=3"],
      outcome: 'end: total_items_path "totalResults" is reached',
    });
  });

  it("keeps the request's own limit", () => {
    const answers = [page(idRows(1, 2), { total: 3 }), page(idRows(3, 3), { total: 3 })];
    expect(run(answers, { params: { limit: 2 } }).requests).toEqual([
      "/items?limit=2",
      "/items?limit=2&offset=2",
    ]);
  });
});

describe("auto: proof (P10)", () => {
  it("refuses a guess when page 2 brings page 1 again", () => {
    expect(run([page(idRows(1, 2), { next_page: 2 }), page(idRows(1, 2), { next_page: 2 })])).toMatchObject({
      outcome:
        "stuck: auto guessed cursor (next_page into page) (next_page is 2, sent as page), but page 2 brought the records of page 1 again",
      hint: "Set a paginator for this resource; single_page if the first page is all there is.",
    });
  });

  it("refuses a guess when the body still says that it is page 1", () => {
    const answers = [
      page([{ id: 1, at: 1 }], { page: 1, pages: 2 }),
      page([{ id: 1, at: 2 }], { page: 1, pages: 2 }),
    ];
    expect(run(answers).outcome).toBe(
      "stuck: auto guessed page_number (page from 1) (page is 1 of 2 pages, sent as page), but page 2 still says that page is 1",
    );
  });

  it("takes an empty page neither for a proof nor against one", () => {
    const answers = [
      page(idRows(1, 1), { next_cursor: "a" }),
      page([], { next_cursor: "b" }),
      page(idRows(1, 1), { next_cursor: "c" }),
    ];
    expect(run(answers).outcome).toBe(
      'stuck: auto guessed cursor (next_cursor into cursor) (next_cursor is "a", sent as cursor), but page 3 brought the records of page 1 again',
    );
  });

  it.each([
    [{ total: 5 }, "total is 5, above the 1 rows received"],
    [{ has_more: true }, "has_more is true"],
    [{ isLast: false }, "isLast is false"],
  ])("refuses %j: more, but no way to ask for it", (rest, sign) => {
    expect(run([page(idRows(1, 1), rest)])).toMatchObject({
      outcome: `stuck: more pages seem to follow (${sign}), but not how to ask for them`,
      hint: "Set a paginator for this resource; single_page if this page is all there is.",
    });
  });

  it("refuses a total in a header that is above the rows", () => {
    expect(run([{ body: idRows(1, 2), headers: { "x-total-count": "9" } }]).outcome).toBe(
      "stuck: more pages seem to follow (header x-total-count is 9, above the 2 rows received), but not how to ask for them",
    );
  });

  it("refuses to start in the middle", () => {
    expect(run([page(idRows(1, 1), { page: 3, pages: 9 })]).outcome).toBe(
      "stuck: the first answer lies in the middle: page is 3 of 9",
    );
  });
});

describe("auto: one page (P10)", () => {
  it.each([
    ["no sign", {}, "the first page shows no sign of another"],
    ["next is null", { next: null, count: 9 }, "next is empty"],
    ["a total that is not above the rows", { total: 3 }, "the first page shows no sign of another"],
    ["one page of pages", { page: 1, pages: 1 }, "the first page shows no sign of another"],
    ["has_more false", { has_more: false }, "a flag says that nothing follows"],
  ])("believes %s", (_, rest, why) => {
    expect(run([page(idRows(1, 3), rest)])).toEqual({
      requests: ["/items"],
      outcome: `end: ${why}`,
      notices: [`info: auto chose single_page: ${why}`],
    });
  });

  it.each([10, 20, 25, 30, 50, 100, 200, 250, 500, 1000])("warns of a round number of rows: %i", (rows) => {
    expect(run([{ body: idRows(1, rows) }]).notices).toEqual([
      `warning: auto chose single_page: the first page shows no sign of another, but ${String(rows)} rows may be one page of many; set a paginator (single_page if these are all)`,
    ]);
  });

  it("warns of as many rows as the request asked for", () => {
    const [notice] = run([{ body: idRows(1, 7) }], { params: { per_page: 7 } }).notices;
    expect(notice).toMatch(/^warning: .* 7 rows may be one page of many/);
  });

  it("warns of a round number of rows that equals the total", () => {
    expect(run([page(idRows(1, 20), { total: 20 })]).notices[0]).toMatch(/^warning: /);
  });

  it("does not take signs from a record", () => {
    const body = { id: 1, next_page: "2", has_more: true, total: 50 };
    expect(run([{ body }])).toMatchObject({
      requests: ["/items"],
      outcome: "end: the first page shows no sign of another",
    });
    expect(run([{ body: { data: body } }]).outcome).toBe("end: the first page shows no sign of another");
    expect(run([page([body])]).outcome).toBe("end: the first page shows no sign of another");
  });
});
