import { describe, expect, test } from "vitest";
import { applyDrop, planDrop } from "../../../src/engine/pipelines/drop-pipeline.js";
import {
  createMemoryProject,
  incrementalBy,
  type MemoryProject,
  type MemoryResource,
} from "../../support/memory-sync.js";
import { runSql } from "../warehouse/run-sql.js";

const orders = (...ids: number[]): MemoryResource => ({
  name: "orders",
  pages: [ids.map((id) => ({ id, items: [{ n: 1, tags: ["a", "b"] }] }))],
  options: { incremental: incrementalBy("id") },
});
const users = (...ids: number[]): MemoryResource => ({
  name: "users",
  pages: [ids.map((id) => ({ id }))],
  options: { incremental: incrementalBy("id") },
});

async function drop(project: MemoryProject, names: readonly string[], declared = [orders(), users()]) {
  const { parts, config } = project.pipeline(declared);
  const planned = await planDrop(parts, config, names);
  return { ...planned, version: await applyDrop(parts, config, planned) };
}

const tablesOf = async (project: MemoryProject): Promise<unknown[]> =>
  (
    await project.rows(
      "SELECT table_name FROM duckdb_tables() WHERE table_name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY 1",
    )
  ).flat();

describe("dropping", () => {
  test("a pipeline takes its tables and state, keeps its history, and the next sync starts over", async () => {
    await using project = await createMemoryProject();
    await project.sync([orders(1, 2), users(1)]);
    expect(await drop(project, [])).toMatchObject({
      tables: [
        { name: "orders", rows: 2 },
        { name: "orders__items", rows: 2 },
        { name: "orders__items__tags", rows: 4 },
        { name: "users", rows: 1 },
      ],
      forgotten: ["orders", "users"],
      version: 2,
    });
    expect(await tablesOf(project)).toEqual([]);
    expect(await project.rows("SELECT count(*) FROM raw_shop._dango_runs")).toEqual([[1n]]);
    await project.sync([orders(1), users(1)]);
    expect(await project.rows("SELECT id FROM raw_shop.orders")).toEqual([[1n]]);
    expect(await project.rows("SELECT n FROM raw_shop.orders__items")).toEqual([[1n]]);
  });

  test("a resource leaves the others as they are", async () => {
    await using project = await createMemoryProject();
    await project.sync([orders(1, 2), users(1, 2)]);
    expect(await drop(project, ["orders"])).toMatchObject({ forgotten: ["orders"], version: 2 });
    expect(await tablesOf(project)).toEqual(["users"]);
    const report = await project.sync([orders(1), users(1, 2, 3)]);
    expect(report.resources.map(({ tables }) => [tables[0]?.inserted, tables[0]?.unchanged])).toEqual([
      [1, 0],
      [1, 1],
    ]);
  });

  test("leaves tables of others in the dataset alone", async () => {
    await using project = await createMemoryProject();
    await project.sync([users(1)]);
    await runSql(project.warehousePath, "CREATE TABLE raw_shop.users__mine (id BIGINT)");
    expect((await drop(project, [])).tables).toEqual([{ name: "users", rows: 1 }]);
    expect(await tablesOf(project)).toEqual(["users__mine"]);
  });

  test("a resource that shares its table with one that stays is refused (M9)", async () => {
    await using project = await createMemoryProject();
    const shared = { tableName: "people", isTableNamed: true };
    const both = ["a", "b"].map((name): MemoryResource => ({ name, pages: [[{ id: 1 }]], options: shared }));
    await project.sync(both);
    await expect(drop(project, ["a"], both)).rejects.toMatchObject({
      message: '"a" shares the table people with "b", which is to stay',
      hint: "add --resource b, or forget only the state with `dango pipeline state NAME reset a`",
      exitCode: 2,
    });
    expect((await drop(project, ["a", "b"], both)).tables).toEqual([{ name: "people", rows: 2 }]);
  });

  test("an unknown resource is refused with those there are (exit 2)", async () => {
    await using project = await createMemoryProject();
    await project.sync([users(1)]);
    await expect(drop(project, ["user"])).rejects.toMatchObject({
      message: 'There is no resource "user" in the pipeline shop',
      hint: 'Did you mean "users"? Known resources: orders, users',
      exitCode: 2,
    });
  });

  test("what was never synced finds nothing", async () => {
    await using project = await createMemoryProject();
    const { parts, config } = project.pipeline([users()]);
    expect(await planDrop(parts, config, [])).toMatchObject({ tables: [], forgotten: [] });
  });
});
