import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRestProject, type RestProject } from "../../support/rest-project.js";
import { serve, type TestServer } from "../../support/serve.js";

const WAREHOUSE = fixture("conversions.duckdb");
const KEYS = [
  "dataset_name: conversions_data",
  "pipeline_name: conversions_pipeline",
  "schema_name: conversions",
];
const TABLES = ["added", "kept", "merged", "deep", "deep__codes", "deep__lists__a__b__c__d__e"];

describe("rows whose values dlt converted while it loaded them (M8)", () => {
  let answers: Record<string, string>;
  let server: TestServer;
  let project: RestProject;
  let dltColumns: Map<string, string[]>;

  beforeEach(async () => {
    answers = {
      "/conversions": await readFile(fixture("conversions.json"), "utf8"),
      "/deep-lists": await readFile(fixture("deep-lists.json"), "utf8"),
      "/codes": await readFile(fixture("codes.json"), "utf8"),
      "/charges": await readFile(fixture("charges.json"), "utf8"),
    };
    server = await serve(({ url }, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(answers[url]);
    });
    project = await createRestProject(
      `client: { base_url: "${server.url}", paginator: single_page }
resources:
  - { name: added, endpoint: { path: conversions, incremental: { cursor_path: at } } }
  - { name: kept, endpoint: conversions, write_disposition: { disposition: merge, strategy: scd2 } }
  - { name: merged, endpoint: conversions, primary_key: id }
  - { name: deep, endpoint: { path: deep-lists, incremental: { cursor_path: at } } }
  - { name: codes, primary_key: code }
  - { name: charges, endpoint: { path: charges, incremental: { cursor_path: created } } }`,
      { keys: KEYS, warehouse: WAREHOUSE },
    );
    dltColumns = new Map();
    for (const table of TABLES) {
      const columns = await project.rows(
        `SELECT column_name FROM duckdb_columns() WHERE table_name = '${table}' ORDER BY column_index`,
      );
      dltColumns.set(
        table,
        columns.map(([name]) => String(name)),
      );
    }
  });

  afterEach(async () => {
    await project[Symbol.asyncDispose]();
    await server.close();
  });

  /** The rows of dlt's columns; of days that became moments the day. */
  async function allRows(): Promise<unknown[][]> {
    const rows: unknown[][] = [];
    for (const [table, columns] of dltColumns) {
      const values = columns.map((name) => (name === "day" ? "CAST(day AS DATE)" : `"${name}"`));
      const sql = `SELECT '${table}', row(${values.join(", ")})::VARCHAR FROM conversions_data.${table} ORDER BY ALL`;
      rows.push(...(await project.rows(sql)));
    }
    return rows;
  }

  /** A block whose one resource asks for codes. */
  function withCodes(name: string, key: string, strategy: string): string {
    return `client: { base_url: "${server.url}", paginator: single_page }
resources:
  - { name: ${name}, endpoint: codes, ${key}, write_disposition: { disposition: merge, strategy: ${strategy} } }`;
  }

  async function expectNothingNew(before: unknown[][]): Promise<void> {
    const report = await project.sync();
    expect(report.resources.map(({ error }) => error)).toEqual([null, null, null, null, null, null]);
    const counts = report.resources.slice(0, 4).map(({ tables }) => tables[0]);
    expect(counts).toMatchObject(
      [145, 145, 145, 5].map((unchanged) => ({ unchanged, inserted: 0, updated: 0, deleted: 0 })),
    );
    expect(report.notices).toEqual([]);
    expect(await allRows()).toEqual(before);
  }

  test("are the same when they come again: nothing is added, ended or written anew", async () => {
    const before = await allRows();
    expect(before).toHaveLength(3 * 145 + 5 + 10 + 10);
    await expectNothingNew(before);
    // By now columns have other types, and there are new ones.
    await expectNothingNew(before);
  });

  test("come through when they differ in more than what dlt does to them", async () => {
    const changed = answers["/conversions"]
      ?.replace('"text": true', '"text": "true"')
      .replace('"cents": 1e-5', '"cents": 0.01');
    answers["/conversions"] = changed ?? "";
    answers["/deep-lists"] = answers["/deep-lists"]?.replace('"0x10"', '"0x11"') ?? "";
    const report = await project.sync();
    expect(report.resources.map(({ tables }) => tables[0])).toMatchObject([
      { name: "added", inserted: 2, unchanged: 143 },
      { name: "kept", inserted: 2, deleted: 2, unchanged: 143 },
      { name: "merged", updated: 2, inserted: 0, deleted: 0, unchanged: 143 },
      { name: "deep", inserted: 1, unchanged: 4 },
      { name: "codes", inserted: 0, updated: 0, deleted: 0, unchanged: 3 },
      { name: "charges", inserted: 0, unchanged: 2, discarded: 1 },
    ]);
    expect(report.notices).toEqual([
      "added warning: records with the last cursor value were added that equal no row, and 2 rows of dlt in " +
        "conversions_data.added with that value did not come again: if these are the same, they are there twice",
      "deep warning: records with the last cursor value were added that equal no row, and 1 row of dlt in " +
        "conversions_data.deep with that value did not come again: if these are the same, they are there twice",
    ]);
    expect(
      await project.rows(
        `SELECT text, cents, count(*) FROM conversions_data.added
          WHERE id IN (SELECT id FROM conversions_data.added GROUP BY id HAVING count(*) > 1) GROUP BY ALL ORDER BY ALL`,
      ),
    ).toEqual([
      ["1e-05", "0.00", 1n],
      ["1e-5", "0.01", 1n],
      ["True", null, 1n],
      ["true", null, 1n],
    ]);
  });

  test("are found behind a cursor that dlt converted", async () => {
    const created = "1700000001";
    answers["/charges"] =
      `[{"id": 2, "created": ${created}}, {"id": 3, "created": ${created}}, {"id": 4, "created": ${created}}]`;
    const sync = () => project.sync({ resources: ["charges"] });
    expect((await sync()).resource("charges").tables[0]).toMatchObject({ inserted: 1, unchanged: 2 });
    expect((await sync()).resource("charges").tables[0]).toMatchObject({ inserted: 0, unchanged: 3 });
    expect(await project.rows("SELECT id FROM conversions_data.charges ORDER BY id")).toEqual([
      [1n],
      [2n],
      [3n],
      [4n],
    ]);
  });

  test("are found by a key that dlt converted", async () => {
    answers["/codes"] = answers["/codes"]?.replace('"b"', '"changed"') ?? "";
    const sync = () => project.sync({ resources: ["codes"] });
    expect((await sync()).resource("codes").tables[0]).toMatchObject({ unchanged: 2 });
    expect((await sync()).resource("codes").tables[0]).toMatchObject({ unchanged: 3 });
    expect(await project.rows("SELECT code, name FROM conversions_data.codes ORDER BY name")).toEqual([
      ["7", "a"],
      ["9", "c"],
      ["0x10", "changed"],
    ]);
  });

  test("are there already for insert-only, by a key that dlt converted", async () => {
    answers["/codes"] =
      `[{"code": "007", "name": "a"}, {"code": "0x10", "name": "changed"}, {"code": "8", "name": "d"}]`;
    const sync = () => project.sync({}, withCodes("codes", "primary_key: code", "insert-only"));
    expect((await sync()).resource("codes").tables[0]).toMatchObject({ inserted: 1, unchanged: 2 });
    expect((await sync()).resource("codes").tables[0]).toMatchObject({ inserted: 0, unchanged: 3 });
    expect(await project.rows("SELECT code, name FROM conversions_data.codes ORDER BY name")).toEqual([
      ["7", "a"],
      ["16", "b"],
      ["9", "c"],
      ["8", "d"],
    ]);
  });

  test("are one record's each under insert-only: another key that dlt would convert to the same is new", async () => {
    answers["/codes"] =
      `[{"code": "7", "name": "new"}, {"code": "07", "name": "newer"}, {"code": "007", "name": "a"}]`;
    const sync = () => project.sync({}, withCodes("codes", "primary_key: code", "insert-only"));
    expect((await sync()).resource("codes").tables[0]).toMatchObject({ inserted: 2, unchanged: 1 });
    expect((await sync()).resource("codes").tables[0]).toMatchObject({ inserted: 0, unchanged: 3 });
    expect(await project.rows("SELECT code, name FROM conversions_data.codes ORDER BY name")).toEqual([
      ["7", "a"],
      ["16", "b"],
      ["9", "c"],
      ["7", "new"],
      ["07", "newer"],
    ]);
  });

  test("go on and end by a merge key of scd2 that dlt converted", async () => {
    answers["/codes"] =
      `[{"code": "007", "name": "a"}, {"code": "0x10", "name": "changed"}, {"code": "8", "name": "d"}]`;
    const sync = () => project.sync({}, withCodes("versions", "merge_key: code", "scd2"));
    const first = await sync();
    expect(first.resource("versions").tables[0]).toMatchObject({
      inserted: 1,
      updated: 1,
      deleted: 0,
      unchanged: 1,
    });
    expect(first.notices).toEqual([]);
    expect((await sync()).resource("versions").tables[0]).toMatchObject({
      inserted: 0,
      updated: 0,
      deleted: 0,
      unchanged: 3,
    });
    expect(
      await project.rows(
        "SELECT code, name, _dlt_valid_to IS NULL FROM conversions_data.versions ORDER BY name",
      ),
    ).toEqual([
      ["7", "a", true],
      ["16", "b", false],
      ["9", "c", true],
      ["0x10", "changed", true],
      ["8", "d", true],
    ]);
  });

  test("are not appended again by a backfill whose key dlt converted", async () => {
    const record = `{"code": "007", "name": "a"}`;
    answers["/codes"] =
      `[${record}, {"code": "0x10", "name": "changed"}, {"code": "8", "name": "d"}, ${record}]`;
    const backfill = `client: { base_url: "${server.url}", paginator: single_page }
resources:
  - name: codes
    endpoint: { path: codes, incremental: { cursor_path: name, initial_value: a, end_value: z } }
    primary_key: code
    write_disposition: append`;
    const sync = () => project.sync({}, backfill);
    expect((await sync()).resource("codes").tables[0]).toMatchObject({ inserted: 1, unchanged: 3 });
    expect((await sync()).resource("codes").tables[0]).toMatchObject({ inserted: 0, unchanged: 4 });
    expect(await project.rows("SELECT code, name FROM conversions_data.codes ORDER BY name")).toEqual([
      ["7", "a"],
      ["16", "b"],
      ["9", "c"],
      ["8", "d"],
    ]);
  });

  test("hold by the row version of scd2 that dlt converted, whatever else changed", async () => {
    answers["/codes"] = `[{"code": "007", "name": "changed"}, {"code": "0x11", "name": "b"}]`;
    const sync = () =>
      project.sync({}, withCodes("versions", "merge_key: code", "scd2, row_version_column_name: code"));
    expect((await sync()).resource("versions").tables[0]).toMatchObject({
      inserted: 1,
      deleted: 0,
      unchanged: 1,
    });
    expect((await sync()).resource("versions").tables[0]).toMatchObject({
      inserted: 0,
      deleted: 0,
      unchanged: 2,
    });
  });

  test("are warned of when history begins anew for all of them", async () => {
    answers["/conversions"] = answers["/conversions"]?.replaceAll('{"id"', '{"new": 1, "id"') ?? "";
    const report = await project.sync({ resources: ["kept"] });
    expect(report.resource("kept").tables[0]).toMatchObject({ inserted: 145, deleted: 145 });
    expect(report.notices).toContain(
      "kept warning: no record equals a row of dlt in conversions_data.kept, so all 145 versions that dlt began ended: " +
        "if the records did not change, each is there twice now",
    );
  });
});

function fixture(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/dlt/${name}`, import.meta.url));
}
