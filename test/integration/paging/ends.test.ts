import { describe, expect, it } from "vitest";
import { idRows } from "../../support/run-paginator.js";
import { page, readInTurn, type Answer } from "./read-in-turn.js";

const list = (from: number, to: number, more: object = {}): Answer =>
  page({ data: idRows(from, to), ...more });

const status = (code: number, body: unknown = { message: "no such page" }): Answer => ({
  status: code,
  body,
});

/** Five rows in pages of two, each answer with the same members and headers; an empty page is not among them. */
function pages(more: object, headers: Readonly<Record<string, string>> = {}): Answer[] {
  return [
    [1, 2],
    [3, 4],
    [5, 5],
  ].map(([from = 0, to = 0]) => page({ data: idRows(from, to), ...more }, headers));
}

describe("a total ends the list without a further request (P1)", () => {
  it.each([
    [
      "page_number, total_path: pages",
      "type: page_number, total_path: meta.pages",
      pages({ meta: { pages: 3 } }),
    ],
    [
      "offset, total_path: rows",
      "type: offset, limit: 2, total_path: meta.count",
      pages({ meta: { count: "5" } }),
    ],
    ["rows of page_number", "type: page_number, total_items_path: total", pages({ total: 5 })],
    ["pages of offset", "type: offset, limit: 2, total_pages_path: pages", pages({ pages: 3 })],
    [
      "rows in a header",
      "type: page_number, total_items_header: X-Total-Count",
      pages({}, { "X-Total-Count": "5" }),
    ],
    [
      "pages in a header",
      "type: offset, limit: 2, total_pages_header: x-pages",
      pages({}, { "X-Pages": "3" }),
    ],
  ])("%s", async (_, keys, answers) => {
    const read = await readInTurn(`{name: items, paginator: {${keys}}}`, answers);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 5), notices: [] });
    expect(read.requests).toHaveLength(3);
  });
});

describe("a total of rows that a full first page reaches", () => {
  it.each([
    ["an empty page", [list(1, 2, { total: 2 }), list(3, 2, { total: 2 })], idRows(1, 2)],
    ["a 4xx", [list(1, 2, { total: 2 }), status(404)], idRows(1, 2)],
    ["the same records", [list(1, 2, { total: 2 }), list(1, 2, { total: 2 })], idRows(1, 2)],
  ])("is checked with one more request: %s is the end (P1)", async (_, answers, rows) => {
    const read = await readInTurn(
      "{name: items, paginator: {type: offset, limit: 2, total_items_path: total}}",
      answers,
    );

    expect(read).toMatchObject({ error: undefined, rows });
    expect(read.requests).toEqual(["GET /items?offset=0&limit=2", "GET /items?offset=2&limit=2"]);
  });

  it("is checked, and ends nothing any more after new records (P1)", async () => {
    const read = await readInTurn(
      "{name: items, paginator: {type: offset, limit: 2, total_items_path: total}}",
      [
        list(1, 2, { total: 2 }),
        list(3, 4, { total: 2 }),
        list(5, 5, { total: 1 }),
        list(6, 5, { total: 0 }),
      ],
    );

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 5) });
    expect(read.notices[0]).toBe("info: the total is not that of all rows: it no longer ends the chain");
  });

  it.each([401, 500])("is not confirmed by a %i, which stays an error (P1)", async (code) => {
    const read = await readInTurn(
      "{name: items, retry: {attempts: 1}, paginator: {type: offset, limit: 2, total_items_path: total}}",
      [list(1, 2, { total: 2 }), status(code)],
    );

    expect(read.error).toMatch(
      new RegExp(
        `^${code === 401 ? "6" : "8"}: page 2 \\(offset 2\\): GET http://api/items.*${String(code)}`,
      ),
    );
  });

  it("is believed where the first page is not full (P1)", async () => {
    const read = await readInTurn(
      "{name: items, paginator: {type: offset, limit: 5, total_items_path: total}}",
      [list(1, 2, { total: 2 })],
    );

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 2) });
    expect(read.requests).toHaveLength(1);
  });
});

describe("a Content-Range header", () => {
  it("holds the total of rows behind its slash (P1): PostgREST", async () => {
    const ranges = ["items 0-1/5", "2-3/5", "4-4/5"];
    const read = await readInTurn(
      "{name: items, paginator: {type: offset, limit: 2, total_items_header: Content-Range}}",
      pages({}).map(({ body }, index) => page(body, { "Content-Range": ranges[index] ?? "" })),
    );

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 5) });
    expect(read.requests).toHaveLength(3);
  });

  it("whose total was not counted ends nothing", async () => {
    const read = await readInTurn(
      "{name: items, paginator: {type: offset, limit: 2, total_items_header: Content-Range}}",
      [
        page(idRows(1, 2), { "Content-Range": "0-1/*" }),
        page(idRows(3, 3), { "Content-Range": "2-2/*" }),
        page([]),
      ],
    );

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
  });
});

describe("a total that changes", () => {
  it("is followed, and the run says so (P1)", async () => {
    const read = await readInTurn("{name: items, paginator: {type: page_number, total_path: pages}}", [
      list(1, 2, { pages: 2 }),
      list(3, 4, { pages: 3 }),
      list(5, 5, { pages: 3 }),
    ]);

    expect(read).toMatchObject({
      error: undefined,
      rows: idRows(1, 5),
      notices: ['info: total_path "pages" changed from 2 to 3 on page 2'],
    });
  });
});

describe("has_more_path", () => {
  it.each([
    ["true, false", [true, true, false]],
    ["words", ["true", "yes", "no"]],
    ["numbers", [1, 1, 0]],
  ])("ends the list by %s, whatever the total says", async (_, flags) => {
    const [one, two, three] = flags;
    const read = await readInTurn(
      "{name: items, paginator: {type: page_number, has_more_path: meta.more, total_path: pages}}",
      [
        list(1, 2, { meta: { more: one }, pages: 1 }),
        list(3, 4, { meta: { more: two }, pages: 1 }),
        list(5, 5, { meta: { more: three }, pages: 9 }),
      ],
    );

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 5) });
    expect(read.requests).toHaveLength(3);
  });

  it("that is neither true nor false is an error", async () => {
    const read = await readInTurn("{name: items, paginator: {type: page_number, has_more_path: more}}", [
      list(1, 2, { more: "maybe" }),
    ]);

    expect(read.error).toBe(
      '5: api.items, page 1 (http://api/items?page=1): has_more_path "more" holds "maybe", which is neither true nor false',
    );
  });

  it("that is missing goes unheeded in a numbered list, which says so (P13)", async () => {
    const read = await readInTurn("{name: items, paginator: {type: page_number, has_more_path: more}}", [
      list(1, 2),
      list(3, 3),
      list(4, 3),
    ]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
    expect(read.notices).toEqual(['info: has_more_path "more" is missing: paging goes on without it']);
  });

  it("that is missing beside another flag that is true is an error (P13)", async () => {
    const read = await readInTurn("{name: items, paginator: {type: page_number, has_more_path: more}}", [
      list(1, 2, { has_next: true }),
    ]);

    expect(read.error).toBe(
      '5: api.items, page 1 (http://api/items?page=1): the declared has_more_path "more" is missing, yet more pages seem to follow: has_next is true',
    );
  });
});

describe("an empty page", () => {
  it.each([
    [
      "rows",
      "total_items_path: total",
      { total: 5 },
      ' after 2 rows, but total_items_path "total" promises 5 rows',
    ],
    ["pages", "total_path: pages", { pages: 3 }, ', but total_path "pages" promises 3 pages'],
    [
      "more",
      "has_more_path: more",
      { more: true },
      " after 2 rows, but has_more_path says that more rows follow",
    ],
  ])("while a total of %s says that rows remain is an error (P2)", async (_, keys, more, words) => {
    const read = await readInTurn(`{name: items, paginator: {type: page_number, ${keys}}}`, [
      list(1, 2, more),
      list(3, 2, more),
    ]);

    expect(read.error).toBe(`5: api.items, page 2 (http://api/items?page=2): the page is empty${words}`);
    expect(read.hint).toBe(
      "If the API filters rows after cutting pages, set stop_after_empty_page: false; otherwise correct or remove the total.",
    );
  });

  it("is passed over with stop_after_empty_page: false, up to the total (P2, P3)", async () => {
    const read = await readInTurn(
      "{name: items, paginator: {type: offset, limit: 2, advance: size, stop_after_empty_page: false, total_path: total}}",
      [list(1, 2, { total: 6 }), list(3, 2, { total: 6 }), list(5, 5, { total: 6 })],
    );

    expect(read).toMatchObject({ error: undefined, rows: [{ id: 1 }, { id: 2 }, { id: 5 }] });
    expect(read.requests).toEqual([0, 2, 4].map((from) => `GET /items?offset=${String(from)}&limit=2`));
  });

  it("on the first page is a list without records", async () => {
    const read = await readInTurn("{name: items, paginator: {type: page_number, total_path: pages}}", [
      list(1, 0, { pages: 0 }),
    ]);

    expect(read).toMatchObject({ error: undefined, rows: [] });
    expect(read.requests).toHaveLength(1);
  });

  it("100 times in a row is no progress, or as often as max_empty_pages says (P5)", async () => {
    const answers = Array.from({ length: 120 }, (_, index) => list(1, 0, { next: `t${String(index)}` }));
    const cursor = "data_selector: data, paginator: {type: cursor, path: next";
    const hundred = await readInTurn(`{name: items, ${cursor}}}`, answers);
    const three = await readInTurn(`{name: items, ${cursor}, max_empty_pages: 3}}`, answers);

    expect(hundred.error).toBe(
      "5: api.items, page 100 (http://api/items?cursor=t98): 100 empty pages in a row are no progress",
    );
    expect(three.error).toBe(
      "5: api.items, page 3 (http://api/items?cursor=t1): 3 empty pages in a row are no progress",
    );
  });
});

describe("other ends", () => {
  it("end_on_status ends the list behind its first page only (P6)", async () => {
    const keys = "paginator: {type: page_number, end_on_status: [400, 404]}";
    const late = await readInTurn(`{name: items, ${keys}}`, [list(1, 2), list(3, 3), status(404)]);
    const first = await readInTurn(`{name: items, ${keys}}`, [status(404)]);

    expect(late).toMatchObject({ error: undefined, rows: idRows(1, 3) });
    expect(first.error).toContain("404");
  });

  it("stop_on_short_page ends the list at fewer records than asked for, or than the first page had", async () => {
    const asked = await readInTurn(
      "{name: items, paginator: {type: offset, limit: 2, stop_on_short_page: true}}",
      [list(1, 2), list(3, 3)],
    );
    const unasked = await readInTurn(
      "{name: items, paginator: {type: page_number, stop_on_short_page: true}}",
      [list(1, 2), list(3, 3)],
    );

    for (const read of [asked, unasked]) {
      expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
      expect(read.requests).toHaveLength(2);
    }
  });

  it.each([
    ["type: offset, limit: 1000", 100],
    ["type: cursor, path: next, size: 50, size_param: n", 20],
  ])("stop_on_short_page warns of a first page that the API may have cut: {%s}", async (keys, rows) => {
    const read = await readInTurn(`{name: items, paginator: {${keys}, stop_on_short_page: true}}`, [
      list(1, rows, { next: "b" }),
    ]);

    expect(read.error).toBeUndefined();
    expect(read.notices).toEqual([
      expect.stringMatching(
        `^warning: the first page has ${String(rows)} of the \\d+ records asked for, which stop_on_short_page takes for the end; if the API gives no more a page than that, ask for ${String(rows)}$`,
      ),
    ]);
  });

  it("a page shorter than the limit is none: the server may have lowered it (P3)", async () => {
    const read = await readInTurn("{name: items, paginator: {type: offset, limit: 100}}", [
      list(1, 2),
      list(3, 4),
      list(5, 5),
      list(6, 5),
    ]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 5) });
    expect(read.requests).toEqual([0, 2, 4, 5].map((from) => `GET /items?offset=${String(from)}&limit=100`));
  });

  it("max_pages, once hit, is an error and not an end", async () => {
    const read = await readInTurn("{name: items, max_pages: 2, paginator: page_number}", [
      list(1, 2),
      list(3, 4),
    ]);

    expect(read.error).toBe(
      "5: api.items, page 2 (http://api/items?page=2): max_pages 2 is reached, and more pages follow",
    );
  });
});

describe("a page with the records of the one before (P5)", () => {
  const again = [list(1, 2), list(1, 2), list(3, 3), list(4, 3)];

  it("is an error that names what was sent", async () => {
    const read = await readInTurn("{name: items, paginator: page_number}", again);

    expect(read.error).toBe(
      "5: api.items, page 2 (http://api/items?page=2): page 2 brought the same 2 records as the page before",
    );
  });

  it("is the end with on_repeat: end, and loaded once", async () => {
    const read = await readInTurn("{name: items, paginator: {type: page_number, on_repeat: end}}", again);

    expect(read).toMatchObject({
      error: undefined,
      rows: idRows(1, 2),
      notices: ["info: page 2 has the records of the page before: the end"],
    });
  });

  it("is accepted with on_repeat: accept", async () => {
    const read = await readInTurn("{name: items, paginator: {type: page_number, on_repeat: accept}}", again);

    expect(read).toMatchObject({ error: undefined, rows: [...idRows(1, 2), ...idRows(1, 3)] });
  });

  it("is looked for after the end: the last page may repeat", async () => {
    const read = await readInTurn("{name: items, paginator: {type: page_number, total_path: pages}}", [
      list(1, 2, { pages: 2 }),
      list(1, 2, { pages: 2 }),
    ]);

    expect(read).toMatchObject({ error: undefined, rows: [...idRows(1, 2), ...idRows(1, 2)] });
  });

  it("is one whose records are equal as JSON, in any order of members and spelling", async () => {
    const read = await readInTurn("{name: items, paginator: page_number}", [
      page('[{"id": 1, "v": 1.0}]'),
      page('[{"v": 1, "id": 1e0}]'),
    ]);

    expect(read.error).toContain("page 2 brought the same 1 record as the page before");
  });

  it("is not one whose records share the key but differ", async () => {
    const read = await readInTurn("{name: items, primary_key: id, paginator: page_number}", [
      page([{ id: 1, v: 1 }]),
      page([{ id: 1, v: 2 }]),
      page([]),
    ]);

    expect(read.error).toBeUndefined();
    expect(read.requests).toHaveLength(3);
  });
});

describe("a page without the list", () => {
  it("is the end of a numbered list if it has nothing new to say (P2)", async () => {
    const read = await readInTurn("{name: items, paginator: page_number}", [
      list(1, 2, { page: 1 }),
      page({ page: 2 }),
    ]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 2) });
  });

  it.each([
    ["an error key", { page: 2, error: "too far" }],
    ["ok: false", { page: 2, ok: false }],
    ["a key that page 1 had not", { page: 2, status: "gone" }],
  ])("is an error with %s (P2)", async (_, body) => {
    const read = await readInTurn("{name: items, paginator: page_number}", [
      list(1, 2, { page: 1 }),
      page(body),
    ]);

    expect(read.error).toMatch(/^[15]: .*items\?page=2/);
  });
});
