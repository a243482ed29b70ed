import { describe, expect, test } from "vitest";
import { createFixture, type Shape } from "./load-fixture.js";

const ORDERS: Shape = {
  columns: { id: "BIGINT", status: "VARCHAR" },
  lists: {
    items: {
      columns: { sku: "VARCHAR", quantity: "BIGINT" },
      lists: { tags: { columns: { value: "VARCHAR" } } },
    },
  },
};

const order = (id: number, status: string, ...items: unknown[]): unknown => ({ id, status, items });
const item = (sku: string, quantity: number, ...tags: unknown[]): unknown => ({ sku, quantity, tags });

const MERGE = { writeDisposition: { kind: "merge", strategy: "delete-insert" }, primaryKey: ["id"] } as const;

describe("append", () => {
  test("adds roots, lists and lists of lists, with ids that join", async () => {
    await using fixture = await createFixture();
    const report = await fixture.load([
      {
        name: "orders",
        shape: ORDERS,
        records: [
          order(1, "new", item("a", 2, "x", null), item("b", 1)),
          order(2, "paid"),
          order(3, "new", null),
        ],
      },
    ]);
    expect(report.committed).toBe(true);
    expect(report.refused).toEqual(new Map());
    expect(report.tables.get("orders")).toEqual([
      { name: "orders", fetched: 3, inserted: 3, updated: 0, deleted: 0, unchanged: 0, discarded: 0 },
      { name: "orders__items", fetched: 3, inserted: 3, updated: 0, deleted: 0, unchanged: 0, discarded: 0 },
      {
        name: "orders__items__tags",
        fetched: 2,
        inserted: 2,
        updated: 0,
        deleted: 0,
        unchanged: 0,
        discarded: 0,
      },
    ]);
    expect(await fixture.rows("SELECT id, status, _dlt_load_id FROM raw_shop.orders ORDER BY id")).toEqual([
      [1n, "new", "1700000000.000001"],
      [2n, "paid", "1700000000.000001"],
      [3n, "new", "1700000000.000001"],
    ]);
    expect(
      await fixture.rows(
        `SELECT o.id, i._dlt_list_idx, i.sku, i.quantity, t._dlt_list_idx, t.value
           FROM raw_shop.orders o JOIN raw_shop.orders__items i ON i._dlt_parent_id = o._dlt_id
           LEFT JOIN raw_shop.orders__items__tags t ON t._dlt_parent_id = i._dlt_id ORDER BY ALL`,
      ),
    ).toEqual([
      [1n, 0n, "a", 2n, 0n, "x"],
      [1n, 0n, "a", 2n, 1n, null],
      [1n, 1n, "b", 1n, null, null],
      [3n, 0n, null, null, null, null],
    ]);
    expect(
      await fixture.rows(
        `SELECT count(*), count(DISTINCT id) FROM (
           SELECT _dlt_id AS id FROM raw_shop.orders UNION ALL SELECT _dlt_id FROM raw_shop.orders__items
           UNION ALL SELECT _dlt_id FROM raw_shop.orders__items__tags)`,
      ),
    ).toEqual([[8n, 8n]]);
  });

  test("adds the same rows again when there is neither cursor nor key (M2)", async () => {
    await using fixture = await createFixture();
    const orders = { name: "orders", shape: ORDERS, records: [order(1, "new", item("a", 1))] };
    await fixture.load([orders]);
    await fixture.load([orders]);
    expect(
      await fixture.rows("SELECT count(*), count(DISTINCT _dlt_id) FROM raw_shop.orders__items"),
    ).toEqual([[2n, 2n]]);
  });

  test("keeps the order of the records and reads files whose path has glob characters", async () => {
    await using fixture = await createFixture();
    const records = Array.from({ length: 5000 }, (_, index) => ({ id: index }));
    await fixture.load([
      { name: "n[1]*?", shape: { columns: { id: "BIGINT" } }, records, options: { tableName: "n" } },
    ]);
    expect(await fixture.rows("SELECT count(*) FROM raw_shop.n WHERE id <> rowid")).toEqual([[0n]]);
  });
});

test("an empty record is a row of nulls, alone too", async () => {
  await using fixture = await createFixture();
  await fixture.load([{ name: "t", shape: { columns: { id: "BIGINT" } }, records: [{}] }]);
  expect(await fixture.rows("SELECT id FROM raw_shop.t")).toEqual([[null]]);
});

test("a record of 20 MB is read", async () => {
  await using fixture = await createFixture();
  const report = await fixture.load([
    {
      name: "t",
      shape: { columns: { text: "VARCHAR" } },
      records: [{ text: "x".repeat(20_000_000) }, { text: "y".repeat(40_000_000) }],
    },
  ]);
  expect(report.refused).toEqual(new Map());
  expect(await fixture.rows("SELECT length(text) FROM raw_shop.t ORDER BY 1")).toEqual([
    [20_000_000n],
    [40_000_000n],
  ]);
});

describe("replace", () => {
  const replace = { writeDisposition: { kind: "replace" } } as const;

  test("leaves exactly the new rows, in all tables", async () => {
    await using fixture = await createFixture();
    await fixture.load([
      {
        name: "orders",
        shape: ORDERS,
        records: [order(1, "new", item("a", 1, "x")), order(2, "new")],
        options: replace,
      },
    ]);
    const report = await fixture.load([
      { name: "orders", shape: ORDERS, records: [order(3, "paid", item("c", 3))], options: replace },
    ]);
    expect(report.tables.get("orders")).toEqual([
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
    expect(await fixture.rows("SELECT id, _dlt_load_id FROM raw_shop.orders")).toEqual([
      [3n, "1700000000.000002"],
    ]);
    expect(await fixture.rows("SELECT sku FROM raw_shop.orders__items")).toEqual([["c"]]);
    expect(await fixture.rows("SELECT count(*) FROM raw_shop.orders__items__tags")).toEqual([[0n]]);
  });

  test("refuses to replace rows by none, while other resources commit (M3)", async () => {
    await using fixture = await createFixture();
    await fixture.load([{ name: "orders", shape: ORDERS, records: [order(1, "new")], options: replace }]);
    const report = await fixture.load([
      { name: "orders", shape: ORDERS, records: [], options: replace },
      { name: "users", shape: { columns: { id: "BIGINT" } }, records: [{ id: 7 }], options: replace },
    ]);
    expect(report.committed).toBe(true);
    expect(report.refused.get("orders")).toMatchObject({
      message: "orders: no record is left to replace the 1 row of raw_shop.orders; nothing was changed",
      exitCode: 5,
    });
    expect(await fixture.rows("SELECT id FROM raw_shop.orders")).toEqual([[1n]]);
    expect(await fixture.rows("SELECT id FROM raw_shop.users")).toEqual([[7n]]);
  });

  test("replaces by none when that is allowed (M3)", async () => {
    await using fixture = await createFixture();
    await fixture.load([
      { name: "orders", shape: ORDERS, records: [order(1, "new", item("a", 1))], options: replace },
    ]);
    const report = await fixture.load([
      { name: "orders", shape: ORDERS, records: [], options: { ...replace, allowEmpty: true } },
    ]);
    expect(report.tables.get("orders")?.map(({ name, deleted }) => [name, deleted])).toEqual([
      ["orders", 1],
      ["orders__items", 1],
      ["orders__items__tags", 0],
    ]);
    expect(await fixture.rows("SELECT count(*) FROM raw_shop.orders")).toEqual([[0n]]);
  });

  test("empties a table that two resources share once (M9)", async () => {
    await using fixture = await createFixture();
    const shared = { ...replace, tableName: "people" };
    const people = (name: string, ids: readonly number[]) => ({
      name,
      shape: { columns: { id: "BIGINT" } },
      records: ids.map((id) => ({ id })),
      options: shared,
    });
    await fixture.load([people("a", [1]), people("b", [2])]);
    const report = await fixture.load([people("a", []), people("b", [3, 4])]);
    expect(report.refused).toEqual(new Map());
    expect(await fixture.rows("SELECT id FROM raw_shop.people ORDER BY id")).toEqual([[3n], [4n]]);
  });

  test("a refused resource holds back the others that replace its table (M9)", async () => {
    await using fixture = await createFixture();
    const shared = { ...replace, tableName: "people", primaryKey: ["id"] };
    const people = (name: string, id: number | null) => ({
      name,
      shape: { columns: { id: "BIGINT" } },
      records: [{ id }],
      options: shared,
    });
    await fixture.load([people("a", 1), people("b", 2)]);
    const report = await fixture.load([people("a", null), people("b", 3)]);
    expect(report.committed).toBe(false);
    expect(report.refused.get("b")?.message).toBe(
      "b: a, which fills the table people with it, failed; none of them was replaced",
    );
    expect(await fixture.rows("SELECT id FROM raw_shop.people ORDER BY id")).toEqual([[1n], [2n]]);
  });
});

describe("merge", () => {
  test("changes what changed, adds what is new and leaves the rest with its ids (M2, 004-11)", async () => {
    await using fixture = await createFixture();
    await fixture.load([
      {
        name: "orders",
        shape: ORDERS,
        records: [
          order(1, "new", item("a", 1, "x", "y")),
          order(2, "new", item("b", 1)),
          order(3, "new", item("c", 1, "z")),
        ],
        options: MERGE,
      },
    ]);
    const ids = "SELECT o.id, o._dlt_id, o._dlt_load_id FROM raw_shop.orders o ORDER BY o.id";
    const before = await fixture.rows(ids);
    const report = await fixture.load([
      {
        name: "orders",
        shape: ORDERS,
        records: [
          order(1, "new", item("a", 1, "x", "y")),
          order(2, "paid", item("b", 1)),
          order(3, "new", item("c", 1, "changed")),
          order(4, "new"),
        ],
        options: MERGE,
      },
    ]);
    expect(report.tables.get("orders")).toEqual([
      { name: "orders", fetched: 4, inserted: 1, updated: 2, deleted: 0, unchanged: 1, discarded: 0 },
      { name: "orders__items", fetched: 3, inserted: 2, updated: 0, deleted: 2, unchanged: 1, discarded: 0 },
      {
        name: "orders__items__tags",
        fetched: 3,
        inserted: 1,
        updated: 0,
        deleted: 1,
        unchanged: 2,
        discarded: 0,
      },
    ]);
    const after = await fixture.rows(ids);
    expect(after[0]).toEqual(before[0]);
    expect(after.map(([id, , loadId]) => [id, loadId])).toEqual([
      [1n, "1700000000.000001"],
      [2n, "1700000000.000002"],
      [3n, "1700000000.000002"],
      [4n, "1700000000.000002"],
    ]);
    expect(
      await fixture.rows(
        `SELECT o.id, i.sku, t.value FROM raw_shop.orders o
           JOIN raw_shop.orders__items i ON i._dlt_parent_id = o._dlt_id AND i._dlt_root_id = o._dlt_id
           LEFT JOIN raw_shop.orders__items__tags t ON t._dlt_parent_id = i._dlt_id AND t._dlt_root_id = o._dlt_id
          ORDER BY ALL`,
      ),
    ).toEqual([
      [1n, "a", "x"],
      [1n, "a", "y"],
      [2n, "b", null],
      [3n, "c", "changed"],
    ]);
  });

  test("a list in another order, or without its last element, is a change", async () => {
    await using fixture = await createFixture();
    const load = (...items: unknown[]) =>
      fixture.load([{ name: "orders", shape: ORDERS, records: [order(1, "new", ...items)], options: MERGE }]);
    await load(item("a", 1), item("b", 1));
    const swapped = await load(item("b", 1), item("a", 1));
    const shortened = await load(item("b", 1));
    const emptied = await load();
    const same = await load();
    const updates = [swapped, shortened, emptied, same].map(
      (report) => report.tables.get("orders")?.[0]?.updated,
    );
    expect(updates).toEqual([1, 1, 1, 0]);
    expect(await fixture.rows("SELECT count(*) FROM raw_shop.orders__items")).toEqual([[0n]]);
  });

  test("of several records with one key the last wins, the others are discarded (M1, 004-11)", async () => {
    await using fixture = await createFixture();
    const report = await fixture.load([
      {
        name: "orders",
        shape: ORDERS,
        records: [order(1, "first"), order(2, "only"), order(1, "last", item("a", 1)), order(1, "very last")],
        options: MERGE,
      },
    ]);
    expect(report.tables.get("orders")?.[0]).toEqual({
      name: "orders",
      fetched: 4,
      inserted: 2,
      updated: 0,
      deleted: 0,
      unchanged: 0,
      discarded: 2,
    });
    expect(await fixture.rows("SELECT id, status FROM raw_shop.orders ORDER BY id")).toEqual([
      [1n, "very last"],
      [2n, "only"],
    ]);
    expect(await fixture.rows("SELECT count(*) FROM raw_shop.orders__items")).toEqual([[0n]]);
  });

  test("a null key names the record and the keys it has (M1)", async () => {
    await using fixture = await createFixture();
    const report = await fixture.load([
      {
        name: "orders",
        shape: ORDERS,
        records: [order(1, "a"), { status: "b" }, { id: null, status: "c" }],
        options: MERGE,
      },
    ]);
    expect(report.committed).toBe(false);
    expect(report.refused.get("orders")).toMatchObject({
      message:
        "orders: the primary key id is missing or null in 2 of 3 records, first in record 2 (keys present: status)",
      type: "data",
      exitCode: 1,
    });
    expect((await fixture.snapshot()).exists).toBe(false);
  });

  test("rows with a null key are left out with on_null_key: skip, kept with append (M1)", async () => {
    await using fixture = await createFixture();
    const records = [order(1, "a"), { status: "b" }, { status: "b" }];
    const skipped = await fixture.load([
      { name: "skipping", shape: ORDERS, records, options: { ...MERGE, onNullKey: "skip" } },
      { name: "appending", shape: ORDERS, records, options: { ...MERGE, onNullKey: "append" } },
    ]);
    expect(skipped.tables.get("skipping")?.[0]).toMatchObject({ inserted: 1, discarded: 2 });
    expect(skipped.tables.get("appending")?.[0]).toMatchObject({ inserted: 3, discarded: 0 });
  });

  test("a merge key replaces its slice, and an equal slice changes nothing", async () => {
    await using fixture = await createFixture();
    const shape = { columns: { day: "DATE", n: "BIGINT" } };
    const options = { ...MERGE, primaryKey: [], mergeKey: ["day"] };
    const records = [
      { day: "2024-01-01", n: 1 },
      { day: "2024-01-01", n: 1 },
      { day: "2024-01-02", n: 2 },
    ];
    await fixture.load([{ name: "days", shape, records, options }]);
    const ids = "SELECT day, n, _dlt_id FROM raw_shop.days ORDER BY ALL";
    const before = await fixture.rows(ids);
    const same = await fixture.load([{ name: "days", shape, records, options }]);
    expect(same.tables.get("days")?.[0]).toMatchObject({ inserted: 0, deleted: 0, unchanged: 3 });
    expect(await fixture.rows(ids)).toEqual(before);
    const report = await fixture.load([
      { name: "days", shape, records: [{ day: "2024-01-01", n: 5 }], options },
    ]);
    expect(report.tables.get("days")?.[0]).toMatchObject({ inserted: 1, updated: 0, deleted: 2 });
    expect(await fixture.rows("SELECT day, n FROM raw_shop.days ORDER BY ALL")).toEqual([
      ["2024-01-01", 5n],
      ["2024-01-02", 2n],
    ]);
  });

  test("a compound key merges on all its parts", async () => {
    await using fixture = await createFixture();
    const shape = { columns: { shop: "VARCHAR", id: "BIGINT", v: "VARCHAR" } };
    const options = { ...MERGE, primaryKey: ["shop", "id"] };
    const load = (...rows: unknown[]) => fixture.load([{ name: "t", shape, records: rows, options }]);
    await load({ shop: "a", id: 1, v: "x" }, { shop: "b", id: 1, v: "y" });
    const report = await load({ shop: "b", id: 1, v: "z" });
    expect(report.tables.get("t")?.[0]).toMatchObject({ inserted: 0, updated: 1, deleted: 0 });
    expect(await fixture.rows("SELECT shop, v FROM raw_shop.t ORDER BY ALL")).toEqual([
      ["a", "x"],
      ["b", "z"],
    ]);
  });

  test("a table that was appended to can be merged into: its lists learn their root", async () => {
    await using fixture = await createFixture();
    const records = [order(1, "new", item("a", 1, "x")), order(2, "new", item("b", 1, "y"))];
    await fixture.load([{ name: "orders", shape: ORDERS, records }]);
    const report = await fixture.load([
      { name: "orders", shape: ORDERS, records: [order(1, "paid", item("a", 1, "x"))], options: MERGE },
    ]);
    expect(report.refused).toEqual(new Map());
    expect(report.tables.get("orders")?.[0]).toMatchObject({ updated: 1, inserted: 0 });
    expect(
      await fixture.rows(
        `SELECT o.id, t.value FROM raw_shop.orders o
           JOIN raw_shop.orders__items__tags t ON t._dlt_root_id = o._dlt_id ORDER BY ALL`,
      ),
    ).toEqual([
      [1n, "x"],
      [2n, "y"],
    ]);
  });
});

describe("full refresh", () => {
  test("rebuilds the tables: columns and lists no longer delivered go (M6)", async () => {
    await using fixture = await createFixture();
    await fixture.load([
      { name: "orders", shape: ORDERS, records: [order(1, "new", item("a", 1, "x"))], options: MERGE },
    ]);
    const shape = { columns: { id: "BIGINT", total: "DOUBLE" } };
    await fixture.load([
      { name: "orders", shape, records: [{ id: 9, total: 1.5 }], options: MERGE, rebuild: true },
    ]);
    expect(await fixture.rows("SELECT * EXCLUDE (_dlt_id) FROM raw_shop.orders")).toEqual([
      [9n, 1.5, "1700000000.000002"],
    ]);
    const { schema } = await fixture.snapshot();
    expect([...schema.tables.keys()]).toEqual(["orders"]);
    expect(schema.tables.get("orders")?.columns.map(({ name }) => name)).toEqual([
      "id",
      "total",
      "_dlt_load_id",
      "_dlt_id",
    ]);
  });

  test("under the zero-row guard everything stays (M6)", async () => {
    await using fixture = await createFixture();
    await fixture.load([{ name: "orders", shape: ORDERS, records: [order(1, "new")], options: MERGE }]);
    const report = await fixture.load([
      { name: "orders", shape: ORDERS, records: [], options: MERGE, rebuild: true },
    ]);
    expect(report.committed).toBe(false);
    expect(report.refused.get("orders")).toMatchObject({ exitCode: 5 });
    expect(await fixture.rows("SELECT id FROM raw_shop.orders")).toEqual([[1n]]);
  });
});

describe("skip and empty", () => {
  test("skip loads nothing", async () => {
    await using fixture = await createFixture();
    const report = await fixture.load([
      {
        name: "orders",
        shape: ORDERS,
        records: [order(1, "new")],
        options: { writeDisposition: { kind: "skip" } },
      },
    ]);
    expect(report.tables.get("orders")).toEqual([
      { name: "orders", fetched: 1, inserted: 0, updated: 0, deleted: 0, unchanged: 0, discarded: 1 },
    ]);
    expect([...(await fixture.snapshot()).schema.tables.keys()]).toEqual([]);
  });

  test("a resource that never had a row has no table, the report shows it with 0 (M4)", async () => {
    await using fixture = await createFixture();
    const report = await fixture.load([{ name: "orders", shape: ORDERS, records: [] }]);
    expect(report.tables.get("orders")).toEqual([
      { name: "orders", fetched: 0, inserted: 0, updated: 0, deleted: 0, unchanged: 0, discarded: 0 },
    ]);
    expect([...(await fixture.snapshot()).schema.tables.keys()]).toEqual([]);
  });
});
