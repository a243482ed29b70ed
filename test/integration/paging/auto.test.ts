import { describe, expect, it } from "vitest";
import { idRows } from "../../support/run-paginator.js";
import { page, readInTurn, type Answer } from "./read-in-turn.js";

const list = (from: number, to: number, more: object = {}): Answer =>
  page({ data: idRows(from, to), ...more });

/** What the first page says, what is asked for next, and what the report says of the choice. */
const SIGNS: readonly (readonly [string, Answer, string, string])[] = [
  [
    "a Link header, before anything in the body",
    page({ data: idRows(1, 2), next_cursor: "x" }, { Link: "</items?c=2>; rel=next" }),
    "/items?c=2",
    "header_link (next): the Link header has rel=next",
  ],
  [
    "a URL under next…, before a token",
    list(1, 2, { next_token: "x", links: { next: { href: "/items?c=2" } } }),
    "/items?c=2",
    "json_link (links.next.href): links.next.href is a URL",
  ],
  [
    "a URL under …nextLink",
    list(1, 2, { "@odata.nextLink": "{api}/items?c=2" }),
    "/items?c=2",
    "json_link (['@odata.nextLink']): ['@odata.nextLink'] is a URL",
  ],
  [
    "a URL to the same path with another query, but not under self or last",
    list(1, 2, { links: { self: "/items?c=1", last: "/items?c=9", following: "/items?c=2" } }),
    "/items?c=2",
    "json_link (links.following): links.following is a URL",
  ],
  [
    "next_page_token, sent as page_token",
    list(1, 2, { next_page_token: "t2" }),
    "/items?page_token=t2",
    'cursor (next_page_token into page_token): next_page_token is "t2", sent as page_token',
  ],
  [
    "nextCursor, sent as cursor",
    list(1, 2, { meta: { nextCursor: "t2" } }),
    "/items?cursor=t2",
    'cursor (meta.nextCursor into cursor): meta.nextCursor is "t2", sent as cursor',
  ],
  [
    "continuation_token, sent by its own name",
    list(1, 2, { continuation_token: "t2" }),
    "/items?continuation_token=t2",
    'cursor (continuation_token into continuation_token): continuation_token is "t2", sent as continuation_token',
  ],
  [
    "a page with a number of pages",
    list(1, 2, { page: 1, pages: 2 }),
    "/items?page=2",
    "page_number (page from 1): page is 1 of 2 pages, sent as page",
  ],
  [
    "a page 0 with a number of pages: Spring",
    list(1, 2, { number: 0, totalPages: 2 }),
    "/items?page=1",
    "page_number (page from 0): number is 0 of 2 pages, sent as page",
  ],
  [
    "an offset with a total",
    list(1, 2, { offset: 0, limit: 2, total: 3 }),
    "/items?offset=2",
    "offset (offset from 0): total is 3 above 2 rows, the offset sent as offset",
  ],
  [
    "a limit with a total in a header",
    page({ data: idRows(1, 2), limit: 2 }, { "X-Total-Count": "3" }),
    "/items?offset=2",
    "offset (offset from 0): header x-total-count is 3 above 2 rows, the offset sent as offset",
  ],
];

describe("auto (P10) finds", () => {
  it.each(SIGNS)("%s", async (_, first, next, choice) => {
    const read = await readInTurn("{name: items}", [
      first,
      page({ data: idRows(3, 3), page: 2, pages: 2, number: 1, totalPages: 2, total: 3, offset: 2 }),
    ]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
    expect(read.requests).toEqual(["GET /items", `GET ${next}`]);
    expect(read.notices[0]).toBe(`info: auto chose ${choice}`);
    expect(read.paginator).toBe(`auto: ${choice.split(": ")[0] ?? ""}`);
  });

  it("pages from the last one down, where the first answer is the last page", async () => {
    const read = await readInTurn("{name: items}", [
      list(5, 6, { page: 3, pages: 3 }),
      list(3, 4, { page: 2, pages: 3 }),
      list(1, 2, { page: 1, pages: 3 }),
    ]);

    expect(read).toMatchObject({ error: undefined });
    expect(read.rows).toEqual([...idRows(5, 6), ...idRows(3, 4), ...idRows(1, 2)]);
    expect(read.requests).toEqual(["GET /items", "GET /items?page=2", "GET /items?page=1"]);
  });

  it("a token in a POST, and sends it in the body", async () => {
    const read = await readInTurn("{name: items, method: POST, json: {q: x}}", [
      list(1, 2, { next_cursor: "t2" }),
      list(3, 3),
    ]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
    expect(read.requests).toEqual(['POST /items {"q":"x"}', 'POST /items {"q":"x","cursor":"t2"}']);
  });
});

describe("auto proves a guess (P10)", () => {
  it.each([
    [
      "the records of page 1 again",
      list(1, 2, { next_cursor: "t2" }),
      'auto guessed cursor (next_cursor into cursor) (next_cursor is "t2", sent as cursor), but page 2 brought the records of page 1 again',
    ],
    [
      "page 1 again, by its own word",
      list(3, 4, { page: 1, pages: 2 }),
      "auto guessed page_number (page from 1) (page is 1 of 2 pages, sent as page), but page 2 still says that page is 1",
    ],
  ])("and stops at %s", async (_, second, problem) => {
    const first = page({ ...(second.body as object), data: idRows(1, 2) });
    const read = await readInTurn("{name: items}", [first, second]);

    expect(read.error).toMatch(/^5: api\.items, page 2 /);
    expect(read.error).toContain(problem);
    expect(read.hint).toBe(
      "Set a paginator for this resource; single_page if the first page is all there is.",
    );
  });

  it("by the next page that has records: an empty one proves nothing", async () => {
    const read = await readInTurn("{name: items}", [
      list(1, 2, { next_cursor: "a" }),
      list(3, 2, { next_cursor: "b" }),
      list(1, 2, { next_cursor: "c" }),
    ]);

    expect(read.error).toContain("but page 3 brought the records of page 1 again");
  });
});

describe("auto stops where more pages seem to follow, but not how to ask for them (P10)", () => {
  it.each([
    ["a total above the rows", { total: 7 }, "total is 7, above the 2 rows received"],
    ["a flag that is true", { has_more: true }, "has_more is true"],
  ])("%s", async (_, more, sign) => {
    const read = await readInTurn("{name: items}", [list(1, 2, more)]);

    expect(read.error).toBe(
      `5: api.items, page 1 (http://api/items): more pages seem to follow (${sign}), but not how to ask for them`,
    );
    expect(read.hint).toBe("Set a paginator for this resource; single_page if this page is all there is.");
  });
});

describe("auto believes one page (P10)", () => {
  it.each([
    ["no sign of another", {}, "the first page shows no sign of another"],
    ["next that is null", { next: null, total: 2 }, "next is empty"],
    ["a flag that is false", { has_more: false }, "a flag says that nothing follows"],
    ["a total that is reached", { total: 2 }, "the first page shows no sign of another"],
    ["one page of one", { page: 1, pages: 1 }, "the first page shows no sign of another"],
  ])("with %s", async (_, more, why) => {
    const read = await readInTurn("{name: items}", [list(1, 2, more)]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 2), paginator: "auto: single_page" });
    expect(read.notices).toEqual([`info: auto chose single_page: ${why}`]);
  });

  it.each([
    ["a round number of rows", "{name: items}", 100],
    ["as many rows as were asked for", "{name: items, params: {per_page: 7}}", 7],
  ])("with a warning for %s", async (_, resource, rows) => {
    const read = await readInTurn(resource, [list(1, rows)]);

    expect(read.rows).toHaveLength(rows);
    expect(read.notices).toEqual([
      `warning: auto chose single_page: the first page shows no sign of another, but ${String(rows)} rows may be one page of many; set a paginator (single_page if these are all)`,
    ]);
  });

  it("and takes no sign from a record", async () => {
    const read = await readInTurn("{name: items}", [page({ id: 1, next: "/items?c=2", has_more: true })]);

    expect(read).toMatchObject({ error: undefined, rows: [{ id: 1, next: "/items?c=2", has_more: true }] });
  });
});
