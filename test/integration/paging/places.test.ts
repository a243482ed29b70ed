import { describe, expect, it } from "vitest";
import { idRows } from "../../support/run-paginator.js";
import { page, readInTurn, type Answer } from "./read-in-turn.js";

const list = (from: number, to: number, more: object = {}): Answer =>
  page({ data: idRows(from, to), ...more });

/** A numbered list of two pages and its end. */
const NUMBERED = [list(1, 2), list(3, 3), list(4, 3)];
const TOKENS = [list(1, 2, { next: "b c/d" }), list(3, 3, { next: null })];

/** Where a value goes, the resource, what it is answered, the requests. */
const PLACES: readonly (readonly [string, string, readonly Answer[], readonly string[]])[] = [
  [
    "page and size into the query, the size that params have replaced",
    "params: {q: x, n: 1}, paginator: {type: page_number, param: p, size: 2, size_param: n}",
    NUMBERED,
    ["GET /items?q=x&p=1&n=2", "GET /items?q=x&p=2&n=2", "GET /items?q=x&p=3&n=2"],
  ],
  [
    "page and size into the body, beside what is there",
    "method: POST, json: {q: x, page: {size: 9}}, paginator: {type: page_number, page_body_path: page.number, size: 2, size_body_path: page.size}",
    NUMBERED,
    [1, 2, 3].map((number) => `POST /items {"q":"x","page":{"size":2,"number":${String(number)}}}`),
  ],
  [
    "offset and limit into the body, objects on the way made",
    "method: POST, paginator: {type: offset, limit: 2, offset_body_path: range.from, limit_body_path: range.count}",
    NUMBERED,
    [0, 2, 3].map((from) => `POST /items {"range":{"from":${String(from)},"count":2}}`),
  ],
  [
    "offset into the body, limit into the query",
    "method: POST, json: {q: x}, paginator: {type: offset, limit: 2, offset_body_path: from}",
    NUMBERED,
    [0, 2, 3].map((from) => `POST /items?limit=2 {"q":"x","from":${String(from)}}`),
  ],
  [
    "offset and limit into a form",
    "method: POST, data: {q: x y}, paginator: {type: offset, limit: 2, offset_body_path: from, limit_body_path: count}",
    NUMBERED,
    [0, 2, 3].map((from) => `POST /items q=x+y&from=${String(from)}&count=2`),
  ],
  [
    "page into a header (P9)",
    'headers: {X-Page: "{paginator.page}"}, paginator: page_number',
    NUMBERED,
    [1, 2, 3].map((number) => `GET /items x-page: ${String(number)}`),
  ],
  [
    "page and size into the path (P9)",
    'path: "items/by/{paginator.size}/{paginator.page}", paginator: {type: page_number, size: 2}',
    NUMBERED,
    [1, 2, 3].map((number) => `GET /items/by/2/${String(number)}`),
  ],
  [
    "offset into the path, limit into a header (P9)",
    'path: "items/{paginator.offset}", headers: {X-Limit: "{paginator.size}"}, paginator: {type: offset, limit: 2}',
    NUMBERED,
    [0, 2, 3].map((from) => `GET /items/${String(from)} x-limit: 2`),
  ],
  [
    "offset and limit within one parameter, and as numbers in the body (P9)",
    'method: POST, params: {range: "{paginator.offset}-{paginator.size}"}, json: {from: "{paginator.offset}"}, paginator: {type: offset, limit: 2}',
    NUMBERED,
    [0, 2, 3].map((from) => `POST /items?range=${String(from)}-2 {"from":${String(from)}}`),
  ],
  [
    "cursor into the query, encoded",
    "paginator: {type: cursor, path: next, param: after}",
    TOKENS,
    ["GET /items", "GET /items?after=b%20c%2Fd"],
  ],
  [
    "cursor into the body, and size into the query",
    "method: POST, json: {q: x}, paginator: {type: cursor, path: next, cursor_body_path: page.after, size: 2, size_param: n}",
    TOKENS,
    ['POST /items?n=2 {"q":"x"}', 'POST /items?n=2 {"q":"x","page":{"after":"b c/d"}}'],
  ],
  [
    "cursor into a header, left out while there is none (P9)",
    'headers: {X-After: "{paginator.cursor}", X-Own: own}, paginator: {type: cursor, path: next}',
    TOKENS,
    ["GET /items x-own: own", "GET /items x-after: b c/d x-own: own"],
  ],
  [
    "cursor into the path, with a first value (P9)",
    'path: "items/{paginator.cursor}", paginator: {type: cursor, path: next, start: first}',
    TOKENS,
    ["GET /items/first", "GET /items/b%20c%2Fd"],
  ],
  [
    "cursor into params and json, left out while there is none (P9)",
    'method: POST, params: {a: "{paginator.cursor}", b: 1}, json: {c: "{paginator.cursor}", d: 1}, paginator: {type: cursor, path: next}',
    TOKENS,
    ['POST /items?b=1 {"d":1}', 'POST /items?a=b%20c%2Fd&b=1 {"c":"b c/d","d":1}'],
  ],
  [
    "cursor into a GraphQL variable (P9)",
    'graphql: {query: "query($c: ID) { a }", variables: {c: "{paginator.cursor}"}}, data_selector: data, paginator: {type: cursor, path: next}',
    TOKENS,
    [
      'POST /graphql {"query":"query($c: ID) { a }","variables":{}}',
      'POST /graphql {"query":"query($c: ID) { a }","variables":{"c":"b c/d"}}',
    ],
  ],
  [
    "the cursor of a header into the body",
    "method: POST, paginator: {type: header_cursor, cursor_key: X-Next, cursor_body_path: after}",
    [page(idRows(1, 2), { "X-Next": "b" }), page(idRows(3, 3))],
    ["POST /items", 'POST /items {"after":"b"}'],
  ],
  [
    "the cursor of a header into a header (P9)",
    'headers: {X-After: "{paginator.cursor}"}, paginator: {type: header_cursor, cursor_key: X-Next}',
    [page(idRows(1, 2), { "X-Next": "b" }), page(idRows(3, 3))],
    ["GET /items", "GET /items x-after: b"],
  ],
];

describe("what a paginator sends goes (001-09)", () => {
  it.each(PLACES)("%s", async (_, keys, answers, requests) => {
    const read = await readInTurn(`{name: items, ${keys}}`, answers);

    expect(read).toMatchObject({ error: undefined, rows: idRows(1, 3) });
    expect(read.requests).toEqual(requests);
  });
});

describe("a cursor in the path that has no first value", () => {
  it("is an error before anything is sent (P9)", async () => {
    const read = await readInTurn(
      '{name: items, path: "items/{paginator.cursor}", paginator: {type: cursor, path: next}}',
      [],
    );

    expect(read.error).toBe(
      '1: api.items: the placeholder {paginator.cursor} in the path "items/{paginator.cursor}" has no value',
    );
    expect(read.requests).toEqual([]);
  });
});

describe("a value in the body of a request without a method", () => {
  it.each([
    "{type: cursor, path: next, cursor_body_path: after}",
    "{type: cursor, parts: [{path: next, cursor_body_path: after}]}",
    "{type: page_number, param: p, size: 2, size_body_path: n, total_path: pages}",
    "{type: offset, limit: 2, limit_body_path: n, total_path: total}",
  ])("is warned of, since it is sent with GET: %s", async (paginator) => {
    const { notices } = await readInTurn(`{name: items, paginator: ${paginator}}`, [
      list(1, 1, { pages: 1, total: 1 }),
    ]);

    expect(notices).toContain(
      "warning: sends a body with GET, which many servers ignore: set method: POST, or method: GET if the API reads it",
    );
  });
});
