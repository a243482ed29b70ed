import { describe, expect, test } from "vitest";
import { startApi } from "./start-api.js";

describe("the start of a run (I1)", () => {
  test("is initial_value first, then the highest value stored, over three runs (002-21)", async () => {
    let rows: unknown[] = [
      { id: 1, at: "2024-03-01T10:00:00Z" },
      { id: 2, at: "2024-03-05T10:00:00+02:00" },
    ];
    const api = await startApi(
      `- name: orders
  primary_key: id
  incremental: {cursor_path: at, initial_value: "2024-01-01T00:00:00Z", start_param: since}`,
      () => rows,
    );
    expect(await api.syncAsked()).toEqual(["/orders?since=2024-01-01T00:00:00Z"]);
    rows = [{ id: 3, at: "2024-03-05T08:00:00Z" }];
    expect(await api.syncAsked()).toEqual(["/orders?since=2024-03-05T10:00:00+02:00"]);
    rows = [];
    // The same instant moves nothing: the spelling that was stored first stays.
    expect(await api.syncAsked()).toEqual(["/orders?since=2024-03-05T10:00:00+02:00"]);
    expect(await api.rows("SELECT id FROM raw_api.orders ORDER BY id")).toEqual([[1n], [2n], [3n]]);
    expect(await api.cursors("orders")).toEqual({
      at: { initialValue: "2024-01-01T00:00:00Z", lastValue: "2024-03-05T10:00:00+02:00" },
    });
  });

  test("is left out of the request until there is a value, wherever it stands in a parameter (P9)", async () => {
    const api = await startApi(
      `- name: orders
  primary_key: id
  params: {q: "updated>{incremental.start_value}", n: 5}
  incremental: {cursor_path: at, start_param: since}`,
      () => [{ id: 1, at: 7 }],
    );
    expect(await api.syncAsked()).toEqual(["/orders?n=5"]);
    expect(await api.syncAsked()).toEqual(["/orders?q=updated>7&n=5&since=7"]);
  });

  test("stands in path, params, JSON body and headers, typed where a body has nothing else", async () => {
    const api = await startApi(
      `- name: orders
  primary_key: id
  method: POST
  path: "changes/{incremental.start_value}/orders"
  params: {range: "{incremental.start_value}..", first: "{incremental.initial_value}", last: "{incremental.last_value}"}
  json: {from: "{incremental.start_value}", text: "since {incremental.start_value}", by: [{lag: "{incremental.lag}"}]}
  headers: {X-Since: "{incremental.start_value}"}
  incremental: {cursor_path: seq, initial_value: 0, lag: 2}`,
      () => [{ id: 1, seq: 9 }],
    );
    expect(await api.syncAsked()).toEqual(["/changes/0/orders?range=0..&first=0&last=0"]);
    expect(await api.syncAsked()).toEqual(["/changes/7/orders?range=7..&first=0&last=7"]);
    expect(
      api.requests.map(({ body, headers }) => [JSON.parse(body) as unknown, headers["x-since"]]),
    ).toEqual([
      [{ from: 0, text: "since 0", by: [{ lag: 2 }] }, "0"],
      [{ from: 7, text: "since 7", by: [{ lag: 2 }] }, "7"],
    ]);
  });

  test("is a variable of a GraphQL query, and a field of a form", async () => {
    const api = await startApi(
      `- name: orders
  primary_key: id
  data_selector: data.orders
  endpoint: {path: graphql, graphql: {query: "query($since: Int) { orders(since: $since) { id at } }"}}
  incremental: {cursor_path: at, start_param: since}
- name: form
  primary_key: id
  method: POST
  data: {from: "{incremental.start_value}", n: 1}
  incremental: {cursor_path: at, initial_value: 3}`,
      ({ pathname }) => {
        const rows = [{ id: 1, at: 4 }];
        return pathname === "/graphql" ? { data: { orders: rows } } : rows;
      },
    );
    await api.syncAsked();
    await api.syncAsked();
    const bodies = (path: string): string[] =>
      api.requests.filter(({ url }) => url === path).map(({ body }) => body);
    expect(bodies("/graphql").map((body) => (JSON.parse(body) as { variables: unknown }).variables)).toEqual([
      {},
      { since: 4 },
    ]);
    expect(bodies("/form")).toEqual(["from=3&n=1", "from=4&n=1"]);
  });

  test("is dlt's older form in params, with its own key as the parameter", async () => {
    const api = await startApi(
      `- name: orders
  primary_key: id
  params: {since: {type: incremental, cursor_path: at, initial_value: 3}, n: 1}`,
      () => [{ id: 1, at: 4 }],
    );
    expect(await api.syncAsked()).toEqual(["/orders?n=1&since=3"]);
    expect(await api.syncAsked()).toEqual(["/orders?n=1&since=4"]);
  });

  test("keeps the digits of numbers that JavaScript cannot hold, and the zeros of text (I1)", async () => {
    const api = await startApi(
      `- {name: big, primary_key: id, incremental: {cursor_path: seq, start_param: since}}
- {name: padded, primary_key: id, incremental: {cursor_path: seq, start_param: since}}`,
      ({ pathname }) =>
        Buffer.from(
          pathname === "/big"
            ? '[{"id":1,"seq":9007199254740993},{"id":2,"seq":9007199254740992}]'
            : '[{"id":1,"seq":"0099"},{"id":2,"seq":"0100"}]',
        ),
    );
    await api.sync();
    api.asked();
    expect((await api.syncAsked()).sort()).toEqual(["/big?since=9007199254740993", "/padded?since=0100"]);
  });

  test("is the lowest value with last_value_func: min, as dlt's backwards reading", async () => {
    let rows = [
      { id: 5, n: 50 },
      { id: 4, n: 40 },
    ];
    const api = await startApi(
      `- name: events
  primary_key: id
  incremental: {cursor_path: n, initial_value: 100, last_value_func: min, start_param: before}`,
      () => rows,
    );
    expect(await api.syncAsked()).toEqual(["/events?before=100"]);
    rows = [
      { id: 6, n: 60 },
      { id: 3, n: 30 },
    ];
    expect(await api.syncAsked()).toEqual(["/events?before=40"]);
    expect(await api.syncAsked()).toEqual(["/events?before=30"]);
    expect(await api.rows("SELECT id FROM raw_api.events ORDER BY id")).toEqual([[3n], [4n], [5n]]);
  });
});

describe("cursor_path", () => {
  test("names a nested field, a key with a dot in brackets, and a field by its JSONPath", async () => {
    const api = await startApi(
      `- {name: nested, primary_key: id, incremental: {cursor_path: meta.times.changed, start_param: since}}
- {name: bracketed, primary_key: id, incremental: {cursor_path: '["a.b"].at', start_param: since}}
- {name: jsonpath, primary_key: id, incremental: {cursor_path: "$.meta['at']", start_param: since}}`,
      ({ pathname }) =>
        ({
          "/nested": [
            { id: 1, meta: { times: { changed: 11 } } },
            { id: 2, meta: { times: { changed: 12 } } },
          ],
          "/bracketed": [{ id: 1, "a.b": { at: 21 }, a: { b: { at: 99 } } }],
          "/jsonpath": [{ id: 1, meta: { at: 31 } }],
        })[pathname],
    );
    expect((await api.syncAsked()).sort()).toEqual(["/bracketed", "/jsonpath", "/nested"]);
    expect((await api.syncAsked()).sort()).toEqual([
      "/bracketed?since=21",
      "/jsonpath?since=31",
      "/nested?since=12",
    ]);
    expect(await api.cursors("bracketed")).toEqual({ '["a.b"].at': { initialValue: null, lastValue: 21 } });
    expect(await api.rows("SELECT a_b__at, a__b__at FROM raw_api.bracketed")).toEqual([[21n, 99n]]);
  });

  test("is found in brackets in records that a filter drops, too (I5)", async () => {
    const api = await startApi(
      `- name: orders
  primary_key: id
  processing_steps: [{filter: "id < 3"}]
  incremental: {cursor_path: '["a.b"].at', start_param: since}`,
      () => [1, 2, 3].map((id) => ({ id, "a.b": { at: id * 10 } })),
    );
    expect(await api.syncAsked()).toEqual(["/orders"]);
    expect(await api.syncAsked()).toEqual(["/orders?since=30"]);
    expect(await api.rows("SELECT id FROM raw_api.orders ORDER BY id")).toEqual([[1n], [2n]]);
  });
});

describe("a record that an API sends although it was not asked for", () => {
  test("is dropped below the start and at the end, and counted as discarded (§3.7)", async () => {
    const api = await startApi(
      `- name: orders
  primary_key: id
  incremental: {cursor_path: at, initial_value: 10, end_value: 20, start_param: from, end_param: to}`,
      () => [9, 10, 19, 20, 21].map((at) => ({ id: at, at })),
    );
    const report = await api.sync();
    expect(api.asked()).toEqual(["/orders?from=10&to=20"]);
    expect(report.resource("orders").tables[0]).toMatchObject({ fetched: 5, inserted: 2, discarded: 3 });
    expect(await api.rows("SELECT id FROM raw_api.orders ORDER BY id")).toEqual([[10n], [19n]]);
  });

  test("is kept at an end that is closed, and dropped at a start that is open (§3.1)", async () => {
    const api = await startApi(
      `- name: orders
  primary_key: id
  incremental: {cursor_path: at, initial_value: 10, end_value: 20, range_start: open, range_end: closed}`,
      () => [9, 10, 11, 20, 21].map((at) => ({ id: at, at })),
    );
    await api.sync();
    expect(await api.rows("SELECT id FROM raw_api.orders ORDER BY id")).toEqual([[11n], [20n]]);
  });
});

test("An initial_value that is a secret is refused where it would be stored, before anything is asked (S2)", async () => {
  const block = (more: string): string =>
    `- {name: log, primary_key: at, headers: {X-Api-Key: "\${KEY}"}, incremental: {cursor_path: at, initial_value: "\${KEY}"${more}}}`;
  const api = await startApi(block(""), () => [{ at: "t1" }]);
  api.env = { KEY: "s3cret-value" };
  expect((await api.sync()).resource("log").error).toMatchObject({
    type: "data",
    message: "log: the initial_value of the cursor at is a secret, which would be stored",
  });
  expect(api.asked()).toEqual([]);

  const backfill = await startApi(block(", end_value: z"), () => [{ at: "t1" }]);
  backfill.env = api.env;
  expect((await backfill.sync()).resource("log").status).toBe("ok");
  expect(await backfill.cursors("log")).toBeUndefined();
});

describe("append", () => {
  test("adds each row once over three runs, though the API sends the boundary again every time (I2)", async () => {
    let rows: unknown[] = [
      { at: 1, v: "a" },
      { at: 2, v: "b" },
      { at: 2, v: "b" },
    ];
    const api = await startApi(
      `- {name: log, incremental: {cursor_path: at, initial_value: 0, start_param: since}}`,
      ({ searchParams }) =>
        rows.filter((row) => (row as { at: number }).at >= Number(searchParams.get("since"))),
    );
    expect(await api.syncAsked()).toEqual(["/log?since=0"]);
    rows = [...rows, { at: 2, v: "b" }, { at: 3, v: "c" }];
    expect(await api.syncAsked()).toEqual(["/log?since=2"]);
    expect(await api.syncAsked()).toEqual(["/log?since=3"]);
    expect(await api.rows('SELECT "at", v, count(*) FROM raw_api.log GROUP BY ALL ORDER BY ALL')).toEqual([
      [1n, "a", 1n],
      [2n, "b", 3n],
      [3n, "c", 1n],
    ]);
  });
});
