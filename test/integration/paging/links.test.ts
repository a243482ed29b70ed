import { describe, expect, it } from "vitest";
import { idRows } from "../../support/run-paginator.js";
import { page, readInTurn, type Answer } from "./read-in-turn.js";

const list = (from: number, to: number, more: object = {}): Answer =>
  page({ data: idRows(from, to), ...more });

describe("a next link", () => {
  it.each([
    ["absolute", "{api}/v2/items?c=2", "/v2/items?c=2"],
    ["from the root of the host", "/v2/items?c=2", "/v2/items?c=2"],
    ["beside the page", "more?c=2", "/more?c=2"],
    ["a query alone", "?c=2", "/items?c=2"],
    ["with a fragment, which is not sent", "?c=2#top", "/items?c=2"],
    ["encoded as it is", "?c=a%2Fb+c&d=[1]", "/items?c=a%2Fb+c&d=[1]"],
  ])("may be %s; the resource's own params are not added", async (_, next, requested) => {
    const read = await readInTurn("{name: items, params: {z: 1}, paginator: json_link}", [
      list(1, 2, { next }),
      list(3, 3),
    ]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3), paginator: "json_link (next)" });
    expect(read.requests).toEqual(["GET /items?z=1", `GET ${requested}`]);
  });

  it("keeps method, body and headers", async () => {
    const read = await readInTurn(
      "{name: items, method: POST, json: {q: x}, params: {z: 1}, headers: {X-Own: own}, paginator: json_link}",
      [list(1, 2, { next: "?c=2" }), list(3, 3)],
    );

    expect(read.requests).toEqual([
      'POST /items?z=1 x-own: own {"q":"x"}',
      'POST /items?c=2 x-own: own {"q":"x"}',
    ]);
  });

  it.each([
    ['"@odata.nextLink"', { "@odata.nextLink": "?c=2" }],
    [`"['@odata.nextLink']"`, { "@odata.nextLink": "?c=2" }],
    [`"$['@odata.nextLink']"`, { "@odata.nextLink": "?c=2" }],
    ["_links.next.href", { _links: { next: { href: "?c=2" } } }],
    ['"links[0].href"', { links: [{ href: "?c=2" }] }],
    [
      `"$.links[?@.rel == 'next'].href"`,
      {
        links: [
          { rel: "self", href: "?c=1" },
          { rel: "next", href: "?c=2" },
        ],
      },
    ],
  ])("is found at the path %s", async (path, more) => {
    const read = await readInTurn(
      `{name: items, data_selector: data, paginator: {type: json_link, path: ${path}}}`,
      [list(1, 2, more), list(3, 3)],
    );

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
    expect(read.requests).toEqual(["GET /items", "GET /items?c=2"]);
  });

  it.each([null, "", false])("that is %j is the end", async (next) => {
    const read = await readInTurn("{name: items, paginator: json_link}", [list(1, 2, { next })]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 2) });
    expect(read.requests).toHaveLength(1);
  });

  it("ends where has_more_path is false, though a link is there", async () => {
    const read = await readInTurn("{name: items, paginator: {type: json_link, has_more_path: more}}", [
      list(1, 2, { next: "?c=2", more: "true" }),
      list(3, 3, { next: "?c=3", more: "false" }),
    ]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
    expect(read.requests).toHaveLength(2);
  });

  it("is followed past an empty page: servers filter after cutting pages", async () => {
    const read = await readInTurn("{name: items, paginator: json_link}", [
      list(1, 2, { next: "?c=2" }),
      list(3, 2, { next: "?c=3" }),
      list(3, 3),
    ]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
  });

  it.each([
    [
      "promised by has_more_path, but missing (P5)",
      { next: null, more: true },
      "more promises more, but there is no link (next) to ask for it with",
    ],
    [
      "under another key than the declared one (P13)",
      { next_url: "?c=2" },
      'the declared next_url_path "next" is missing, yet more pages seem to follow: next_url is "?c=2"',
    ],
    ["no text", { next: 2 }, 'next_url_path "next" holds 2, which is no URL'],
    [
      "of another scheme (H3)",
      { next: "ftp://h/items" },
      'the next link has the scheme "ftp": only http and https are followed',
    ],
    [
      "to another origin (H3)",
      { next: "https://other.example/items?c=2" },
      "the next link leads to https://other.example, another origin than base_url's http://api",
    ],
    ["the page's own (P5)", { next: "/items" }, 'it leads to next link "/items", which was used before'],
  ])("that is %s is an error", async (_, more, problem) => {
    const keys = "more" in more ? ", has_more_path: more" : "";
    const read = await readInTurn(`{name: items, paginator: {type: json_link${keys}}}`, [list(1, 2, more)]);

    expect(read.error).toBe(`5: api.items, page 1 (http://api/items): ${problem}`);
    expect(read.requests).toEqual(["GET /items"]);
  });

  it("on_missing_path: end takes a missing one for the end, whatever else is there (P13)", async () => {
    const read = await readInTurn("{name: items, paginator: {type: json_link, on_missing_path: end}}", [
      list(1, 2, { next_url: "?c=2" }),
    ]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 2) });
  });

  it("to another host keeps base_url's origin with rewrite_links (H3)", async () => {
    const read = await readInTurn("{name: items, rewrite_links: true, paginator: header_link}", [
      page(idRows(1, 2), { Link: '<https://internal:8443/items?c=2>; rel="next"' }),
      page(idRows(3, 3)),
    ]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
    expect(read.requests).toEqual(["GET /items", "GET /items?c=2"]);
  });
});

describe("the Link header", () => {
  it.each([
    ["several links in one", '</items?c=1>; rel="prev", </items?c=2>; rel="next"'],
    ["several relations of one link, in any case", '</items?c=2>; title="a, b"; REL="last Next"'],
    ["a comma and a semicolon in the URL", "</items?c=2>; rel=next"],
  ])("is read with %s", async (_, header) => {
    const read = await readInTurn("{name: items, paginator: header_link}", [
      page(idRows(1, 2), { Link: header }),
      page(idRows(3, 3), { Link: '</items?c=1>; rel="prev"' }),
    ]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
    expect(read.requests).toEqual(["GET /items", "GET /items?c=2"]);
  });

  it("that is missing on the first page beside another sign of more is an error (P13)", async () => {
    const read = await readInTurn("{name: items, paginator: header_link}", [
      page(idRows(1, 2), { "X-Total-Count": "3" }),
    ]);

    expect(read.error).toBe(
      "5: api.items, page 1 (http://api/items): the declared Link header with rel=next is missing, yet more pages seem to follow: header x-total-count is 3, above the 2 rows received",
    );
  });
});
