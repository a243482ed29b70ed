import { describe, expect, test } from "vitest";
import type { ResourceReport } from "../../../src/model/report.js";
import type { ResourceOptions } from "../../../src/model/resource.js";
import type { ContractMode, SchemaContract } from "../../../src/model/schema.js";
import { createMemoryProject, loadedResource, type MemoryProject } from "../../support/memory-sync.js";

const contract = (mode: ContractMode, more: Partial<SchemaContract> = {}): Partial<ResourceOptions> => ({
  schemaContract: { tables: mode, columns: mode, dataType: mode, ...more },
});

const FIRST = [{ id: 1, n: 5, o: { a: 1 }, xs: [{ v: 1 }] }];

async function load(
  project: MemoryProject,
  records: readonly unknown[],
  options: Partial<ResourceOptions>,
): Promise<ResourceReport> {
  const pages = [JSON.stringify(records)];
  return loadedResource(await project.sync([{ name: "rows", pages, options }]), "rows");
}

const columnsOf = (project: MemoryProject) =>
  project.rows(
    `SELECT table_name, string_agg(column_name, ' ' ORDER BY column_index) FROM duckdb_columns()
      WHERE schema_name = 'raw_shop' AND table_name LIKE 'rows%' GROUP BY 1 ORDER BY 1`,
  );
const COLUMNS = [
  ["rows", "id n o__a _dlt_load_id _dlt_id"],
  ["rows__xs", "v _dlt_parent_id _dlt_list_idx _dlt_id"],
];

/** Records that each bring one change beside the good record 2, and what it is called. */
const CHANGES: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ["a new column", { id: 3, fresh: 1 }, "new column fresh (columns)"],
  ["a new column of an object", { id: 3, o: { a: 1, b: 2 } }, "new column o__b (columns)"],
  ["a new object", { id: 3, p: { q: "x" } }, "new column p__q (columns)"],
  ["a value of another type", { id: 3, n: "abc" }, "another type in the column n (data_type)"],
  ["a wider number", { id: 3, n: 1.5 }, "another type in the column n (data_type)"],
  ["a new table", { id: 3, ys: [1, 2] }, "new table rows__ys (tables)"],
];

describe("schema_contract: freeze", () => {
  test.each(CHANGES)("refuses %s with exit 5, and changes nothing (M7)", async (_, record) => {
    await using project = await createMemoryProject();
    await load(project, FIRST, contract("freeze"));
    const pages = [JSON.stringify([{ id: 2, n: 6 }, record])];
    const report = await project.sync([{ name: "rows", pages, options: contract("freeze") }]);
    expect(report.exitCode).toBe(5);
    expect(report.resources[0]?.error?.message).toMatch(
      /^rows: the schema contract freezes (tables|columns|data_type), but/,
    );
    expect(await project.rows("SELECT id FROM raw_shop.rows")).toEqual([[1n]]);
    expect(await columnsOf(project)).toEqual(COLUMNS);
  });

  test("says what would have changed, and what can be done", async () => {
    await using project = await createMemoryProject();
    await load(project, FIRST, contract("freeze"));
    const report = await project.sync([
      { name: "rows", pages: ['[{"id":2,"fresh":1}]'], options: contract("freeze") },
    ]);
    expect(report.resources[0]?.error).toMatchObject({
      type: "guard",
      message:
        "rows: the schema contract freezes columns, but the records bring a change (rows: new column fresh BIGINT); nothing was changed",
      hint: "declare the column in `columns`, or set schema_contract to evolve, discard_row or discard_value",
    });
  });

  test("takes records that fit, conversions without loss, and columns that are declared (M7, B3)", async () => {
    await using project = await createMemoryProject();
    await load(project, FIRST, contract("freeze"));
    const options = { ...contract("freeze"), columns: { extra: { dataType: "text" as const } } };
    await load(project, [{ id: 2, n: "7", extra: "x", xs: [{ v: 2 }] }], options);
    expect(await project.rows("SELECT id, n, extra FROM raw_shop.rows ORDER BY id")).toEqual([
      [1n, 5n, null],
      [2n, 7n, "x"],
    ]);
  });
});

describe("schema_contract: discard_row", () => {
  test.each(CHANGES)("leaves a record with %s out, counts and tells it", async (_, record, change) => {
    await using project = await createMemoryProject();
    await load(project, FIRST, contract("discard_row"));
    const report = await load(project, [record, { id: 2, n: 6 }], contract("discard_row"));
    const [, what = "", part = ""] = /^(.*) \((\w+)\)$/.exec(change) ?? [];
    expect(report.schemaChanges).toEqual([
      `rows: 1 row discarded for ${what.startsWith("new") ? "the " : ""}${what} (schema_contract ${part}: discard_row)`,
    ]);
    expect(report.tables[0]).toEqual({
      name: "rows",
      fetched: 2,
      inserted: 1,
      updated: 0,
      deleted: 0,
      unchanged: 0,
      discarded: 1,
    });
    expect(await project.rows("SELECT id FROM raw_shop.rows ORDER BY id")).toEqual([[1n], [2n]]);
    expect(await columnsOf(project)).toEqual(COLUMNS);
  });

  test("leaves out the element of a list, not its record", async () => {
    await using project = await createMemoryProject();
    await load(project, FIRST, contract("discard_row"));
    const report = await load(
      project,
      [{ id: 2, xs: [{ v: 2 }, { v: 3, w: 1 }, { v: "x" }, { v: 4 }] }],
      contract("discard_row"),
    );
    expect(report.schemaChanges).toEqual([
      "rows__xs: 1 row discarded for another type in the column v (schema_contract data_type: discard_row)",
      "rows__xs: 1 row discarded for the new column w (schema_contract columns: discard_row)",
    ]);
    expect(await project.rows("SELECT _dlt_list_idx, v FROM raw_shop.rows__xs ORDER BY v")).toEqual([
      [0n, 1n],
      [0n, 2n],
      [1n, 4n],
    ]);
  });

  test("names the record that an error is in as the API sent it", async () => {
    await using project = await createMemoryProject();
    const options = { ...contract("discard_row"), primaryKey: ["id"] };
    await load(project, FIRST, options);
    const pages = ['[{"id":2,"fresh":1},{"id":3,"fresh":1},{"id":4},{"id":null}]'];
    const report = await project.sync([{ name: "rows", pages, options }]);
    expect(report.resources[0]?.error?.message).toContain("first in record 4 of page 1");
  });
});

describe("schema_contract: discard_value", () => {
  test.each(CHANGES)("loads a record with %s without it, counts and tells it", async (_, record, change) => {
    await using project = await createMemoryProject();
    await load(project, FIRST, contract("discard_value"));
    const report = await load(project, [{ id: 2, n: 6 }, record], contract("discard_value"));
    const [, what = "", part = ""] = /^(.*) \((\w+)\)$/.exec(change) ?? [];
    expect(report.schemaChanges).toEqual([
      `rows: 1 value discarded for ${what.startsWith("new") ? "the " : ""}${what} (schema_contract ${part}: discard_value)`,
    ]);
    expect(report.tables[0]).toMatchObject({ fetched: 2, inserted: 2, discarded: 0 });
    expect(await project.rows("SELECT id, n FROM raw_shop.rows ORDER BY id")).toEqual([
      [1n, 5n],
      [2n, 6n],
      [3n, null],
    ]);
    expect(await columnsOf(project)).toEqual(COLUMNS);
  });

  test("nulls and empty lists are no values that could be discarded", async () => {
    await using project = await createMemoryProject();
    await load(project, FIRST, contract("discard_value"));
    const report = await load(project, [{ id: 2, fresh: null, ys: [], q: {} }], contract("discard_value"));
    expect(report.schemaChanges).toEqual([]);
  });
});

describe("a contract of parts", () => {
  test("new columns are taken while types are kept", async () => {
    await using project = await createMemoryProject();
    const options = contract("evolve", { dataType: "discard_value" });
    await load(project, FIRST, options);
    const report = await load(project, [{ id: 2, n: "abc", fresh: true }], options);
    expect(report.schemaChanges).toEqual([
      "rows: new column fresh BOOLEAN",
      "rows: 1 value discarded for another type in the column n (schema_contract data_type: discard_value)",
    ]);
    expect(await project.rows("SELECT id, n, fresh FROM raw_shop.rows ORDER BY id")).toEqual([
      [1n, 5n, null],
      [2n, null, true],
    ]);
  });

  test("a new table may have any columns", async () => {
    await using project = await createMemoryProject();
    const options = contract("freeze", { tables: "evolve" });
    await load(project, FIRST, options);
    await load(project, [{ id: 2, ys: [{ k: "a" }] }], options);
    expect(await project.rows("SELECT k FROM raw_shop.rows__ys")).toEqual([["a"]]);
  });
});
