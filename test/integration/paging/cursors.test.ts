import { describe, expect, it } from "vitest";
import { idRows } from "../../support/run-paginator.js";
import { page, readInTurn, type Answer } from "./read-in-turn.js";

const list = (from: number, to: number, more: object = {}): Answer =>
  page({ data: idRows(from, to), ...more });

describe("a cursor in a response header", () => {
  it("is found in any case, and its absence is the end", async () => {
    const read = await readInTurn(
      "{name: items, paginator: {type: header_cursor, cursor_key: x-NEXT-page, cursor_param: p}}",
      [page(idRows(1, 2), { "X-Next-Page": "2" }), page(idRows(3, 3), { "X-Next-Page": "" })],
    );

    expect(read).toMatchObject({
      error: undefined,
      rows: idRows(1, 3),
      paginator: "header_cursor (x-NEXT-page into p)",
    });
    expect(read.requests).toEqual(["GET /items", "GET /items?p=2"]);
  });

  it("that is missing on the first page beside another sign of more is an error (P13)", async () => {
    const read = await readInTurn("{name: items, paginator: {type: header_cursor, cursor_key: X-Nxt}}", [
      page(idRows(1, 2), { "X-Next": "2", "X-Total-Count": "3" }),
    ]);

    expect(read.error).toBe(
      '5: api.items, page 1 (http://api/items): the declared cursor_header "X-Nxt" is missing, yet more pages seem to follow: header x-total-count is 3, above the 2 rows received',
    );
  });

  it("that comes back is no progress (P5)", async () => {
    const read = await readInTurn("{name: items, paginator: header_cursor}", [
      page(idRows(1, 1), { next: "a" }),
      page(idRows(2, 2), { next: "a" }),
    ]);

    expect(read.error).toBe(
      '5: api.items, page 2 (http://api/items?cursor=a): it leads to cursor "a", which was used before',
    );
  });
});

describe("a cursor that is an object (merge)", () => {
  it("is merged into the query, members of the cursor before dropped (P7): MediaWiki's continue", async () => {
    const read = await readInTurn(
      "{name: items, params: {action: query, from: A}, data_selector: query.pages, paginator: {type: cursor, path: continue, merge: true}}",
      [
        page({ query: { pages: idRows(1, 2) }, continue: { from: "B", continue: "-||" } }),
        page({ query: { pages: [] }, continue: { token: 7, continue: "||" } }),
        page({ query: { pages: idRows(3, 3) }, batchcomplete: true }),
      ],
    );

    expect(read).toMatchObject({
      error: undefined,
      rows: idRows(1, 3),
      paginator: "cursor (continue, merged)",
    });
    expect(read.requests).toEqual([
      "GET /items?action=query&from=A",
      "GET /items?action=query&from=B&continue=-%7C%7C",
      "GET /items?action=query&from=A&token=7&continue=%7C%7C",
    ]);
  });

  it("is merged into the body below a path (P7): DynamoDB's LastEvaluatedKey", async () => {
    const read = await readInTurn(
      "{name: items, method: POST, json: {TableName: t}, data_selector: Items, paginator: {type: cursor, path: LastEvaluatedKey, merge: true, cursor_body_path: ExclusiveStartKey}}",
      [
        page({ Items: idRows(1, 2), LastEvaluatedKey: { id: { N: "2" }, at: { S: "x" } } }),
        page({ Items: idRows(3, 3) }),
      ],
    );

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
    expect(read.requests).toEqual([
      'POST /items {"TableName":"t"}',
      'POST /items {"TableName":"t","ExclusiveStartKey":{"id":{"N":"2"},"at":{"S":"x"}}}',
    ]);
  });

  it("that comes back is no progress (P5)", async () => {
    const read = await readInTurn("{name: items, paginator: {type: cursor, path: next, merge: true}}", [
      list(1, 1, { next: { a: 1, b: 2 } }),
      list(2, 2, { next: { a: 1, b: 2 } }),
    ]);

    expect(read.error).toBe(
      '5: api.items, page 2 (http://api/items?a=1&b=2): it leads to cursor {"a":1,"b":2}, which was used before',
    );
  });

  it("ends where has_more_path is false, though members are there", async () => {
    const read = await readInTurn(
      "{name: items, paginator: {type: cursor, path: next, merge: true, has_more_path: more}}",
      [list(1, 1, { next: { a: 1 }, more: true }), list(2, 2, { next: { a: 2 }, more: false })],
    );

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 2) });
    expect(read.requests).toEqual(["GET /items", "GET /items?a=1"]);
  });
});

describe("a cursor of several parts", () => {
  it("sends each where it belongs, from headers and the body; a part that is missing is dropped (P7)", async () => {
    const read = await readInTurn(
      `{name: items, method: POST, json: {q: x}, paginator: {type: cursor, size: 2, size_param: n, parts: [
        {header: X-Next-Partition, param: partition}, {path: meta.row, cursor_body_path: from.row}]}}`,
      [
        page({ data: idRows(1, 2), meta: { row: 2 } }, { "X-Next-Partition": "p 1" }),
        page({ data: [], meta: {} }, { "X-Next-Partition": "p2" }),
        list(3, 3),
      ],
    );

    expect(read).toMatchObject({
      error: undefined,
      rows: idRows(1, 3),
      paginator: "cursor (header X-Next-Partition into partition, meta.row into from.row)",
    });
    expect(read.requests).toEqual([
      'POST /items?n=2 {"q":"x"}',
      'POST /items?partition=p%201&n=2 {"q":"x","from":{"row":2}}',
      'POST /items?partition=p2&n=2 {"q":"x"}',
    ]);
  });

  it("that come back are no progress, and all are shown (P5)", async () => {
    const parts = "parts: [{path: a, param: a}, {path: b, param: b}]";
    const read = await readInTurn(`{name: items, paginator: {type: cursor, ${parts}}}`, [
      list(1, 1, { a: 1, b: "x" }),
      list(2, 2, { a: 1, b: "x" }),
    ]);

    expect(read.error).toBe(
      '5: api.items, page 2 (http://api/items?a=1&b=x): it leads to a 1, b "x", which was used before',
    );
  });
});

describe("a cursor that is the last record", () => {
  const keyset = "paginator: {type: cursor, last_record: id, param: starting_after";

  it("ends where has_more_path is false (P8): Stripe", async () => {
    const read = await readInTurn(`{name: items, ${keyset}, has_more_path: has_more}}`, [
      list(1, 2, { has_more: true }),
      list(3, 3, { has_more: false }),
    ]);

    expect(read).toMatchObject({
      error: undefined,
      rows: idRows(1, 3),
      paginator: "cursor (id of the last record into starting_after)",
    });
    expect(read.requests).toEqual(["GET /items", "GET /items?starting_after=2"]);
  });

  it("ends at an empty page (P8)", async () => {
    const read = await readInTurn(`{name: items, ${keyset}}}`, [list(1, 2), list(3, 3), list(4, 3)]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
    expect(read.requests).toEqual([
      "GET /items",
      "GET /items?starting_after=2",
      "GET /items?starting_after=3",
    ]);
  });

  it("ends at a page shorter than asked for with stop_on_short_page (P8)", async () => {
    const read = await readInTurn(
      `{name: items, ${keyset}, size: 2, size_param: limit, stop_on_short_page: true}}`,
      [list(1, 2), list(3, 3)],
    );

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
    expect(read.requests).toEqual(["GET /items?limit=2", "GET /items?starting_after=2&limit=2"]);
  });

  it("ends at nothing but the record that it started from, which is loaded once (P8)", async () => {
    const read = await readInTurn(`{name: items, ${keyset}}}`, [list(1, 2), list(2, 3), list(3, 3)]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
    expect(read.requests).toHaveLength(3);
  });

  it("is a nested field, or a list for a body: Elasticsearch's search_after", async () => {
    const hit = (id: number): object => ({ _id: String(id), sort: [id * 10, "k"] });
    const read = await readInTurn(
      `{name: items, method: POST, json: {size: 1}, data_selector: hits.hits,
        paginator: {type: cursor, last_record: sort, cursor_body_path: search_after}}`,
      [page({ hits: { hits: [hit(1)] } }), page({ hits: { hits: [hit(2)] } }), page({ hits: { hits: [] } })],
    );

    expect(read).toMatchObject({ error: undefined, rows: [hit(1), hit(2)] });
    expect(read.requests).toEqual([
      'POST /items {"size":1}',
      'POST /items {"size":1,"search_after":[10,"k"]}',
      'POST /items {"size":1,"search_after":[20,"k"]}',
    ]);
  });

  it("that lacks the field is an error that names the fields there are", async () => {
    const read = await readInTurn("{name: items, paginator: {type: cursor, last_record: uid}}", [list(1, 2)]);

    expect(read.error).toBe(
      '5: api.items, page 1 (http://api/items): the last record has no "uid" to ask for the next page with; it has id',
    );
  });

  it("of an API that ignores it is no progress (P5)", async () => {
    const read = await readInTurn(`{name: items, ${keyset}}}`, [list(1, 2), list(1, 2)]);

    expect(read.error).toBe(
      "5: api.items, page 2 (http://api/items?starting_after=2): starting_after 2 brought the same 2 records as the page before",
    );
  });
});

describe("the end of a list of tokens", () => {
  it("is not an empty page, since servers filter after cutting pages", async () => {
    const read = await readInTurn("{name: items, paginator: {type: cursor, path: next}}", [
      list(1, 2, { next: "b" }),
      list(3, 2, { next: "c" }),
      list(3, 3, { next: null }),
    ]);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
  });

  it("is an empty page with stop_after_empty_page: true", async () => {
    const read = await readInTurn(
      "{name: items, paginator: {type: cursor, path: next, stop_after_empty_page: true}}",
      [list(1, 2, { next: "b" }), list(3, 2, { next: "c" })],
    );

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 2) });
    expect(read.requests).toHaveLength(2);
  });

  it("a token beyond 2^53 is sent with all its digits", async () => {
    const read = await readInTurn("{name: items, paginator: {type: cursor, path: next}}", [
      page('{"data":[{"id":1}],"next":9007199254740993}'),
      list(2, 2),
    ]);

    expect(read.requests[1]).toBe("GET /items?cursor=9007199254740993");
  });

  it.each([
    ["{a: 1}", { a: 1 }, 'next holds {"a":1}, which is no cursor'],
    ["[1]", [1], "next holds [1], which is no cursor"],
  ])("a token that is %s cannot be sent in a query", async (_, next, problem) => {
    const read = await readInTurn("{name: items, paginator: {type: cursor, path: next}}", [
      list(1, 1, { next }),
    ]);

    expect(read.error).toBe(`5: api.items, page 1 (http://api/items): ${problem}`);
  });
});
