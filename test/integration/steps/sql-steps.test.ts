import { expect, test } from "vitest";
import type { RunEvent } from "../../../src/model/events.js";
import type { ProcessingStep } from "../../../src/model/processing-step.js";
import type { UserFunction } from "../../../src/model/user-function.js";
import { createMemoryProject, incrementalBy, loadedResource } from "../../support/memory-sync.js";

type Step = ProcessingStep<UserFunction>;
const location = { file: ".dango/sources.yml", line: 7, column: 9 };

function filter(sql: string): Step {
  return { kind: "filter", expression: { sql, location } };
}

function map(columns: Record<string, string>): Step {
  return {
    kind: "map",
    columns: Object.entries(columns).map(([path, sql]) => ({ path, expression: { sql, location } })),
  };
}

function rename(names: Record<string, string>): Step {
  return { kind: "rename", names: Object.entries(names).map(([from, to]) => ({ from, to, location })) };
}

function exclude(...paths: string[]): Step {
  return { kind: "exclude", paths, location };
}

/** Loads the records through the steps; the rows by `_dlt` order, data columns only. */
async function process(
  records: string,
  steps: readonly Step[],
): Promise<{ columns: string[]; rows: unknown[][] }> {
  await using project = await createMemoryProject();
  const report = await project.sync([{ name: "orders", pages: [records], steps }]);
  loadedResource(report, "orders");
  const columns = (
    await project.rows(
      "SELECT column_name || ' ' || data_type FROM duckdb_columns() WHERE schema_name = 'raw_shop' AND table_name = 'orders' AND column_name NOT LIKE '\\_dlt%' ESCAPE '\\' ORDER BY column_index",
    )
  ).map(([name]) => String(name));
  const rows = await project.rows(
    "SELECT * EXCLUDE (_dlt_id, _dlt_load_id) FROM raw_shop.orders ORDER BY rowid",
  );
  return { columns, rows };
}

test("the four kinds of steps in one list", async () => {
  const records =
    '[{"id":1,"status":"paid","customer":{"email":"Ann@X.de","ssn":"1"},"old":5},' +
    '{"id":2,"status":"draft","customer":{"email":"B@X.de","ssn":"2"},"old":6},' +
    '{"id":3,"status":"paid","customer":{"email":null},"old":7}]';
  const steps = [
    filter("status <> 'draft'"),
    map({ email: "lower(customer.email)" }),
    rename({ old: "fresh" }),
    exclude("customer.ssn", "status"),
  ];
  expect(await process(records, steps)).toEqual({
    columns: ["id BIGINT", "customer__email VARCHAR", "fresh BIGINT", "email VARCHAR"],
    rows: [
      [1n, "Ann@X.de", 5n, "ann@x.de"],
      [3n, null, 7n, null],
    ],
  });
});

test("an expression sees the types that columns would get, and computed values keep all digits (B)", async () => {
  const records =
    '[{"id":1,"big":9223372036854775808,"price":1.5,"day":"2024-01-31","at":"2024-01-01T10:00:00.123456+02:00","tags":["a","b"],"flag":true},' +
    '{"id":2,"big":12345678901234567890123456789,"price":2,"day":"2024-02-29","at":"2024-01-01T10:00:00Z","tags":[],"flag":false}]';
  const steps = [
    map({
      bigger: "big + 1",
      total: "CAST(price AS DECIMAL(18,4)) * 3",
      month: "date_trunc('month', day)::DATE",
      later: '"at" + INTERVAL 1 HOUR',
      count: "len(tags)",
      pair: "{'a': id, 'b': [price]}",
      neither: "NULL",
      no: "NOT flag",
      kind: "'x\"\n' || chr(1)",
    }),
    exclude("big", "price", "day", "at", "tags", "flag"),
  ];
  expect(await process(records, steps)).toEqual({
    columns: [
      "id BIGINT",
      "bigger HUGEINT",
      "total DOUBLE",
      "month DATE",
      "later TIMESTAMP WITH TIME ZONE",
      "count BIGINT",
      "pair__a BIGINT",
      "no BOOLEAN",
      "kind VARCHAR",
    ],
    rows: [
      [
        1n,
        9223372036854775809n,
        4.5,
        "2024-01-01",
        "2024-01-01 09:00:00.123456+00",
        2n,
        1n,
        false,
        'x"\n\u0001',
      ],
      [
        2n,
        12345678901234567890123456790n,
        6,
        "2024-02-01",
        "2024-01-01 11:00:00+00",
        0n,
        2n,
        true,
        'x"\n\u0001',
      ],
    ],
  });
});

test("a map of a name alone copies the value as the API spelled it (B)", async () => {
  const records = '[{"id":1,"a":1.10,"o":{"x":1e400,"y":0.12345678901234567890}}]';
  const { rows } = await process(records, [map({ b: "a", c: "o.x", d: " o.y " }), exclude("a", "o")]);
  expect(rows).toEqual([[1n, 1.1, "1e400", 0.12345678901234568]]);
});

test("all expressions of one map see the record as it was before, as do the names of one rename", async () => {
  const processed = await process('[{"a":1,"b":2}]', [
    map({ a: "b + 10", b: "a + 10" }),
    rename({ a: "b", b: "a" }),
  ]);
  expect(processed).toEqual({ columns: ["b BIGINT", "a BIGINT"], rows: [[12n, 11n]] });
});

test("a step sees what the steps before it left", async () => {
  const records = '[{"id":1,"n":1},{"id":2,"n":5}]';
  const steps = [
    map({ n: "n * 2" }),
    rename({ n: "m" }),
    filter("m > 5"),
    map({ "deep.er.m": "m + id" }),
    filter("deep.er.m = 12"),
    exclude("m"),
  ];
  expect(await process(records, steps)).toEqual({
    columns: ["id BIGINT", "deep__er__m BIGINT"],
    rows: [[2n, 12n]],
  });
});

test("a date filter works whatever the spelling, and NULL drops the row as in SQL", async () => {
  const records =
    '[{"id":1,"created_at":"2023-12-31T23:30:00-01:00"},{"id":2,"created_at":"2023-12-31T23:30:00Z"},{"id":3,"created_at":null}]';
  const { rows } = await process(records, [filter("created_at > '2024-01-01'")]);
  expect(rows).toEqual([[1n, "2024-01-01 00:30:00+00"]]);
});

test("values of several kinds are text, and members of objects among them can be named", async () => {
  const records = '[{"id":1,"v":"7"},{"id":2,"v":7},{"id":3,"v":{"w":7}},{"id":4,"v":"{"},{"id":5,"v":true}]';
  const steps = [map({ t: "v || '!'", w: "v.w + 1" }), exclude("v")];
  expect((await process(records, steps)).rows).toEqual([
    [1n, "7!", null],
    [2n, "7!", null],
    [3n, '{"w":7}!', 8n],
    [4n, "{!", null],
    [5n, "true!", null],
  ]);
});

test("lambdas, list elements, and JSON arrows", async () => {
  const records = '[{"id":1,"items":[{"p":1,"q":2},{"p":3,"q":4}]},{"id":2,"items":[]},{"id":3}]';
  const steps = [
    map({
      sum: "list_sum(list_transform(items, i -> i.p * i.q))",
      first: "items[1].p",
      none: "len(list_filter(items, lambda i: i.missing IS NULL))",
      json: "to_json(items) -> '$[1].q'",
      more: "[i.p + id for i in items if i.p > 1][1]",
    }),
    exclude("items"),
  ];
  expect(await process(records, steps)).toEqual({
    columns: ["id BIGINT", "sum BIGINT", "first BIGINT", "none BIGINT", "json BIGINT", "more BIGINT"],
    rows: [
      [1n, 14n, 1n, 2n, 4n, 4n],
      [2n, null, null, 0n, null, null],
      [3n, null, null, null, null, null],
    ],
  });
});

test("keys keep their case, quotes and dots; SQL finds them whatever their case", async () => {
  const records = '[{"Order ID":1,"a.b":"x","Name":"Ann","k\\u0065y":2}]';
  const steps = [
    map({ up: 'upper(name) || "order id" || "a.b"' }),
    exclude("a.b", "Name"),
    rename({ key: "KEY" }),
  ];
  expect(await process(records, steps)).toEqual({
    columns: ["order_id BIGINT", "key BIGINT", "up VARCHAR"],
    rows: [[1n, 2n, "ANN1x"]],
  });
});

test("a cast that fails names the record, the page, the expression and its place", async () => {
  await using project = await createMemoryProject();
  const pages = [
    '[{"id":"1","s":"a"},{"id":"2","s":"a"}]',
    '[{"id":"3","s":"a"},{"id":"x","s":"b"},{"id":"y","s":"a"}]',
  ];
  const steps = [filter("s = 'a'"), map({ n: "id || '!'", id: "CAST(id AS INTEGER)" })];
  const report = await project.sync([{ name: "orders", pages, steps }]);
  expect(report.resources[0]?.error).toEqual({
    type: "data",
    code: "DANGO_SOURCE_DATA",
    message:
      "orders: record 3 of page 2: map id: \"CAST(id AS INTEGER)\": Conversion Error: Could not convert string 'y' to INT32",
    hint: "TRY_CAST gives NULL where CAST fails; a filter before this step can take care of such records",
    location,
  });
});

test("types that do not fit are the resource's own error", async () => {
  await using project = await createMemoryProject();
  const report = await project.sync([
    { name: "orders", pages: ['[{"id":1}]'], steps: [map({ n: "list_sum(id)" })] },
    { name: "users", pages: ['[{"id":1}]'] },
  ]);
  expect(report.resources.map(({ status, error }) => [status, error?.message])).toEqual([
    ["failed", expect.stringMatching(/^orders: map n: "list_sum\(id\)": Binder Error: No function matches/)],
    ["ok", undefined],
  ]);
});

test("NaN and infinity are errors, as they are in a body (B1)", async () => {
  await using project = await createMemoryProject();
  const report = await project.sync([
    { name: "orders", pages: ['[{"n":0.5},{"n":0.0}]'], steps: [map({ r: "1e0 / n" })] },
  ]);
  expect(report.resources[0]?.error?.message).toBe(
    'orders: record 2 of page 1: map r: "1e0 / n": Invalid Input Error: the value is inf, which is no number',
  );
});

test("a rename onto a member that is there is an error, not a lost value", async () => {
  await using project = await createMemoryProject();
  const pages = ['[{"a":1,"b":null},{"a":1,"b":2}]'];
  const report = await project.sync([{ name: "orders", pages, steps: [rename({ a: "b" })] }]);
  expect(report.resources[0]?.error?.message).toBe(
    "orders: record 2 of page 1: a cannot become b: that is there already",
  );
});

test("a name that no record has is NULL, with a warning that suggests the nearest", async () => {
  await using project = await createMemoryProject();
  const steps = [filter("date_trunc('day', deleted_at) IS NULL"), map({ e: "emial" }), exclude("idd")];
  loadedResource(
    await project.sync([{ name: "orders", pages: ['[{"id":1,"email":"x"}]'], steps }]),
    "orders",
  );
  expect(warningsOf(project.events)).toEqual([
    'orders: no record has "deleted_at", which processing_steps name (.dango/sources.yml:7); it counts as NULL',
    'orders: no record has "emial", which processing_steps name (.dango/sources.yml:7); it counts as NULL. Did you mean "email"?',
    'orders: no record has "idd", which processing_steps name (.dango/sources.yml:7); it counts as NULL. Did you mean "id"?',
  ]);
  expect(await project.rows("SELECT id, email FROM raw_shop.orders")).toEqual([[1n, "x"]]);
});

test("a name that the table knows is NULL of its type, without a warning", async () => {
  await using project = await createMemoryProject();
  const steps = [map({ day: "date_trunc('day', time)" })];
  loadedResource(
    await project.sync([{ name: "orders", pages: ['[{"id":1,"time":"2024-01-01T10:00:00Z"}]'], steps }]),
    "orders",
  );
  loadedResource(await project.sync([{ name: "orders", pages: ['[{"id":2}]'], steps }]), "orders");
  expect(warningsOf(project.events)).toEqual([]);
  expect(await project.rows("SELECT id, day FROM raw_shop.orders ORDER BY id")).toEqual([
    [1n, "2024-01-01 00:00:00+00"],
    [2n, null],
  ]);
});

test("columns that steps take away are not created, and dropped rows count as discarded", async () => {
  await using project = await createMemoryProject();
  const pages = ['[{"id":1,"list":[1]},{"id":2,"only_here":true}]'];
  const report = await project.sync([{ name: "orders", pages, steps: [filter("id = 1"), exclude("list")] }]);
  expect(loadedResource(report, "orders").tables).toEqual([
    { name: "orders", fetched: 2, inserted: 1, updated: 0, deleted: 0, unchanged: 0, discarded: 1 },
  ]);
  expect(
    await project.rows(
      "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'raw_shop' AND column_name = 'only_here'",
    ),
  ).toEqual([]);
  expect(project.events).toContainEqual({
    event: "notice",
    level: "info",
    source: "shop",
    resource: "orders",
    message: "orders: processing_steps dropped 1 of 2 records",
  });
});

test("a replace by rows that were all filtered away is refused (M3)", async () => {
  await using project = await createMemoryProject();
  const options = { writeDisposition: { kind: "replace" as const } };
  const pages = ['[{"id":1}]'];
  loadedResource(await project.sync([{ name: "orders", pages, options }]), "orders");
  const report = await project.sync([{ name: "orders", pages, options, steps: [filter("id > 1")] }]);
  expect(report.exitCode).toBe(5);
  expect(await project.rows("SELECT id FROM raw_shop.orders")).toEqual([[1n]]);
});

test("an expression reaches no file and no network", async () => {
  await using project = await createMemoryProject();
  for (const sql of [
    "(SELECT count(*) FROM read_csv('/etc/passwd')) > 0",
    "id IN (FROM range(3))",
    "current_setting('temp_directory') <> ''",
    "sum(id) > 1",
    "row_number() OVER () = 1",
    "unnest([1, 2]) = 1",
    "$1 = 1",
    "id = 1; DROP TABLE x",
    "lowwer(id) = ''",
    "id.lower() = ''",
  ]) {
    await expect(
      project.sync([{ name: "orders", pages: ['[{"id":1}]'], steps: [filter(sql)] }]),
    ).resolves.toMatchObject({
      resources: [
        {
          error: {
            type: "configuration",
            message: expect.stringContaining(`no expression over a record: ${sql}: `) as string,
          },
        },
      ],
    });
  }
});

test("a filter does not hold the cursor back (I5)", async () => {
  await using project = await createMemoryProject();
  const page = (...records: string[]): string => `[${records.join(",")}]`;
  const steps = [filter("s = 'a'")];
  const options = { incremental: incrementalBy("at"), primaryKey: ["id"] };
  const first = page(
    '{"id":1,"at":"2024-01-01T00:00:00Z","s":"a"}',
    '{"id":2,"at":"2024-03-01T00:00:00+01:00","s":"b"}',
  );
  loadedResource(await project.sync([{ name: "orders", pages: [first], options, steps }]), "orders");
  // Below the last value by now: it is left out by the cursor, not by the filter.
  const second = page(
    '{"id":3,"at":"2024-02-01T00:00:00Z","s":"a"}',
    '{"id":4,"at":"2024-03-01T00:00:00Z","s":"a"}',
  );
  loadedResource(await project.sync([{ name: "orders", pages: [second], options, steps }]), "orders");
  expect(await project.rows("SELECT id FROM raw_shop.orders ORDER BY id")).toEqual([[1n], [4n]]);
});

test("the cursor moves though every row was filtered away, and no table is made (I5, M4)", async () => {
  await using project = await createMemoryProject();
  const resource = { name: "orders", options: { incremental: incrementalBy("n") }, steps: [filter("keep")] };
  const report = await project.sync([
    { ...resource, pages: ['[{"n":5,"keep":false},{"n":7,"keep":false}]'] },
  ]);
  expect(loadedResource(report, "orders").tables).toEqual([
    { name: "orders", fetched: 2, inserted: 0, updated: 0, deleted: 0, unchanged: 0, discarded: 2 },
  ]);
  expect(
    await project.rows(
      "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'raw_shop' AND table_name = 'orders'",
    ),
  ).toEqual([]);
  loadedResource(
    await project.sync([{ ...resource, pages: ['[{"n":6,"keep":true},{"n":8,"keep":true}]'] }]),
    "orders",
  );
  expect(await project.rows("SELECT n FROM raw_shop.orders")).toEqual([[8n]]);
});

test("a map builds the cursor from two members, before a filter (I5)", async () => {
  await using project = await createMemoryProject();
  const resource = {
    name: "orders",
    options: { incremental: incrementalBy("changed") },
    steps: [map({ changed: "coalesce(updated_at, created_at)" }), filter("keep")],
  };
  const first =
    '[{"id":1,"created_at":"2024-01-01T00:00:00Z","updated_at":null,"keep":true},{"id":2,"created_at":"2024-01-01T00:00:00Z","updated_at":"2024-02-01T00:00:00Z","keep":false}]';
  const second =
    '[{"id":3,"created_at":"2024-01-15T00:00:00Z","updated_at":null,"keep":true},{"id":4,"created_at":"2024-02-02T00:00:00Z","updated_at":null,"keep":true}]';
  loadedResource(await project.sync([{ ...resource, pages: [first] }]), "orders");
  loadedResource(await project.sync([{ ...resource, pages: [second] }]), "orders");
  expect(await project.rows("SELECT id, changed FROM raw_shop.orders ORDER BY id")).toEqual([
    [1n, "2024-01-01 00:00:00+00"],
    [4n, "2024-02-02 00:00:00+00"],
  ]);
});

function warningsOf(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) =>
    event.event === "notice" && event.level === "warning" ? [event.message] : [],
  );
}

test("an exclude reaches into the objects of lists, at any depth", async () => {
  await using project = await createMemoryProject();
  const pages = [
    '[{"id":1,"lines":[{"sku":"a","secret":1,"tags":[ {"t":1,"secret":2} ,null]},[{"secret":3,"sku":"b"}], 7]},{"id":2,"lines":{"secret":4,"sku":"c"}}]',
  ];
  const steps = [exclude("lines.secret", "lines.tags.secret")];
  loadedResource(
    await project.sync([{ name: "orders", pages, steps, options: { maxTableNesting: 0 } }]),
    "orders",
  );
  expect(await project.rows("SELECT id, lines::VARCHAR FROM raw_shop.orders ORDER BY id")).toEqual([
    [1n, '[{"sku":"a","tags":[{"t":1},null]},[{"sku":"b"}],7]'],
    [2n, '{"sku":"c"}'],
  ]);
});
