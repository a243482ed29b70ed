import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { makeProject, type TestProject } from "../support/project.js";
import { runSql } from "../integration/warehouse/run-sql.js";
import { sendJson, serve, type TestServer } from "../support/serve.js";

let api: TestServer | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

/** Orders 1 to 3, each with a list; `hang` answers nothing, `fail` with 500. */
async function openShop(mode: { now: "answer" | "hang" | "fail" }): Promise<TestProject> {
  api = await serve((_, response) => {
    if (mode.now === "hang") return;
    if (mode.now === "fail") sendJson(response, { error: "down" }, 404);
    else
      sendJson(
        response,
        [1, 2, 3].map((id) => ({ id, xs: [id] })),
      );
  });
  return makeProject({
    ".dango/sources.yml": `
sources:
  - name: shop
    type: rest_api
    rest_api:
      base_url: ${api.url}
      resources:
        - name: orders
          endpoint: /orders
          write_disposition: append
          incremental: {cursor_path: id}
`,
  });
}

/** What a command printed, without what differs from run to run. */
const stable = (text: string): string =>
  text
    .replaceAll(/\d{8}T\d{6}-[0-9a-f]{6}/g, "<run>")
    .replaceAll(/\b1[78]\d{8}\.\d{6}\b/g, "<load>")
    .replaceAll(/20\d\d-\d\d-\d\d[T ][\d:.]+(Z|\+00)/g, "<time>");

describe("dango pipeline", () => {
  it("state: shows, sets, rewinds, exports and imports, in both word orders", async () => {
    await using project = await openShop({ now: "answer" });
    const ok = async (...args: string[]): Promise<string> => {
      const ended = await project.dango(["pipeline", ...args]);
      expect(ended.exitCode, ended.stderr).toBe(0);
      return stable(ended.stdout);
    };
    expect(await ok("state", "shop")).toBe("The pipeline shop has no state: it was never synced");
    await project.dango(["sync"]);
    expect(await ok("shop", "state", "get", "orders", "--json")).toMatchInlineSnapshot(`
      "{
        "schema_version": 1,
        "name": "shop",
        "dataset": "raw_shop",
        "state_version": 1,
        "resources": [
          {
            "name": "orders",
            "incremental": [
              {
                "cursor_path": "id",
                "initial_value": null,
                "last_value": 3
              }
            ],
            "extra": {}
          }
        ]
      }"
    `);
    expect(await ok("state", "shop", "set", "orders", "1")).toMatchInlineSnapshot(`
      "resource  cursor  before  after
      orders    id      3       1

      The state of shop is now version 2"
    `);
    await project.dango(["sync"]);
    expect(await project.query("SELECT id FROM raw_shop.orders ORDER BY id")).toEqual(
      ["1", "2", "2", "3", "3"].map((id) => ({ id })),
    );
    const exported = await ok("state", "shop", "export");
    expect(await ok("state", "shop", "rewind", "--to", "1")).toContain("stays as it is");
    const reset = await project.dango(["pipeline", "state", "shop", "reset"]);
    expect(reset.exitCode).toBe(2);
    expect(reset.stderr).toMatchInlineSnapshot(`
      "warning: "orders" is appended to: records that are fetched again are added again
      resource  cursor  before  after
      orders    id      3       (none)
      error: to reset the state of shop, the command must be told so; nothing was changed
        hint: add --yes"
    `);
    expect(await ok("state", "shop", "reset", "--yes")).toBe("The state of shop is now version 4");
    await writeFile(join(project.root, "state.json"), exported);
    expect(await ok("state", "shop", "import", "state.json", "--yes", "--json")).toMatchInlineSnapshot(`
      "{
        "schema_version": 1,
        "name": "shop",
        "dataset": "raw_shop",
        "state_version": 5,
        "changes": [
          {
            "resource": "orders",
            "member": "id",
            "before": null,
            "after": 3
          }
        ]
      }"
    `);
    const history = await ok("state", "shop", "history");
    expect(history.replaceAll(/ +/g, " ")).toMatchInlineSnapshot(`
      "version load committed resource cursor last value
      5 <load> <time> orders id 3
      4 <load> <time> orders id (none)
      3 <load> <time> orders id 3
      2 <load> <time> orders id 1
      1 <load> <time> orders id 3"
    `);
  });

  it("drop: asks for --yes, then takes tables and state, also when it is killed", async () => {
    await using project = await openShop({ now: "answer" });
    await project.dango(["sync"]);
    const refused = await project.dango(["pipeline", "drop", "shop"]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatchInlineSnapshot(`
      "This drops from the pipeline shop:
        table in raw_shop  rows
        orders                3
        orders__xs            3
        the state of orders
      error: to drop the pipeline shop, the command must be told so; nothing was changed
        hint: add --yes"
    `);
    const left = `SELECT (SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'orders%') AS tables,
      (SELECT max(version) FROM raw_shop._dlt_pipeline_state) AS state, (SELECT count(*) FROM raw_shop._dlt_loads) AS loads`;
    const states: unknown[] = [];
    for (const delayMs of [250, 350, 450, 550]) {
      const run = project.start(["pipeline", "shop", "drop", "--yes"]);
      await delay(delayMs);
      run.kill("SIGKILL");
      await run;
      const [found] = await project.query(left);
      states.push(found?.["tables"]);
      expect([
        { tables: "2", state: "1", loads: "1" },
        { tables: "0", state: "2", loads: "2" },
      ]).toContainEqual(found);
    }
    const ended = await project.dango(["pipeline", "drop", "shop", "--yes"]);
    expect(ended.exitCode).toBe(0);
    expect(await project.query(left)).toEqual([{ tables: "0", state: "2", loads: "2" }]);
    await project.dango(["sync"]);
    expect(await project.query("SELECT count(*) AS n FROM raw_shop.orders__xs")).toEqual([{ n: "3" }]);
  });

  it("a source that sources.yml no longer has: its pipeline is still listed, shown and dropped", async () => {
    await using project = await openShop({ now: "answer" });
    await project.dango(["sync"]);
    await project.write(
      ".dango/sources.yml",
      "sources: [{name: crm, type: rest_api, rest_api: {base_url: http://crm.test, resources: [{name: users}]}}]",
    );
    const list = await project.dango(["pipeline", "list"]);
    expect(stable(list.stdout)).toMatchInlineSnapshot(`
      "pipeline  type                dataset   tables  last load
      crm       rest_api            raw_crm        0  never
      shop      not in sources.yml  raw_shop       2  <time>"
    `);
    const show = await project.dango(["pipeline", "shop", "show"]);
    expect(show.stdout).toMatch(/^pipeline {3}shop \(not in sources\.yml\)\ndataset {4}raw_shop\n/);
    const runs = await project.dango(["pipeline", "runs", "shop", "--json"]);
    expect(JSON.parse(runs.stdout)).toMatchObject({ runs: [{ status: "ok", inserted: 6 }] });
    const dropped = await project.dango(["pipeline", "drop", "shop", "--yes"]);
    expect([dropped.exitCode, dropped.stdout]).toEqual([
      0,
      "Dropped 2 tables and the state of 1 resource of the pipeline shop, which sources.yml does not have",
    ]);
    expect(await project.query("SELECT 1 FROM duckdb_tables() WHERE table_name LIKE 'orders%'")).toEqual([]);
  });

  it("runs and trace: runs that committed, failed, and were killed (R7)", async () => {
    const mode: { now: "answer" | "hang" | "fail" } = { now: "answer" };
    await using project = await openShop(mode);
    await project.dango(["sync"]);
    mode.now = "fail";
    await project.dango(["sync"]);
    mode.now = "hang";
    const run = project.start(["sync"]);
    const asked = api?.requests.length ?? 0;
    while (api?.requests.length === asked) await delay(20);
    const runs = async (): Promise<unknown[]> => {
      const { stdout } = await project.dango(["pipeline", "runs", "shop", "--json"]);
      const document = JSON.parse(stdout) as { runs: Record<string, unknown>[] };
      return document.runs.map(({ status, exit_code, inserted }) => [status, exit_code, inserted]);
    };
    expect((await runs())[0]).toEqual(["running", null, null]);
    run.kill("SIGKILL");
    await run;
    expect(await runs()).toEqual([
      ["killed", null, null],
      ["failed", 1, null],
      ["ok", 0, 6],
    ]);
    const { stdout } = await project.dango(["pipeline", "runs", "shop", "--json"]);
    const [, failed] = (JSON.parse(stdout) as { runs: { run_id: string }[] }).runs;
    const trace = await project.dango(["pipeline", "shop", "trace", failed?.run_id ?? ""]);
    expect(trace.exitCode).toBe(0);
    expect(trace.stdout).toContain("shop → raw_shop (nothing committed)");
    expect(trace.stdout).toContain("answered 404 Not Found");
    expect(trace.stdout).toMatch(/log: \.dango\/logs\/.*\.jsonl$/);
  });

  it("schema: YAML and JSON are the stored document, and the SQL makes the same tables again", async () => {
    await using project = await openShop({ now: "answer" });
    await project.dango(["sync"]);
    const schema = async (format: string): Promise<string> => {
      const ended = await project.dango(["pipeline", "schema", "shop", "--format", format]);
      expect(ended.exitCode, ended.stderr).toBe(0);
      return ended.stdout;
    };
    const [stored] = await project.query("SELECT schema FROM raw_shop._dlt_version");
    const document = JSON.parse(String(stored?.["schema"])) as unknown;
    expect(JSON.parse(await schema("json"))).toEqual(document);
    expect(parseYaml(await schema("yaml"))).toEqual(document);

    const columns = `SELECT table_name, column_index, column_name, data_type, is_nullable FROM duckdb_columns()
      WHERE schema_name = 'raw_shop' AND table_name IN ('orders', 'orders__xs') ORDER BY ALL`;
    const before = await project.query(columns);
    expect(before).toHaveLength(7);
    const sql = await schema("sql");
    const path = join(project.root, "data/warehouse.duckdb");
    await rm(path);
    await runSql(path, sql);
    expect(await project.query(columns)).toEqual(before);
  });
});
