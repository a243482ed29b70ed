import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { WarehouseSnapshot } from "../../../src/model/warehouse.js";
import { createFixture, incremental, type Shape, type WarehouseFixture } from "./load-fixture.js";
import { runSql } from "./run-sql.js";

const T: Shape = { columns: { id: "BIGINT" }, lists: { xs: { columns: { value: "BIGINT" } } } };
const byId = { incremental: incremental("id") };
const signal = new AbortController().signal;

function rows(name: string, ...ids: number[]) {
  return { name, shape: T, records: ids.map((id) => ({ id, xs: [id] })), options: byId };
}

async function change(
  fixture: WarehouseFixture,
  facts: { before?: WarehouseSnapshot; dropped?: readonly string[] } = {},
): Promise<number> {
  const before = facts.before ?? (await fixture.snapshot());
  const { dropped = [] } = facts;
  return fixture.warehouse.change(
    fixture.target,
    { loadId: "1800000000.000001", before, resources: {}, dropped },
    signal,
  );
}

describe("the rows of _dlt_pipeline_state", () => {
  const read = (fixture: WarehouseFixture) =>
    fixture.rows(
      "SELECT version, engine_version, pipeline_name, _dlt_load_id FROM raw_shop._dlt_pipeline_state ORDER BY version",
    );

  test("are written only when the state changed, as with dlt", async () => {
    await using fixture = await createFixture();
    await fixture.load([rows("t", 1)]);
    await fixture.load([{ ...rows("other", 1), options: {} }]);
    await fixture.load([rows("t", 2)]);
    expect(await read(fixture)).toEqual([
      [1n, 4n, "shop", "1700000000.000001"],
      [2n, 4n, "shop", "1700000000.000003"],
    ]);
    expect(await fixture.rows("SELECT count(*) FROM raw_shop._dlt_loads")).toEqual([[3n]]);
  });

  test("have dlt's hash of their document", async () => {
    await using fixture = await createFixture();
    await fixture.load([rows("t", 1)]);
    const [row] = await fixture.rows("SELECT state, version_hash FROM raw_shop._dlt_pipeline_state");
    const hashed =
      '{"dataset_name":"raw_shop","default_schema_name":"shop","destination_name":"duckdb",' +
      '"destination_type":"dlt.destinations.duckdb","pipeline_name":"shop","schema_names":["shop"],' +
      '"sources":{"shop":{"resources":{"t":{"incremental":{"id":{"initial_value":null,"last_value":1,"unique_hashes":[]}}}}}}}';
    expect(row?.[1]).toBe(createHash("sha3-256").update(hashed).digest("base64"));
    const text = inflateSync(Buffer.from(String(row?.[0]), "base64")).toString();
    expect(JSON.parse(text)).toEqual({
      ...(JSON.parse(hashed) as object),
      _state_version: 1,
      _state_engine_version: 4,
      _version_hash: row?.[1],
    });
  });
});

test("a version of the schema has dlt's hash of its document", async () => {
  await using fixture = await createFixture();
  await fixture.load([{ name: "t", shape: { columns: { b: "BIGINT", a: "BIGINT" } }, records: [{ a: 1 }] }]);
  const [row] = await fixture.rows("SELECT schema, version_hash FROM raw_shop._dlt_version");
  const document = JSON.parse(String(row?.[0])) as Record<string, unknown>;
  const hashed = Object.fromEntries(
    Object.entries(document).filter(([key]) => !["version", "version_hash", "previous_hashes"].includes(key)),
  );
  const hash = createHash("sha3-256").update(JSON.stringify(sortKeys(hashed)));
  const tables = document["tables"] as Record<string, { columns: object }>;
  for (const [name, { columns }] of Object.entries(tables).sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(name + Object.keys(columns).join(""));
  expect(row?.[1]).toBe(hash.digest("base64"));
});

describe("a change of a pipeline", () => {
  test("drops tables, forgets them in a version of the schema, and writes a state and a load", async () => {
    await using fixture = await createFixture();
    await fixture.load([rows("t", 1), rows("u", 1)]);
    expect(await change(fixture, { dropped: ["t", "t__xs"] })).toBe(2);
    expect(await fixture.rows("SELECT table_name FROM duckdb_tables() ORDER BY 1")).toEqual(
      [
        "_dango_run_tables",
        "_dango_runs",
        "_dlt_loads",
        "_dlt_pipeline_state",
        "_dlt_version",
        "u",
        "u__xs",
      ].map((name) => [name]),
    );
    const after = await fixture.snapshot();
    expect(after.state).toMatchObject({ version: 2, resources: {} });
    expect(after.commits).toBe(2);
    expect(
      await fixture.rows(
        `SELECT v.version, json_keys(v.schema, '$.tables') FROM raw_shop._dlt_loads l
           JOIN raw_shop._dlt_version v ON v.version_hash = l.schema_version_hash WHERE load_id = '1800000000.000001'`,
      ),
    ).toEqual([[2n, ["_dlt_version", "_dlt_loads", "_dlt_pipeline_state", "u", "u__xs"]]]);
    expect(await fixture.rows("SELECT count(*) FROM raw_shop._dango_runs")).toEqual([[1n]]);
  });

  test("that was decided on an older pipeline changes nothing (exit 4)", async () => {
    await using fixture = await createFixture();
    await fixture.load([rows("t", 1)]);
    const before = await fixture.snapshot();
    await fixture.load([{ ...rows("t", 2), options: {} }]);
    await expect(change(fixture, { before, dropped: ["t", "t__xs"] })).rejects.toMatchObject({
      message:
        "the pipeline shop was changed meanwhile, by another sync or by `dango pipeline`; nothing was changed",
      exitCode: 4,
    });
    expect(await fixture.rows("SELECT count(*) FROM raw_shop.t")).toEqual([[2n]]);
  });

  test("stops a sync that began before it (exit 4)", async () => {
    await using fixture = await createFixture();
    await fixture.load([rows("t", 1)]);
    const before = await fixture.snapshot();
    await change(fixture);
    await expect(fixture.load([rows("t", 2)], { before })).rejects.toMatchObject({ exitCode: 4 });
    expect(await fixture.rows("SELECT id FROM raw_shop.t")).toEqual([[1n]]);
  });

  test("that fails half-way leaves everything as it was", async () => {
    await using fixture = await createFixture();
    await fixture.load([rows("t", 1)]);
    const before = await fixture.snapshot();
    await expect(change(fixture, { dropped: ["t", "missing"] })).rejects.toMatchObject({ exitCode: 1 });
    expect(await fixture.snapshot()).toEqual(before);
    expect(await fixture.rows("SELECT id FROM raw_shop.t")).toEqual([[1n]]);
  });

  test("does not see what other pipelines of the dataset have", async () => {
    await using fixture = await createFixture();
    await fixture.load([rows("t", 1)]);
    const other = { ...fixture.target, pipeline: "other", schema: "other" };
    await runSql(fixture.target.path, "CREATE TABLE raw_shop.mine (id BIGINT)");
    const schema = await fixture.warehouse.readSchema(fixture.target, signal);
    expect(schema.tables.map(({ name }) => name)).toEqual(["t", "t__xs"]);
    expect(await fixture.warehouse.readSchema(other, signal)).toEqual({ document: undefined, tables: [] });
    expect(await fixture.warehouse.readStates(other, signal)).toEqual([]);
  });
});

test("the states of a pipeline are read newest first, those of unfinished loads are not", async () => {
  await using fixture = await createFixture();
  for (const id of [1, 2, 3]) await fixture.load([rows("t", id)]);
  await runSql(
    fixture.target.path,
    "UPDATE raw_shop._dlt_loads SET status = 1 WHERE load_id = '1700000000.000003'",
  );
  const states = await fixture.warehouse.readStates(fixture.target, signal);
  expect(
    states.map(({ state, loadId }) => [state.version, loadId, state.resources["t"]?.incremental]),
  ).toEqual([
    [2, "1700000000.000002", { id: { initialValue: null, lastValue: 2 } }],
    [1, "1700000000.000001", { id: { initialValue: null, lastValue: 1 } }],
  ]);
});

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sortKeys(member)]));
}
