import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRestProject, type RestProject } from "../../support/rest-project.js";
import type { TestServer } from "../../support/serve.js";
import { runSql } from "../warehouse/run-sql.js";
import { DLT_WAREHOUSE, event, LAST_RUN, serveShop, shopBlock, SHOP_KEYS, type Answers } from "./shop-api.js";

const TABLES = [
  "events",
  "events__tags",
  "orders",
  "orders__items",
  "orders__items__parts",
  "products",
  "products__sizes",
  "customers",
  "customers__phones",
];

describe("a warehouse that dlt began, synced on (M8)", () => {
  let answers: Answers;
  let server: TestServer;
  let project: RestProject;

  beforeEach(async () => {
    answers = { ...LAST_RUN };
    server = await serveShop(answers);
    project = await createRestProject(shopBlock(server.url), {
      keys: SHOP_KEYS,
      warehouse: DLT_WAREHOUSE,
      nowMs: Date.UTC(2026, 11),
    });
  });

  afterEach(async () => {
    await project[Symbol.asyncDispose]();
    await server.close();
  });

  const allRows = () =>
    project.rows(
      TABLES.map((table) => `SELECT '${table}', to_json(t)::VARCHAR FROM shop_data.${table} t`).join(
        " UNION ALL ",
      ),
    );

  test("changes no row, ids and load ids included, when the API has nothing new", async () => {
    const before = await allRows();
    const report = await project.sync();
    expect(report.exitCode).toBe(0);
    expect(await allRows()).toEqual(before);
    expect(report.resource("orders").tables[0]).toMatchObject({
      fetched: 1,
      unchanged: 1,
      inserted: 0,
      updated: 0,
    });
    expect(report.resource("products").tables[0]).toMatchObject({ fetched: 1, unchanged: 1, deleted: 0 });
    expect(report.resource("customers").tables[0]).toMatchObject({ fetched: 2, unchanged: 2, deleted: 0 });
    expect(report.resources.flatMap(({ schemaChanges }) => schemaChanges)).toEqual([]);
  });

  test("asks from dlt's cursor on and adds what is new, on the boundary too", async () => {
    answers["/events"] = [
      ...(LAST_RUN["/events"] ?? []),
      event(6, "2024-01-03", "stop"),
      event(7, "2024-01-04", "start", "e"),
    ];
    const report = await project.sync();
    expect(server.requests.map(({ url }) => url)).toContain("/events?since=2024-01-03T00%3A00%3A00Z");
    expect(report.resource("events").tables[0]).toMatchObject({ inserted: 2, unchanged: 2, discarded: 3 });
    expect(
      await project.rows(
        `SELECT seq, strftime(e."at", '%d'), what, value FROM shop_data.events e
           LEFT JOIN shop_data.events__tags t ON t._dlt_parent_id = e._dlt_id ORDER BY ALL`,
      ),
    ).toEqual([
      [1n, "01", "start", "a"],
      [1n, "01", "start", "b"],
      [2n, "02", "move", null],
      [3n, "02", "move", "c"],
      [4n, "03", "stop", null],
      [5n, "03", "stop", "d"],
      [6n, "03", "stop", null],
      [7n, "04", "start", "e"],
    ]);
    await project.sync();
    expect(server.requests.slice(-5).map(({ url }) => url)).toContain(
      "/events?since=2024-01-04T00%3A00%3A00Z",
    );
    expect(await project.rows("SELECT count(*) FROM shop_data.events")).toEqual([[7n]]);
  });

  test("adds no row on the boundary again that dlt changed while it loaded it (M8)", async () => {
    const records = (LAST_RUN["/events"] ?? []).map((record) => ({
      ...record,
      seq: `00${String(record["seq"])}`,
      what: record["what"] === "stop" ? true : record["what"],
    }));
    const path = join(project.root, "data", "warehouse.duckdb");
    await runSql(path, "UPDATE shop_data.events SET what = 'True' WHERE what = 'stop'");
    answers["/events"] = [...records, { ...records[4], tags: ["another"] }, { ...records[4], what: "True!" }];
    const report = await project.sync();
    expect(report.resource("events").error).toBeNull();
    expect(report.resource("events").tables[0]).toMatchObject({ inserted: 2, unchanged: 2, discarded: 3 });
    expect((await project.sync()).resource("events").tables[0]).toMatchObject({ inserted: 0 });
  });

  test("merges into rows with three levels of lists", async () => {
    answers["/orders"] = [
      {
        id: 2,
        status: "paid",
        customer: { name: "c2" },
        items: [{ sku: "C", parts: [{ no: 3 }, { no: 5 }] }],
      },
      { id: 3, status: "paid", customer: { name: "c3" }, items: [{ sku: "D", parts: [] }] },
      { id: 4, status: "new", customer: { name: "c4" }, items: [] },
    ];
    const idsBefore = await project.rows(
      "SELECT id, _dlt_id, _dlt_load_id FROM shop_data.orders WHERE id <> 2 ORDER BY id",
    );
    const report = await project.sync();
    expect(report.resource("orders").tables[0]).toMatchObject({
      inserted: 1,
      updated: 1,
      unchanged: 1,
      deleted: 0,
    });
    expect(
      await project.rows(
        `SELECT o.id, o.status, i.sku, p.no FROM shop_data.orders o
           LEFT JOIN shop_data.orders__items i ON i._dlt_parent_id = o._dlt_id AND i._dlt_root_id = o._dlt_id
           LEFT JOIN shop_data.orders__items__parts p ON p._dlt_parent_id = i._dlt_id AND p._dlt_root_id = o._dlt_id
          ORDER BY o.id, i._dlt_list_idx, p._dlt_list_idx`,
      ),
    ).toEqual([
      [1n, "new", "A", 1n],
      [1n, "new", "A", 2n],
      [1n, "new", "B", null],
      [2n, "paid", "C", 3n],
      [2n, "paid", "C", 5n],
      [3n, "paid", "D", null],
      [4n, "new", null, null],
    ]);
    expect(await project.rows("SELECT count(*) FROM shop_data.orders__items__parts")).toEqual([[4n]]);
    expect(
      await project.rows(
        "SELECT id, _dlt_id, _dlt_load_id FROM shop_data.orders WHERE id IN (1, 3) ORDER BY id",
      ),
    ).toEqual(idsBefore);
  });

  test("upserts under the ids that dlt gave", async () => {
    const ids = () =>
      project.rows("SELECT sku, _dlt_id FROM shop_data.products WHERE sku < 'D' ORDER BY sku");
    const before = await ids();
    answers["/products"] = [
      { sku: "A", price: 2, sizes: ["s", "l"] },
      { sku: "B", price: 2.5, sizes: ["x"] },
      { sku: "D", price: 4, sizes: [] },
    ];
    const report = await project.sync();
    expect(report.resource("products").tables[0]).toMatchObject({ inserted: 1, updated: 1, unchanged: 1 });
    expect(await ids()).toEqual(before);
    expect(
      await project.rows(
        `SELECT sku, price, value FROM shop_data.products p
           LEFT JOIN shop_data.products__sizes s ON s._dlt_parent_id = p._dlt_id ORDER BY sku, _dlt_list_idx`,
      ),
    ).toEqual([
      ["A", 2, "s"],
      ["A", 2, "l"],
      ["B", 2.5, "x"],
      ["C", 3.5, "l"],
      ["D", 4, null],
    ]);
  });

  test("ends the version that holds, not an older one with the same id", async () => {
    answers["/customers"] = [
      { id: 1, city: "Paris", phones: ["1"] },
      { id: 2, city: "Rome", phones: [] },
    ];
    const versions = () =>
      project.rows(
        `SELECT id, city, _dlt_valid_from::VARCHAR, _dlt_valid_to::VARCHAR FROM shop_data.customers ORDER BY _dlt_valid_from, id DESC`,
      );
    const [rome, oslo, bergen, osloAgain] = await versions();
    const report = await project.sync();
    expect(report.resource("customers").tables[0]).toMatchObject({ inserted: 1, unchanged: 1, deleted: 1 });
    const boundary = "2026-12-01 00:00:00.0005+00";
    expect(await versions()).toEqual([
      rome,
      oslo,
      bergen,
      [1n, "Oslo", osloAgain?.[2], boundary],
      [1n, "Paris", boundary, null],
    ]);
    expect(
      await project.rows(
        `SELECT c.city, p.value FROM shop_data.customers c
           JOIN shop_data.customers__phones p ON p._dlt_parent_id = c._dlt_id
          WHERE c._dlt_valid_to IS NULL`,
      ),
    ).toEqual([["Paris", "1"]]);
  });

  test("replaces, and writes state, schema and load under dlt's names", async () => {
    answers["/countries"] = [{ code: "NO" }, { code: "SE" }];
    const report = await project.sync();
    expect(await project.rows("SELECT code, _dlt_load_id FROM shop_data.countries ORDER BY code")).toEqual([
      ["NO", report.loadId],
      ["SE", report.loadId],
    ]);
    expect(
      await project.rows("SELECT schema_name, count(*), max(load_id) FROM shop_data._dlt_loads GROUP BY ALL"),
    ).toEqual([["shop_api", 4n, report.loadId]]);
    expect(
      await project.rows(
        "SELECT pipeline_name, version FROM shop_data._dlt_pipeline_state ORDER BY version DESC LIMIT 1",
      ),
    ).toEqual([["shop_pipeline", 4n]]);
    expect(
      await project.rows(
        "SELECT schema_name, version FROM shop_data._dlt_version ORDER BY version DESC LIMIT 1",
      ),
    ).toEqual([["shop_api", 2n]]);
  });

  test("ends no version that dlt changed while it loaded it (M8)", async () => {
    const path = join(project.root, "data", "warehouse.duckdb");
    await runSql(path, "UPDATE shop_data.customers SET city = 'True' WHERE _dlt_valid_to IS NULL AND id = 1");
    answers["/customers"] = (LAST_RUN["/customers"] ?? []).map((record) => ({
      ...record,
      ...(record["id"] === 1 ? { city: true } : {}),
    }));
    const before = await project.rows("SELECT * FROM shop_data.customers ORDER BY ALL");
    const report = await project.sync();
    expect(report.resource("customers").tables[0]).toMatchObject({ unchanged: 2, inserted: 0, deleted: 0 });
    expect(await project.rows("SELECT * FROM shop_data.customers ORDER BY ALL")).toEqual(before);
  });
});

describe("a source that does not name dlt's pipeline (M8)", () => {
  test.each([
    ["neither pipeline nor schema", ["dataset_name: shop_data"], "api, schema api"],
    ["another pipeline", ["dataset_name: shop_data", "schema_name: shop_api"], "api, schema shop_api"],
    [
      "another schema",
      ["dataset_name: shop_data", "pipeline_name: shop_pipeline"],
      "shop_pipeline, schema api",
    ],
  ])("loads nothing into its tables: %s", async (_, keys, own) => {
    const server = await serveShop({ ...LAST_RUN });
    await using project = await createRestProject(shopBlock(server.url), { keys, warehouse: DLT_WAREHOUSE });
    const report = await project.sync();
    await server.close();
    expect(report.exitCode).toBe(2);
    expect(report.error).toMatchObject({
      message:
        "the table shop_data.events belongs to the pipeline shop_pipeline of dlt (schema shop_api), " +
        `and the source loads as pipeline ${own}`,
      hint:
        "to go on with it, give the source `pipeline_name: shop_pipeline` and `schema_name: shop_api`; " +
        "otherwise another `dataset_name`",
    });
    expect(server.requests).toEqual([]);
  });

  test("may load other tables into its dataset", async () => {
    const server = await serveShop({ "/stock": [{ id: 1 }] });
    const block = `client: { base_url: "${server.url}", paginator: single_page }\nresources: [stock]`;
    const keys = ["dataset_name: shop_data"];
    await using project = await createRestProject(block, { keys, warehouse: DLT_WAREHOUSE });
    expect((await project.sync()).exitCode).toBe(0);
    await server.close();
    expect(await project.rows("SELECT id FROM shop_data.stock")).toEqual([[1n]]);
    expect(await project.rows("SELECT count(*) FROM shop_data.events")).toEqual([[5n]]);
  });
});

test("a cursor that Python knows as a datetime is taken over, and fractions stay in their variant (M8)", async () => {
  const readings = [1, 2, 3].map((id) => ({
    id,
    at: `2024-01-0${String(id)}T12:00:00Z`,
    value: id === 1 ? 1 : id / 4,
  }));
  const server = await serveShop({ "/readings": readings });
  const block = `client: { base_url: "${server.url}", paginator: single_page }
resources:
  - name: readings
    primary_key: id
    write_disposition: append
    endpoint: { incremental: { cursor_path: at, start_param: since } }`;
  const keys = ["dataset_name: readings_data", "pipeline_name: readings_pipeline", "schema_name: readings"];
  await using project = await createRestProject(block, { keys, warehouse: DLT_WAREHOUSE });
  const report = await project.sync();
  await server.close();
  expect(server.requests.map(({ url }) => url)).toEqual([
    "/readings?since=2024-01-02T12%3A00%3A00%2B00%3A00",
  ]);
  expect(report.resource("readings").tables[0]).toMatchObject({ inserted: 1, unchanged: 1, discarded: 1 });
  expect(
    await project.rows("SELECT id, value, value__v_double FROM readings_data.readings ORDER BY id"),
  ).toEqual([
    [1n, 1n, null],
    [2n, null, 0.5],
    [3n, null, 0.75],
  ]);
});
