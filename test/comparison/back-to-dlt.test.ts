import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRestProject, type RestProject } from "../support/rest-project.js";
import { serve, type TestServer } from "../support/serve.js";
import { runSql } from "../integration/warehouse/run-sql.js";
import { findDlt } from "./find-dlt.js";
import { runDlt } from "./run-dlt.js";

const python = await findDlt();

const RESOURCES = [
  { name: "issues", endpoint: { incremental: { cursor_path: "updated_at" } } },
  { name: "users", primary_key: "id", write_disposition: "merge" },
];

describe.skipIf(python === undefined)("dlt goes on where dango was", () => {
  let folder: string;
  let server: TestServer;
  let project: RestProject;
  let path: string;
  let days: number[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "dango-back-"));
    days = [1, 2, 2];
    server = await serve(({ url }, response) => {
      const issues = days.map((day, index) => ({
        id: index + 1,
        updated_at: `2024-01-0${String(day)}T00:00:00Z`,
        labels: [`l${String(index + 1)}`],
      }));
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(url.startsWith("/issues") ? issues : [{ id: 1, names: ["a", "b"] }]));
    });
    const client = { base_url: server.url, paginator: "single_page" };
    const resources = RESOURCES.map((one) => ({
      ...one,
      write_disposition: one.write_disposition ?? "append",
    }));
    project = await createRestProject(JSON.stringify({ client, resources }), {
      keys: ["dataset_name: github_data"],
    });
    path = join(project.root, "data", "warehouse.duckdb");
    expect((await project.sync()).exitCode).toBe(0);
  });

  afterEach(async () => {
    await project[Symbol.asyncDispose]();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const goOn = async (): Promise<unknown[][]> => {
    days.push(2, 3);
    await runDlt(python, {
      path,
      dataset: "github_data",
      folder,
      base_urls: [server.url],
      resources: RESOURCES,
    });
    return project.rows(
      `SELECT id, value FROM github_data.issues i
         JOIN github_data.issues__labels l ON l._dlt_parent_id = i._dlt_id ORDER BY ALL`,
    );
  };
  const each = (...ids: number[]): unknown[][] => ids.map((id) => [BigInt(id), `l${String(id)}`]);

  test("from dango's cursor; what stands on its last value comes twice", async () => {
    expect(await goOn()).toEqual(each(1, 2, 2, 3, 3, 4, 5));
    expect(await project.rows("SELECT count(*) FROM github_data.users__names")).toEqual([[2n]]);
  });

  test("with nothing twice after the statements of docs/from-dlt.md", async () => {
    const page = await readFile(join(import.meta.dirname, "../../docs/from-dlt.md"), "utf8");
    const [, back = ""] = page.split("## Back to dlt");
    const [, statements = ""] = /```sql\n([^]*?)```/.exec(back) ?? [];
    for (const statement of statements.split(";").filter((text) => text.trim() !== ""))
      await runSql(path, statement);
    expect(await goOn()).toEqual(each(1, 2, 3, 4, 5));
  });
});
