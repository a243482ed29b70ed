import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { queryWarehouse } from "../../../src/warehouse/query-warehouse.js";
import { createFixture, type Shape, type WarehouseFixture } from "./load-fixture.js";

const signal = new AbortController().signal;
const options = { lockWaitMs: 0, signal };
const T: Shape = { columns: { id: "BIGINT", name: "VARCHAR" } };

async function filled(): Promise<WarehouseFixture> {
  const fixture = await createFixture();
  await fixture.load([
    {
      name: "t",
      shape: T,
      records: [
        { id: 1, name: "a" },
        { id: 2, name: "b" },
      ],
    },
  ]);
  return fixture;
}

describe("reading", () => {
  test.each([[["1"]], [["1", "2", "3"]]])(
    "says how to give the values of two parameters, not %j",
    async (params) => {
      await using fixture = await filled();
      await expect(
        queryWarehouse(fixture.target.path, "SELECT $1, $2", { ...options, params }),
      ).rejects.toMatchObject({ hint: "give one --param for each of $1, $2, …, in their order" });
    },
  );

  test("gives columns with types and exact values", async () => {
    await using fixture = await filled();
    const result = await queryWarehouse(
      fixture.target.path,
      `SELECT 9007199254740993::BIGINT AS b, 123456789012345678901234567890::HUGEINT AS h, 1.10::DECIMAL(5,2) AS d,
              0.1::DOUBLE AS f, DATE '2024-01-02' AS day, TIMESTAMPTZ '2024-01-02 03:04:05+00' AS at, true AS yes,
              [1, NULL] AS list, {'a': 1.50::DECIMAL(4,2)} AS struct, NULL AS nothing`,
      options,
    );
    expect(result.columns).toEqual([
      { name: "b", type: "BIGINT" },
      { name: "h", type: "HUGEINT" },
      { name: "d", type: "DECIMAL(5,2)" },
      { name: "f", type: "DOUBLE" },
      { name: "day", type: "DATE" },
      { name: "at", type: "TIMESTAMP WITH TIME ZONE" },
      { name: "yes", type: "BOOLEAN" },
      { name: "list", type: "INTEGER[]" },
      { name: "struct", type: 'STRUCT("a" DECIMAL(4,2))' },
      { name: "nothing", type: "INTEGER" },
    ]);
    expect(result.rows).toEqual([
      [
        9007199254740993n,
        123456789012345678901234567890n,
        "1.10",
        0.1,
        "2024-01-02",
        "2024-01-02 03:04:05+00",
        true,
        [1, null],
        { a: "1.50" },
        null,
      ],
    ]);
  });

  test("binds parameters", async () => {
    await using fixture = await filled();
    const params = ["b'; DROP TABLE raw_shop.t; --", "b"];
    const sql = "SELECT id FROM raw_shop.t WHERE name IN ($1, $2)";
    expect((await queryWarehouse(fixture.target.path, sql, { ...options, params })).rows).toEqual([[2n]]);
  });

  test("shows, describes and explains", async () => {
    await using fixture = await filled();
    const first = async (sql: string) =>
      (await queryWarehouse(fixture.target.path, sql, options)).rows[0]?.[0];
    expect(await first("DESCRIBE raw_shop.t")).toBe("id");
    expect(await first("FROM raw_shop.t SELECT max(id)")).toBe(2n);
    expect(await first("EXPLAIN SELECT 1")).toBe("physical_plan");
  });

  test("a missing file is an error that says what to do", async () => {
    const path = join("nowhere", "warehouse.duckdb");
    await expect(queryWarehouse(path, "SELECT 1", options)).rejects.toMatchObject({
      message: `there is no warehouse at ${path}`,
      hint: "run `dango sync` first: it creates the file",
    });
  });

  test("a wrong statement shows DuckDB's message and place", async () => {
    await using fixture = await filled();
    const error: unknown = await queryWarehouse(
      fixture.target.path,
      "SELECT nme FROM raw_shop.t",
      options,
    ).catch((reason: unknown) => reason);
    expect((error as Error).message).toBe(
      'Binder Error: Referenced column "nme" not found in FROM clause!\nCandidate bindings: "name"\n\n' +
        "LINE 1: SELECT nme FROM raw_shop.t\n               ^",
    );
  });
});

describe("nothing can be changed or reached", () => {
  test.each([
    "INSERT INTO raw_shop.t VALUES (3, 'c')",
    "CREATE TABLE x (a INT)",
    "CREATE TEMP TABLE x (a INT)",
    "DROP SCHEMA raw_shop CASCADE",
    "COPY raw_shop.t TO 'out.csv'",
    "ATTACH 'other.duckdb'",
    "SET enable_external_access = true",
    "INSTALL httpfs",
    "CHECKPOINT",
  ])("%s", async (sql) => {
    await using fixture = await filled();
    const error: unknown = await queryWarehouse(fixture.target.path, sql, options).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ exitCode: expect.any(Number) as number });
    expect(await fixture.rows("SELECT count(*) FROM raw_shop.t")).toEqual([[2n]]);
    expect(existsSync("out.csv")).toBe(false);
    expect(existsSync("other.duckdb")).toBe(false);
  });

  test("not even a file can be read", async () => {
    await using fixture = await filled();
    await expect(
      queryWarehouse(fixture.target.path, "FROM read_text('package.json')", options),
    ).rejects.toThrow("file system operations are disabled by configuration");
  });

  test("two statements are refused before either runs", async () => {
    await using fixture = await filled();
    await expect(queryWarehouse(fixture.target.path, "SELECT 1; SELECT 2", options)).rejects.toMatchObject({
      message: "one statement at a time: this is 2",
      exitCode: 2,
    });
  });
});
