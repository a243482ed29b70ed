import { inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createFixture, incremental, type Shape } from "./load-fixture.js";
import { runSql } from "./run-sql.js";

const USERS: Shape = {
  columns: { id: "BIGINT", name: "VARCHAR" },
  lists: { tags: { columns: { value: "VARCHAR" } } },
};
const users = (...ids: number[]) => ({
  name: "users",
  shape: USERS,
  records: ids.map((id) => ({ id, tags: ["t"] })),
});

describe("the tables that dlt and dango keep", () => {
  test("have dlt's columns exactly (reference §6.5)", async () => {
    await using fixture = await createFixture();
    await fixture.load([users(1)]);
    expect(
      await fixture.rows(
        `SELECT table_name, string_agg(column_name || ' ' || data_type || if(is_nullable, '', '!'), ', ' ORDER BY column_index)
           FROM duckdb_columns() WHERE schema_name = 'raw_shop' GROUP BY 1 ORDER BY 1`,
      ),
    ).toEqual([
      [
        "_dango_run_tables",
        "run_id VARCHAR!, source VARCHAR!, resource VARCHAR!, name VARCHAR!, fetched BIGINT!, inserted BIGINT!, updated BIGINT!, deleted BIGINT!, unchanged BIGINT!, discarded BIGINT!",
      ],
      [
        "_dango_runs",
        "run_id VARCHAR!, source VARCHAR!, load_id VARCHAR!, started_at TIMESTAMP WITH TIME ZONE!, committed_at TIMESTAMP WITH TIME ZONE!, fetched BIGINT!, inserted BIGINT!, updated BIGINT!, deleted BIGINT!, unchanged BIGINT!, discarded BIGINT!",
      ],
      [
        "_dlt_loads",
        "load_id VARCHAR!, schema_name VARCHAR, status BIGINT!, inserted_at TIMESTAMP WITH TIME ZONE!, schema_version_hash VARCHAR",
      ],
      [
        "_dlt_pipeline_state",
        "version BIGINT!, engine_version BIGINT!, pipeline_name VARCHAR!, state VARCHAR!, created_at TIMESTAMP WITH TIME ZONE!, version_hash VARCHAR, _dlt_load_id VARCHAR!, _dlt_id VARCHAR!",
      ],
      [
        "_dlt_version",
        "version BIGINT!, engine_version BIGINT!, inserted_at TIMESTAMP WITH TIME ZONE!, schema_name VARCHAR!, version_hash VARCHAR!, schema VARCHAR!",
      ],
      ["users", "id BIGINT, name VARCHAR, _dlt_load_id VARCHAR!, _dlt_id VARCHAR!"],
      ["users__tags", "value VARCHAR, _dlt_parent_id VARCHAR!, _dlt_list_idx BIGINT!, _dlt_id VARCHAR!"],
    ]);
  });

  test("hold one row a run and source, and one a table (rules J)", async () => {
    await using fixture = await createFixture();
    await fixture.load([users(1, 2)]);
    expect(await fixture.rows("SELECT * EXCLUDE (committed_at) FROM raw_shop._dango_runs")).toEqual([
      ["run-1", "shop", "1700000000.000001", "2026-01-01 00:00:00+00", 4n, 4n, 0n, 0n, 0n, 0n],
    ]);
    expect(await fixture.rows("SELECT * FROM raw_shop._dango_run_tables ORDER BY name")).toEqual([
      ["run-1", "shop", "users", "users", 2n, 2n, 0n, 0n, 0n, 0n],
      ["run-1", "shop", "users", "users__tags", 2n, 2n, 0n, 0n, 0n, 0n],
    ]);
    expect(await fixture.rows("SELECT load_id, schema_name, status FROM raw_shop._dlt_loads")).toEqual([
      ["1700000000.000001", "shop", 0n],
    ]);
  });

  test("a version is written only when the schema changed", async () => {
    await using fixture = await createFixture();
    await fixture.load([users(1)]);
    await fixture.load([users(2)]);
    await fixture.load([{ ...users(3), shape: { ...USERS, columns: { ...USERS.columns, age: "BIGINT" } } }]);
    expect(
      await fixture.rows(
        `SELECT l.load_id, v.version FROM raw_shop._dlt_loads l
           JOIN raw_shop._dlt_version v ON v.version_hash = l.schema_version_hash ORDER BY 1`,
      ),
    ).toEqual([
      ["1700000000.000001", 1n],
      ["1700000000.000002", 1n],
      ["1700000000.000003", 2n],
    ]);
  });

  test("the schema document has dlt's shape", async () => {
    await using fixture = await createFixture();
    await fixture.load([
      {
        ...users(1),
        options: { writeDisposition: { kind: "merge", strategy: "delete-insert" }, primaryKey: ["id"] },
      },
    ]);
    const [row] = await fixture.rows("SELECT schema FROM raw_shop._dlt_version");
    const document = JSON.parse(String(row?.[0])) as { tables: Record<string, unknown> };
    expect(document).toMatchObject({ version: 1, engine_version: 11, name: "shop" });
    expect(Object.keys(document.tables)).toEqual([
      "_dlt_version",
      "_dlt_loads",
      "_dlt_pipeline_state",
      "users",
      "users__tags",
    ]);
    expect(document.tables["users"]).toEqual({
      name: "users",
      columns: {
        id: { name: "id", data_type: "bigint", nullable: true, primary_key: true },
        name: { name: "name", data_type: "text", nullable: true },
        _dlt_load_id: { name: "_dlt_load_id", data_type: "text", nullable: false },
        _dlt_id: { name: "_dlt_id", data_type: "text", nullable: false, row_key: true, unique: true },
      },
      resource: "users",
      write_disposition: "merge",
      "x-normalizer": { "seen-data": true },
    });
    expect(document.tables["users__tags"]).toMatchObject({ parent: "users" });
  });
});

describe("what a run finds", () => {
  test("nothing, when there is no file, and none is made", async () => {
    await using fixture = await createFixture();
    expect(await fixture.snapshot()).toEqual({
      exists: false,
      schema: { tables: new Map() },
      state: { version: 0, resources: {}, document: {} },
      commits: 0,
    });
    expect((await fixture.snapshot()).exists).toBe(false);
  });

  test("tables with types, keys and hints as they were written", async () => {
    await using fixture = await createFixture();
    const shape: Shape = {
      columns: { id: "HUGEINT", day: "DATE", at: "TIMESTAMP WITH TIME ZONE", price: "DECIMAL(10,2)" },
    };
    await fixture.load([{ name: "things", shape, records: [{ id: 1 }], options: { primaryKey: ["id"] } }]);
    const { schema } = await fixture.snapshot();
    expect(schema.tables.get("things")).toEqual({
      name: "things",
      resource: "things",
      writeDisposition: "append",
      columns: [
        {
          name: "id",
          dataType: "hugeint",
          sqlType: "HUGEINT",
          nullable: true,
          primaryKey: true,
          hints: { precision: 128 },
        },
        { name: "day", dataType: "date", sqlType: "DATE", nullable: true },
        { name: "at", dataType: "timestamp", sqlType: "TIMESTAMP WITH TIME ZONE", nullable: true },
        { name: "price", dataType: "decimal", sqlType: "DECIMAL(10,2)", nullable: true },
        { name: "_dlt_load_id", dataType: "text", sqlType: "VARCHAR", nullable: false },
        { name: "_dlt_id", dataType: "text", sqlType: "VARCHAR", nullable: false },
      ],
    });
  });

  test("the names given to keys whose own was taken (N1)", async () => {
    await using fixture = await createFixture();
    const table = {
      name: "users",
      columns: [
        { name: "id", dataType: "bigint", sqlType: "BIGINT", nullable: true },
        { name: "_dlt_load_id", dataType: "text", sqlType: "VARCHAR", nullable: false },
        { name: "_dlt_id", dataType: "text", sqlType: "VARCHAR", nullable: false },
      ],
      renamed: { "a\u001fB": "a__b_2" },
    } as const;
    await fixture.load([
      {
        name: "users",
        shape: USERS,
        records: [{ id: 1 }],
        plan: {
          staged: [{ key: "id", type: { kind: "scalar", sqlType: "BIGINT" } }],
          tables: [
            {
              table,
              listPath: [],
              columns: [{ column: table.columns[0], path: ["id"], stagedType: "BIGINT" }],
            },
          ],
          changes: [{ kind: "create_table", table }],
          renamed: [],
          discards: [],
          lost: [],
        },
      },
    ]);
    expect((await fixture.snapshot()).schema.tables.get("users")?.renamed).toEqual({ "a\u001fB": "a__b_2" });
  });

  test("the state of every resource, what a module keeps included, with exact integers", async () => {
    await using fixture = await createFixture();
    await fixture.load([{ ...users(1), options: { incremental: incremental("id", { initialValue: 0 }) } }]);
    const load = await fixture.snapshot();
    expect(load.state.version).toBe(1);
    expect(load.state.resources).toEqual({
      users: { incremental: { id: { initialValue: 0, lastValue: 1 } }, extra: {} },
    });
    const [row] = await fixture.rows("SELECT state, version_hash FROM raw_shop._dlt_pipeline_state");
    const document = JSON.parse(inflateSync(Buffer.from(String(row?.[0]), "base64")).toString()) as unknown;
    expect(document).toEqual({
      _state_version: 1,
      _state_engine_version: 4,
      _version_hash: row?.[1],
      pipeline_name: "shop",
      default_schema_name: "shop",
      dataset_name: "raw_shop",
      schema_names: ["shop"],
      destination_type: "dlt.destinations.duckdb",
      destination_name: "duckdb",
      sources: {
        shop: {
          resources: {
            users: { incremental: { id: { initial_value: 0, last_value: 1, unique_hashes: [] } } },
          },
        },
      },
    });
  });

  test("only the state of loads that were completed (reference §6.4)", async () => {
    await using fixture = await createFixture();
    const options = { incremental: incremental("id") };
    await fixture.load([{ ...users(1), options }]);
    await fixture.load([{ ...users(2), options }]);
    expect((await fixture.snapshot()).state.version).toBe(2);
    await runSql(
      fixture.target.path,
      "UPDATE raw_shop._dlt_loads SET status = 1 WHERE load_id = '1700000000.000002'",
    );
    expect((await fixture.snapshot()).state.version).toBe(1);
  });
});

describe("widening", () => {
  test("is answered by the stored values", async () => {
    await using fixture = await createFixture();
    const shape: Shape = { columns: { small: "BIGINT", large: "BIGINT", day: "DATE" } };
    await fixture.load([
      { name: "t", shape, records: ['{"small":5,"large":9007199254740993,"day":"2024-01-01"}', "{}"] },
    ]);
    const answers = await fixture.warehouse.answerWidenings(
      fixture.target,
      [
        { table: "t", column: "small", to: "DOUBLE" },
        { table: "t", column: "large", to: "DOUBLE" },
        { table: "t", column: "day", to: "TIMESTAMP WITH TIME ZONE" },
        { table: "t", column: "none", to: "DOUBLE" },
      ],
      new AbortController().signal,
    );
    expect(answers).toEqual([true, false, true, true]);
  });

  test("happens in place, with new columns, in the transaction of the rows", async () => {
    await using fixture = await createFixture();
    const load = (shape: Shape, ...records: unknown[]) => fixture.load([{ name: "t", shape, records }]);
    await load({ columns: { a: "BIGINT" } }, { a: 1 });
    const report = await load({ columns: { a: "DOUBLE", b: "VARCHAR" } }, { a: 1.5, b: "x" });
    expect(report.refused).toEqual(new Map());
    expect(await fixture.rows("SELECT a, typeof(a), b FROM raw_shop.t ORDER BY a")).toEqual([
      [1, "DOUBLE", null],
      [1.5, "DOUBLE", "x"],
    ]);
  });
});

test("overview lists tables with sizes, user tables first, and the last loads", async () => {
  await using fixture = await createFixture();
  await fixture.load([users(1, 2)]);
  const overview = await fixture.warehouse.overview(fixture.target, new AbortController().signal);
  expect(overview.tables.map(({ name, rows }) => [name, rows])).toEqual([
    ["users", 2],
    ["users__tags", 2],
    ["_dango_run_tables", 2],
    ["_dango_runs", 1],
    ["_dlt_loads", 1],
    ["_dlt_pipeline_state", 1],
    ["_dlt_version", 1],
  ]);
  expect(overview.loads.map(({ loadId }) => loadId)).toEqual(["1700000000.000001"]);
});
