import { describe, expect, test } from "vitest";
import type { ResourceOptions, WriteDisposition } from "../../../src/model/resource.js";
import { createMemoryProject, loadedResource, type MemoryResource } from "../../support/memory-sync.js";

const MERGE: WriteDisposition = { kind: "merge", strategy: "delete-insert" };

function orders(page: string, options: Partial<ResourceOptions>): MemoryResource {
  return { name: "orders", pages: [page], options };
}

describe("a resource that was appended and is now merged", () => {
  test("has its lists' rows know their root, also while columns widen", async () => {
    await using project = await createMemoryProject();
    const page = (amount: string, ...ids: number[]) =>
      `[${ids.map((id) => `{"id":${String(id)},"items":[{"amount":${amount},"tags":["t"]}]}`).join(",")}]`;
    await project.sync([orders(page("1", 1, 2), { writeDisposition: { kind: "append" } })]);
    const report = await project.sync([
      orders(page("1.5", 2, 3), { writeDisposition: MERGE, primaryKey: ["id"] }),
    ]);
    expect(loadedResource(report, "orders").tables).toEqual([
      { name: "orders", fetched: 2, inserted: 1, updated: 1, deleted: 0, unchanged: 0, discarded: 0 },
      { name: "orders__items", fetched: 2, inserted: 2, updated: 0, deleted: 1, unchanged: 0, discarded: 0 },
      {
        name: "orders__items__tags",
        fetched: 2,
        inserted: 2,
        updated: 0,
        deleted: 1,
        unchanged: 0,
        discarded: 0,
      },
    ]);
    expect(
      await project.rows(
        `SELECT o.id, i.amount, t.value FROM raw_shop.orders o
           JOIN raw_shop.orders__items i ON i._dlt_root_id = o._dlt_id AND i._dlt_parent_id = o._dlt_id
           JOIN raw_shop.orders__items__tags t ON t._dlt_root_id = o._dlt_id AND t._dlt_parent_id = i._dlt_id
          ORDER BY o.id`,
      ),
    ).toEqual([
      [1n, 1, "t"],
      [2n, 1.5, "t"],
      [3n, 1.5, "t"],
    ]);
  });

  test("and then appended again, keeps the roots of its lists' rows", async () => {
    await using project = await createMemoryProject();
    const merge = { writeDisposition: MERGE, primaryKey: ["id"] };
    await project.sync([orders('[{"id":1,"items":[1]}]', merge)]);
    await project.sync([orders('[{"id":2,"items":[2]}]', { writeDisposition: { kind: "append" } })]);
    const report = await project.sync([orders('[{"id":2,"items":[3]},{"id":1,"items":[1]}]', merge)]);
    expect(loadedResource(report, "orders").tables).toEqual([
      { name: "orders", fetched: 2, inserted: 0, updated: 1, deleted: 0, unchanged: 1, discarded: 0 },
      { name: "orders__items", fetched: 2, inserted: 1, updated: 0, deleted: 1, unchanged: 1, discarded: 0 },
    ]);
    expect(
      await project.rows(
        `SELECT o.id, i.value FROM raw_shop.orders o
           JOIN raw_shop.orders__items i ON i._dlt_root_id = o._dlt_id ORDER BY 1`,
      ),
    ).toEqual([
      [1n, 1n],
      [2n, 3n],
    ]);
  });
});

describe("a primary key that changed", () => {
  const byId = { writeDisposition: MERGE, primaryKey: ["id"] };

  test("is the one that counts", async () => {
    await using project = await createMemoryProject();
    await project.sync([orders('[{"id":1,"code":"a"}]', byId)]);
    await project.sync([orders('[{"id":2,"code":"a"}]', { ...byId, primaryKey: ["code"] })]);
    expect(await project.rows("SELECT id, code FROM raw_shop.orders")).toEqual([[2n, "a"]]);
  });

  test("is missed when no record has it, and the one before does not stand in for it (M1)", async () => {
    await using project = await createMemoryProject();
    await project.sync([orders('[{"id":1,"code":"a"}]', byId)]);
    const report = await project.sync([orders('[{"id":1,"code":"b"}]', { ...byId, primaryKey: ["number"] })]);
    expect(report.resources[0]?.error?.message).toBe(
      "orders: the primary key number is missing or null in 1 of 1 records, first in record 1 of page 1 (keys present: id, code)",
    );
    expect(await project.rows("SELECT id, code FROM raw_shop.orders")).toEqual([[1n, "a"]]);
  });

  test("is alone in the stored schema", async () => {
    await using project = await createMemoryProject();
    await project.sync([orders('[{"id":1,"code":"a","x":1}]', byId)]);
    await project.sync([orders('[{"id":2,"code":"a"}]', { ...byId, primaryKey: ["code"] })]);
    expect(
      await project.rows(
        `SELECT column_name, json_extract_string(schema, '$.tables.orders.columns.' || column_name || '.primary_key')
           FROM raw_shop._dlt_version, (VALUES ('id'), ('code'), ('x')) AS names(column_name)
          WHERE version = 2 ORDER BY 1`,
      ),
    ).toEqual([
      ["code", "true"],
      ["id", null],
      ["x", null],
    ]);
  });
});

describe("a key of the system's columns", () => {
  test("keeps its value under another name, in every table (B1)", async () => {
    await using project = await createMemoryProject();
    await project.sync([
      {
        name: "odd",
        pages: ['[{"_dlt_parent_id":"p","_dlt_id":"i","list":[{"_dlt_load_id":"l","_dlt_root_id":"r"}]}]'],
      },
    ]);
    expect(await project.rows("SELECT _dlt_parent_id_2, _dlt_id_2 FROM raw_shop.odd")).toEqual([["p", "i"]]);
    expect(await project.rows("SELECT _dlt_load_id_2, _dlt_root_id_2 FROM raw_shop.odd__list")).toEqual([
      ["l", "r"],
    ]);
  });
});

describe("columns that are declared with a type", () => {
  test("take values as dlt reads them, and others whole in a variant (B3)", async () => {
    await using project = await createMemoryProject();
    const columns: ResourceOptions["columns"] = {
      blob: { dataType: "binary" },
      hex: { dataType: "binary" },
      price: { dataType: "decimal", precision: 10, scale: 2 },
      time: { dataType: "time" },
      local: { dataType: "timestamp", timezone: false, precision: 3 },
      small: { dataType: "bigint", precision: 16 },
      absent: { dataType: "bigint" },
    };
    const fits = `{"blob":"aGk=","hex":"0x6869","price":"12.5","time":"10:00:01.5","local":"2024-01-01T00:00:00.123+02:00","small":"7"}`;
    const fitsNot = `{"blob":"hi","hex":"0x6","price":12.345,"time":"10","local":"soon","small":70000}`;
    const resource = { name: "typed", pages: [`[${fits}]`, `[${fitsNot}]`], options: { columns } };
    loadedResource(await project.sync([resource]), "typed");
    expect(
      await project.rows("SELECT blob, hex, price, time, local, small, absent FROM raw_shop.typed"),
    ).toEqual([
      ["hi", "hi", "12.50", "10:00:01.5", "2023-12-31 22:00:00.123", 7, null],
      [null, null, null, null, null, null, null],
    ]);
    expect(
      await project.rows(
        `SELECT blob__v_text, hex__v_text, price__v_double, time__v_text, local__v_text, small__v_bigint
           FROM raw_shop.typed WHERE blob IS NULL`,
      ),
    ).toEqual([["hi", "0x6", 12.345, "10", "soon", 70000n]]);
  });
});
