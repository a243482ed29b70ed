import { describe, expect, it } from "vitest";
import { idRows } from "../../support/run-paginator.js";
import { page, readInTurn, type Answer } from "./read-in-turn.js";

const list = (from: number, to: number, more: object = {}): Answer =>
  page({ data: idRows(from, to), ...more });

/** Paginator as configured, answers, requests: the table of dlt's paginators, each with all its defaults. */
const DEFAULTS: readonly (readonly [string, readonly Answer[], readonly string[]])[] = [
  ["json_link", [list(1, 2, { next: "/items?c=2" }), list(3, 3, { next: null })], ["/items", "/items?c=2"]],
  ["json_response", [list(1, 2, { next: "?c=2" }), list(3, 3, { next: "" })], ["/items", "/items?c=2"]],
  [
    "header_link",
    [page(idRows(1, 2), { Link: '<{api}/items?c=2>; rel="next"' }), page(idRows(3, 3))],
    ["/items", "/items?c=2"],
  ],
  ["header_cursor", [page(idRows(1, 2), { next: "c2" }), page(idRows(3, 3))], ["/items", "/items?cursor=c2"]],
  [
    "cursor",
    [list(1, 2, { cursors: { next: "c2" } }), list(3, 3, { cursors: {} })],
    ["/items", "/items?cursor=c2"],
  ],
  [
    "{type: offset, limit: 2}",
    [list(1, 2), list(3, 3), list(4, 3)],
    ["/items?offset=0&limit=2", "/items?offset=2&limit=2", "/items?offset=3&limit=2"],
  ],
  ["page_number", [list(1, 2), list(3, 3), list(4, 3)], ["/items?page=1", "/items?page=2", "/items?page=3"]],
  ["single_page", [list(1, 3, { next: "/items?c=2" })], ["/items"]],
  ["auto", [list(1, 2, { next: "/items?c=2" }), list(3, 3)], ["/items", "/items?c=2"]],
];

describe("each type of dlt's, written as text", () => {
  it.each(DEFAULTS)("%s", async (paginator, answers, requests) => {
    const read = await readInTurn(`{name: items, paginator: ${paginator}}`, answers);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
    expect(read.requests).toEqual(requests.map((url) => `GET ${url}`));
  });
});

/** dlt's names of keys, and the short ones. */
const SPELLINGS: readonly (readonly [string, string, readonly Answer[], readonly string[]])[] = [
  [
    "{type: json_link, next_url_path: paging.next_page}",
    "{type: json_link, path: paging.next_page}",
    [list(1, 2, { paging: { next_page: "?c=2" } }), list(3, 3)],
    ["/items", "/items?c=2"],
  ],
  [
    "{type: header_link, links_next_key: newer}",
    "{type: header_link, links_next_key: Newer}",
    [page(idRows(1, 2), { Link: "</items?c=2>; rel=newer" }), page(idRows(3, 3))],
    ["/items", "/items?c=2"],
  ],
  [
    "{type: header_cursor, cursor_key: X-After, cursor_param: after}",
    "{type: cursor, header: X-After, param: after}",
    [page(idRows(1, 2), { "X-After": "c2" }), page(idRows(3, 3))],
    ["/items", "/items?after=c2"],
  ],
  [
    "{type: cursor, cursor_path: meta.after, cursor_param: after}",
    "{type: cursor, path: meta.after, param: after}",
    [list(1, 2, { meta: { after: 7 } }), list(3, 3, { meta: { after: 0 } })],
    ["/items", "/items?after=7"],
  ],
  [
    "{type: offset, limit: 2, offset: 4, offset_param: skip, limit_param: take, total_path: total}",
    "{type: offset, size: 2, start: 4, param: skip, size_param: take, total_items_path: total}",
    [list(1, 2, { total: 6 }), list(3, 3, { total: 6 })],
    ["/items?skip=4&take=2", "/items?skip=6&take=2"],
  ],
  [
    "{type: page_number, base_page: 0, page_param: p, total_path: pages}",
    "{type: page_number, start: 0, param: p, total_pages_path: pages}",
    [list(1, 2, { pages: 2 }), list(3, 3, { pages: 2 })],
    ["/items?p=0", "/items?p=1"],
  ],
];

describe("dlt's keys and the short ones mean the same", () => {
  it.each(SPELLINGS)("%s is %s", async (long, short, answers, requests) => {
    for (const paginator of [long, short]) {
      const read = await readInTurn(`{name: items, paginator: ${paginator}}`, answers);

      expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
      expect(read.requests).toEqual(requests.map((url) => `GET ${url}`));
    }
  });
});

describe("page_number with a page other than base_page", () => {
  it("begins at page, and counts the total from base_page (P1)", async () => {
    const read = await readInTurn(
      "{name: items, paginator: {type: page_number, base_page: 1, page: 3, total_path: pages}}",
      [list(1, 2, { pages: 4 }), list(3, 3, { pages: 4 })],
    );

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
    expect(read.requests).toEqual(["GET /items?page=3", "GET /items?page=4"]);
  });

  it("counts rows that were passed over as whole pages (P1)", async () => {
    const read = await readInTurn(
      "{name: items, paginator: {type: page_number, base_page: 0, page: 1, total_items_path: total}}",
      [list(3, 4, { total: 5 }), list(5, 5, { total: 5 })],
    );

    expect(read).toMatchObject({ error: undefined, rows: idRows(3, 5) });
    expect(read.requests).toEqual(["GET /items?page=1", "GET /items?page=2"]);
  });
});

describe("maximum_page and maximum_offset are exclusive, as in dlt, and told (P1)", () => {
  it.each([
    ["base_page: 1, maximum_page: 3", ["/items?page=1", "/items?page=2"]],
    ["base_page: 0, maximum_page: 3", ["/items?page=0", "/items?page=1", "/items?page=2"]],
  ])("%s", async (keys, requests) => {
    const answers = requests.map((_, index) => list(index * 2 + 1, index * 2 + 2));
    const read = await readInTurn(`{name: items, paginator: {type: page_number, ${keys}}}`, answers);

    expect(read).toMatchObject({ error: undefined, notices: ["info: stopped at maximum_page 3"] });
    expect(read.requests).toEqual(requests.map((url) => `GET ${url}`));
  });

  it("maximum_offset: 4, with limit 2", async () => {
    const read = await readInTurn("{name: items, paginator: {type: offset, limit: 2, maximum_offset: 4}}", [
      list(1, 2),
      list(3, 4),
    ]);

    expect(read).toMatchObject({
      error: undefined,
      rows: idRows(1, 4),
      notices: ["info: stopped at maximum_offset 4"],
    });
    expect(read.requests).toEqual(["GET /items?offset=0&limit=2", "GET /items?offset=2&limit=2"]);
  });
});

describe("where dlt is wrong", () => {
  it("no total is assumed: a total of the page's rows ends nothing (P1, dlt's total_path: total)", async () => {
    const read = await readInTurn("{name: items, paginator: {type: offset, limit: 2}}", [
      list(1, 2, { total: 2 }),
      list(3, 3, { total: 1 }),
      list(4, 3, { total: 0 }),
    ]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
  });

  it("a total that is missing on an empty last page is no error (P1)", async () => {
    const read = await readInTurn("{name: items, paginator: {type: page_number, total_path: pages}}", [
      list(1, 2, { pages: null }),
      list(3, 3),
      page([]),
    ]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
    expect(read.notices).toEqual(['info: total_path "pages" is missing: paging goes on without it']);
  });

  it("a token that is null ends the list though the flag is missing, and never loops (P5)", async () => {
    const read = await readInTurn(
      "{name: items, paginator: {type: cursor, path: next, has_more_path: more}}",
      [list(1, 2, { next: "b", more: true }), list(3, 3, { next: null, more: true })],
    );

    expect(read.error).toBe(
      "5: api.items, page 2 (http://api/items?cursor=b): more promises more, but there is no cursor (next) to ask for it with",
    );
    expect(read.hint).toBe("Correct cursor_path or has_more_path.");
  });

  it("page 0 that is empty is checked with page 1: records there are an error, not a list without rows", async () => {
    const read = await readInTurn("{name: items, paginator: {type: page_number, start: 0}}", [
      page([]),
      page(idRows(1, 2)),
    ]);

    expect(read.error).toBe(
      "5: api.items, page 2 (http://api/items?page=1): page 0 is empty, but page 1 has 2 records: the API counts pages from 1",
    );
    expect(read.requests).toEqual(["GET /items?page=0", "GET /items?page=1"]);
  });

  it.each([
    ["an empty page 1", page([])],
    ["no page 1", { status: 404, body: { message: "no such page" } }],
  ])("page 0 that is empty is a list without rows where there is %s", async (_, second) => {
    const read = await readInTurn("{name: items, paginator: {type: page_number, start: 0}}", [
      page([]),
      second,
    ]);

    expect(read).toMatchObject({ error: undefined, rows: [] });
    expect(read.requests).toEqual(["GET /items?page=0", "GET /items?page=1"]);
  });

  it("page 0 that is empty is not checked where the total says so", async () => {
    const read = await readInTurn(
      "{name: items, paginator: {type: page_number, start: 0, total_path: pages}}",
      [list(1, 0, { pages: 0 })],
    );

    expect(read).toMatchObject({ error: undefined, rows: [] });
    expect(read.requests).toHaveLength(1);
  });

  it("the last of the pages promised, when it is empty, is warned of: page 0 may be missing", async () => {
    const read = await readInTurn("{name: items, paginator: {type: page_number, total_path: pages}}", [
      list(3, 4, { pages: 2 }),
      list(5, 4, { pages: 2 }),
    ]);

    expect(read.notices).toEqual([
      'warning: page 2, the last that total_path "pages" promises, is empty: if the API counts pages from 0, set start: 0',
    ]);
  });

  it("offsets that count from 1 reach the last row too: SCIM's startIndex (P1)", async () => {
    const read = await readInTurn(
      "{name: items, paginator: {type: offset, param: startIndex, start: 1, limit: 2, limit_param: count, total_path: totalResults}}",
      [list(1, 2, { totalResults: 5 }), list(3, 4, { totalResults: 5 }), list(5, 5, { totalResults: 5 })],
    );

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 5), notices: [] });
    expect(read.requests).toEqual([1, 3, 5].map((from) => `GET /items?startIndex=${String(from)}&count=2`));
  });

  it.each([
    ["an empty page", list(6, 5, { total: 5 })],
    ["a 4xx", { status: 400, body: { message: "out of range" } }],
    ["the same records", list(4, 5, { total: 5 })],
  ])("offsets from 0 that begin behind the first row end at %s (P1)", async (_, beyond) => {
    const read = await readInTurn(
      "{name: items, paginator: {type: offset, start: 1, limit: 2, total_path: total}}",
      [list(2, 3, { total: 5 }), list(4, 5, { total: 5 }), beyond],
    );

    expect(read).toMatchObject({ error: undefined, rows: idRows(2, 5) });
    expect(read.requests).toHaveLength(3);
  });

  it("a cursor can have a first value (dlt issue 4428)", async () => {
    const read = await readInTurn('{name: items, paginator: {type: cursor, path: next, start: "*"}}', [
      list(1, 2, { next: "b" }),
      list(3, 3),
    ]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
    expect(read.requests).toEqual(["GET /items?cursor=%2A", "GET /items?cursor=b"]);
  });

  it.each([
    ["next_page: 2 is sent as page, and page 1 again is no progress (P10)", { next_page: 2 }, "page=2"],
    ["next_cursor is sent as cursor", { next_cursor: "x" }, "cursor=x"],
  ])("auto: %s", async (_, more, query) => {
    const read = await readInTurn("{name: items}", [list(1, 2, more), list(1, 2, more)]);

    expect(read.error).toContain("but page 2 brought the records of page 1 again");
    expect(read.requests).toEqual(["GET /items", `GET /items?${query}`]);
  });

  it("auto: a flag that is true is no token to send (P10)", async () => {
    const read = await readInTurn("{name: items}", [list(1, 2, { next_available: true })]);

    expect(read.error).toBe(
      "5: api.items, page 1 (http://api/items): more pages seem to follow (next_available is true), but not how to ask for them",
    );
    expect(read.requests).toEqual(["GET /items"]);
  });

  it("auto: pages from 1 are counted from 1, to the last (P10)", async () => {
    const read = await readInTurn("{name: items}", [
      list(1, 2, { page: 1, total_pages: 2 }),
      list(3, 3, { page: 2, total_pages: 2 }),
    ]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
    expect(read.requests).toEqual(["GET /items", "GET /items?page=2"]);
  });

  it("auto: offset, limit and total are found (P10)", async () => {
    const read = await readInTurn("{name: items}", [
      list(1, 2, { offset: 0, limit: 2, total: 3 }),
      list(3, 3, { offset: 2, limit: 2, total: 3 }),
    ]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
    expect(read.requests).toEqual(["GET /items", "GET /items?offset=2"]);
  });
});
