import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { adoptPipeline } from "../../../src/engine/pipelines/adopt-pipeline.js";
import { createRestProject, type RestProject } from "../../support/rest-project.js";
import type { TestServer } from "../../support/serve.js";
import { runSql } from "../warehouse/run-sql.js";
import { DLT_WAREHOUSE, event, LAST_RUN, serveShop, shopBlock, SHOP_KEYS, type Answers } from "./shop-api.js";

const COPIED = [
  { name: "countries", rows: 3 },
  { name: "customers", rows: 4 },
  { name: "customers__phones", rows: 2 },
  { name: "events", rows: 5 },
  { name: "events__tags", rows: 4 },
  { name: "orders", rows: 3 },
  { name: "orders__items", rows: 4 },
  { name: "orders__items__parts", rows: 4 },
  { name: "products", rows: 3 },
  { name: "products__sizes", rows: 3 },
];

describe("adopting a dataset of dlt (M8)", () => {
  let answers: Answers;
  let server: TestServer;

  beforeEach(async () => {
    answers = { ...LAST_RUN };
    server = await serveShop(answers);
  });
  afterEach(() => server.close());

  const adopt = async (project: RestProject, wanted?: string, file = DLT_WAREHOUSE) =>
    adoptPipeline(await project.pipelines(), { file, directory: project.root, wanted });

  /** Every table of the pipeline as text, with its columns. */
  const dump = async (project: RestProject, dataset: string) => {
    const columns = await project.rows(
      `SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns()
        WHERE schema_name = '${dataset}' AND table_name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY table_name, column_index`,
    );
    const texts = COPIED.map(({ name }) => `SELECT '${name}', to_json(t)::VARCHAR FROM ${dataset}.${name} t`);
    return { columns, rows: await project.rows(texts.join(" UNION ALL ")) };
  };

  test("copies tables, schema, loads and state as they are, and leaves the file alone", async () => {
    const before = await readFile(DLT_WAREHOUSE);
    await using project = await createRestProject(shopBlock(server.url), { keys: SHOP_KEYS.slice(1) });
    const adopted = await adopt(project);
    expect(adopted.tables).toEqual(COPIED);
    expect(adopted.left).toEqual([]);
    expect(await readFile(DLT_WAREHOUSE)).toEqual(before);
    await using original = await createRestProject("{}", { warehouse: DLT_WAREHOUSE });
    expect(await dump(project, "raw_api")).toEqual(await dump(original, "shop_data"));
    const records = (from: RestProject, dataset: string) =>
      from.rows(
        ["_dlt_loads", "_dlt_version", "_dlt_pipeline_state"]
          .map((table) => `SELECT '${table}', to_json(t)::VARCHAR FROM ${dataset}.${table} t`)
          .join(" UNION ALL "),
      );
    expect(await records(project, "raw_api")).toEqual(await records(original, "shop_data"));
  });

  test("goes on under the source's own names, with nothing twice", async () => {
    await using project = await createRestProject(shopBlock(server.url));
    const { found, source } = await adopt(project, "shop_pipeline");
    expect([found.dataset, source.name]).toEqual(["shop_data", "api"]);
    const before = await dump(project, "raw_api");
    answers["/events"] = [...(LAST_RUN["/events"] ?? []), event(6, "2024-01-04", "start")];
    const report = await project.sync();
    expect(report.exitCode).toBe(0);
    expect(server.requests.map(({ url }) => url)).toContain("/events?since=2024-01-03T00%3A00%3A00Z");
    const after = await dump(project, "raw_api");
    expect(after.columns).toEqual(before.columns);
    const known = before.rows.filter(([table]) => table !== "countries").map(String);
    const fresh = after.rows.filter((row) => row[0] !== "countries" && !known.includes(String(row)));
    expect(fresh.map(([table]) => table)).toEqual(["events"]);
    expect(after.rows.length).toBe(before.rows.length + 1);
    expect(report.resource("events").tables[0]).toMatchObject({ inserted: 1, unchanged: 2, discarded: 3 });
    expect(report.resource("customers").tables[0]).toMatchObject({ unchanged: 2, inserted: 0, deleted: 0 });
    expect(
      await project.rows(
        "SELECT DISTINCT schema_name FROM raw_api._dlt_loads UNION SELECT schema_name FROM raw_api._dlt_version",
      ),
    ).toEqual([["api"]]);
    expect(
      await project.rows("SELECT pipeline_name, max(version) FROM raw_api._dlt_pipeline_state GROUP BY 1"),
    ).toEqual([["api", 4n]]);
  });

  test("leaves a dataset alone that has such tables already", async () => {
    await using project = await createRestProject(shopBlock(server.url), { keys: SHOP_KEYS.slice(1) });
    await adopt(project);
    const before = await dump(project, "raw_api");
    await expect(adopt(project)).rejects.toMatchObject({
      message: "the dataset raw_api of the warehouse has a table countries already; nothing was copied",
      exitCode: 2,
    });
    expect(await dump(project, "raw_api")).toEqual(before);
  });

  test("copies nothing when it fails midway", async () => {
    await using project = await createRestProject(shopBlock(server.url), { keys: SHOP_KEYS.slice(1) });
    const file = join(project.root, "broken.duckdb");
    await using copy = await createRestProject("{}", { warehouse: DLT_WAREHOUSE });
    const broken = join(copy.root, "data", "warehouse.duckdb");
    await runSql(broken, "ALTER TABLE shop_data._dlt_loads DROP COLUMN inserted_at");
    await expect(adopt(project, undefined, broken)).rejects.toThrow(
      "NOT NULL constraint failed: _dlt_loads.inserted_at",
    );
    await expect(adopt(project, undefined, file)).rejects.toThrow(`there is no file ${file}`);
    const warehouse = join(project.root, "data", "warehouse.duckdb");
    await expect(project.rows("SELECT 1")).rejects.toThrow(`there is no warehouse at ${warehouse}`);
  });

  test("names what it did not copy", async () => {
    await using copy = await createRestProject("{}", { warehouse: DLT_WAREHOUSE });
    const file = join(copy.root, "data", "warehouse.duckdb");
    await runSql(file, "CREATE TABLE shop_data.notes (text VARCHAR)");
    await using project = await createRestProject(shopBlock(server.url), { keys: SHOP_KEYS.slice(1) });
    expect((await adopt(project, undefined, file)).left).toEqual(["notes"]);
  });

  test("of the project's own warehouse is refused, with the way out", async () => {
    await using project = await createRestProject(shopBlock(server.url), { warehouse: DLT_WAREHOUSE });
    const own = join(project.root, "data", "warehouse.duckdb");
    await expect(adopt(project, undefined, "data/warehouse.duckdb")).rejects.toMatchObject({
      message: `${own} is the project's warehouse already`,
      hint: "to go on with dlt's dataset in it, give the source `dataset_name`, `pipeline_name` and `schema_name`",
    });
  });
});
