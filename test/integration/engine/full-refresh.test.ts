import { describe, expect, test } from "vitest";
import {
  createMemoryProject,
  incrementalBy,
  loadedResource,
  type MemoryProject,
  type MemoryResource,
} from "../../support/memory-sync.js";

const incremental = incrementalBy("id");
const orders = (...records: readonly unknown[]): MemoryResource => ({
  name: "orders",
  pages: [records],
  options: {
    incremental,
    primaryKey: ["id"],
    writeDisposition: { kind: "merge", strategy: "delete-insert" },
  },
});
const events = (...ids: number[]): MemoryResource => ({
  name: "events",
  pages: [ids.map((id) => ({ id, xs: [id] }))],
  options: { incremental },
});

const everything = async (project: MemoryProject): Promise<unknown> => ({
  tables: (
    await project.rows(
      `SELECT table_name || '(' || string_agg(column_name, ', ' ORDER BY column_index) || ')' FROM duckdb_columns()
        WHERE schema_name = 'raw_shop' AND table_name NOT LIKE '\\_%' ESCAPE '\\' GROUP BY table_name ORDER BY 1`,
    )
  ).flat(),
  events: await project.rows("SELECT id, _dlt_load_id, _dlt_id FROM raw_shop.events ORDER BY id"),
});

describe("--full-refresh of selected resources (M6)", () => {
  test("rebuilds their tables and lists, forgets their cursors, and leaves all others as they are", async () => {
    await using project = await createMemoryProject();
    await project.sync([
      orders({ id: 1, old: "x", items: [{ sku: "a", tags: ["t"] }] }, { id: 5, items: [] }),
      events(1, 2),
    ]);
    const before = await project.rows("SELECT id, _dlt_load_id, _dlt_id FROM raw_shop.events ORDER BY id");
    const report = await project.sync([orders({ id: 2, items: [{ sku: "b" }] }), events(1, 2, 3)], {
      fullRefresh: true,
      resources: ["orders"],
    });
    expect(loadedResource(report, "orders").tables).toEqual([
      { name: "orders", fetched: 1, inserted: 1, updated: 0, deleted: 2, unchanged: 0, discarded: 0 },
      { name: "orders__items", fetched: 1, inserted: 1, updated: 0, deleted: 1, unchanged: 0, discarded: 0 },
      {
        name: "orders__items__tags",
        fetched: 0,
        inserted: 0,
        updated: 0,
        deleted: 1,
        unchanged: 0,
        discarded: 0,
      },
    ]);
    expect(report.resources.map(({ name }) => name)).toEqual(["orders"]);
    expect(await everything(project)).toEqual({
      tables: [
        "events(id, _dlt_load_id, _dlt_id)",
        "events__xs(value, _dlt_parent_id, _dlt_list_idx, _dlt_id)",
        "orders(id, _dlt_load_id, _dlt_id)",
        "orders__items(sku, _dlt_root_id, _dlt_parent_id, _dlt_list_idx, _dlt_id)",
      ],
      events: before,
    });
    expect(
      await project.rows(
        "SELECT o.id, i.sku FROM raw_shop.orders o JOIN raw_shop.orders__items i ON i._dlt_parent_id = o._dlt_id",
      ),
    ).toEqual([[2n, "b"]]);
    const { parts, config } = project.pipeline([]);
    const [state] = await parts.warehouse.readStates(
      {
        path: project.warehousePath,
        dataset: "raw_shop",
        pipeline: config.pipelineName,
        schema: config.schemaName,
        tempDirectory: "",
        lockWaitMs: 0,
      },
      parts.signal,
    );
    expect(state?.state.resources).toMatchObject({
      orders: { incremental: { id: { lastValue: 2 } } },
      events: { incremental: { id: { lastValue: 2 } } },
    });
    expect(
      await project.rows(
        "SELECT list_sort(json_keys(schema, '$.tables')) FROM raw_shop._dlt_version ORDER BY version DESC LIMIT 1",
      ),
    ).toEqual([
      [
        [
          "_dlt_loads",
          "_dlt_pipeline_state",
          "_dlt_version",
          "events",
          "events__xs",
          "orders",
          "orders__items",
        ],
      ],
    ]);
  });

  test("rebuilds the children of a parent that is selected, but no parent of a child", async () => {
    await using project = await createMemoryProject();
    const family = (run: string): MemoryResource[] => [
      { name: "parents", pages: [[{ id: 1, run }]] },
      { name: "children", parent: "parents", pages: [[{ id: 1, run, xs: [run] }]] },
      { name: "strangers", pages: [[{ id: 1, run }]] },
    ];
    const read = async () =>
      project.rows(
        `SELECT 'parents', string_agg(run, ' ' ORDER BY run) FROM raw_shop.parents
          UNION ALL SELECT 'children', string_agg(run, ' ' ORDER BY run) FROM raw_shop.children
          UNION ALL SELECT 'xs', string_agg(value, ' ' ORDER BY value) FROM raw_shop.children__xs
          UNION ALL SELECT 'strangers', string_agg(run, ' ' ORDER BY run) FROM raw_shop.strangers`,
      );
    await project.sync(family("a"));
    await project.sync(family("b"), { fullRefresh: true, resources: ["parents"] });
    expect(await read()).toEqual([
      ["parents", "b"],
      ["children", "b"],
      ["xs", "b"],
      ["strangers", "a"],
    ]);
    await project.sync(family("c"), { fullRefresh: true, resources: ["children"] });
    expect(await read()).toEqual([
      ["parents", "b"],
      ["children", "c"],
      ["xs", "c"],
      ["strangers", "a"],
    ]);
  });

  test("leaves everything as it was when the resource fails, or brings no row", async () => {
    await using project = await createMemoryProject();
    await project.sync([orders({ id: 1, old: "x" }), events(1)]);
    const before = await everything(project);
    const dump = () => project.rows("SELECT * FROM raw_shop.orders");
    const rows = await dump();
    const failing = { ...orders({ id: 2 }), failure: new Error("no") };
    for (const resource of [failing, orders()]) {
      const report = await project.sync([resource, events(1)], { fullRefresh: true, resources: ["orders"] });
      expect(report.loadId).toBeNull();
      expect(await everything(project)).toEqual(before);
      expect(await dump()).toEqual(rows);
    }
    const report = await project.sync([orders({ id: 1, old: "x" }), events(1)]);
    expect(loadedResource(report, "orders").tables[0]).toMatchObject({ unchanged: 1 });
  });
});
