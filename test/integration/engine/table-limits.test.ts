import { describe, expect, test } from "vitest";
import { createMemoryProject, loadedResource, type MemoryResource } from "../../support/memory-sync.js";

/** `open` and `close` so many times around `core`. */
function nest(levels: number, [open, close]: readonly [string, string], core: string): string {
  return open.repeat(levels) + core + close.repeat(levels);
}

function recordOf(keys: number, valueOf: (key: number) => string): string {
  return `{${Array.from({ length: keys }, (_, key) => `"c${String(key)}":${valueOf(key)}`).join(",")}}`;
}

describe("wide tables (B2)", () => {
  test("a record with 10,000 keys is a row of 10,000 columns", async () => {
    await using project = await createMemoryProject();
    const page = `[${recordOf(10_000, (key) => String(key))}]`;
    loadedResource(await project.sync([{ name: "t", pages: [page] }]), "t");
    const [columns] = await project.rows(
      "SELECT count(*), min(column_index), max(column_index) FROM duckdb_columns() WHERE table_name = 't' AND data_type = 'BIGINT'",
    );
    expect(columns?.map(String)).toEqual(["10000", "1", "10000"]);
    expect(await project.rows("SELECT c0, c1, c4999, c9999 FROM raw_shop.t")).toEqual([
      [0n, 1n, 4999n, 9999n],
    ]);
  }, 60_000);

  test("a record with more is refused, and nothing is changed", async () => {
    await using project = await createMemoryProject();
    const page = `[${recordOf(10_001, (key) => String(key))}]`;
    const report = await project.sync([{ name: "t", pages: [page] }]);
    expect(report.exitCode).toBe(5);
    expect(report.resources[0]?.error).toMatchObject({
      type: "guard",
      message: "page 1 (http://shop.test/): the records have more than max_columns (10,000) distinct fields",
    });
  });

  test("max_columns of a resource is held against its records, and against the table they are loaded into", async () => {
    await using project = await createMemoryProject();
    const sync = (page: string, maxColumns: number) =>
      project.sync([{ name: "t", pages: [page], limits: { maxColumns } }]);
    expect((await sync(`[${recordOf(4, String)}]`, 3)).resources[0]?.error).toMatchObject({
      type: "guard",
      message: "page 1 (http://shop.test/): the records have more than max_columns (3) distinct fields",
    });
    loadedResource(await sync(`[${recordOf(4, String)}]`, 4), "t");
    loadedResource(await sync(`[{"c0":7}]`, 1), "t");
    expect((await sync('[{"new":7}]', 4)).resources[0]?.error).toMatchObject({
      type: "guard",
      message: "t: the table t would have 5 columns, more than max_columns (4); nothing was changed",
    });
    loadedResource(await sync('[{"new":7}]', 5), "t");
    expect(await project.rows("SELECT c0, c3, new FROM raw_shop.t ORDER BY ALL")).toEqual([
      [0n, 3n, null],
      [7n, null, null],
      [null, null, 7n],
    ]);
  });

  test("what several resources bring to one table counts together, and none of them is loaded", async () => {
    await using project = await createMemoryProject();
    const resourceOf = (prefix: string, keys: number): MemoryResource => ({
      name: prefix,
      pages: [`[${recordOf(keys, String).replaceAll('"c', `"${prefix}`)}]`],
      options: { tableName: "t", isTableNamed: true },
    });
    const report = await project.sync([resourceOf("a", 6_000), resourceOf("b", 4_001)], { dryRun: true });
    expect(report.resources.map(({ exitCode }) => exitCode)).toEqual([5, 5]);
    expect(report.resources[1]?.error).toMatchObject({
      type: "guard",
      message:
        "b: the table t would have 10,001 columns, more than max_columns (10,000); nothing was changed",
    });
  });

  test("many rows of 300 columns are loaded, and others beside them", async () => {
    await using project = await createMemoryProject();
    const rows = Array.from({ length: 2_100 }, (_, row) =>
      recordOf(300, (key) => `"v${String(row)} ${String(key)}"`),
    );
    const page = `[${rows.join(",")}]`;
    for (let run = 0; run < 2; run += 1)
      loadedResource(await project.sync([{ name: "t", pages: [page] }]), "t");
    const counts = await project.rows(
      "SELECT count(*), count(DISTINCT c0), count(DISTINCT c299), max(c299) FROM raw_shop.t",
    );
    expect(counts).toEqual([[4_200n, 2_100n, 2_100n, "v999 299"]]);
  });
});

describe("the warehouse file of wide tables (B2)", () => {
  const page = (value: (row: number) => number): string =>
    `[${Array.from({ length: 200 }, (_, row) => `{"id":${String(row)},"list":[{"n":${String(row)}}],${recordOf(200, () => String(value(row))).slice(1)}`).join(",")}]`;
  const options = {
    writeDisposition: { kind: "merge", strategy: "delete-insert" },
    primaryKey: ["id"],
  } as const;
  const blockSizes = "SELECT block_size FROM pragma_database_size() WHERE block_size > 0";

  test("is made of small blocks, and merged into", async () => {
    await using project = await createMemoryProject();
    loadedResource(await project.sync([{ name: "t", pages: [page(() => 1)], options }]), "t");
    expect(await project.rows(blockSizes)).toContainEqual([16_384n]);
    const second = await project.sync([{ name: "t", pages: [page((row) => (row < 5 ? 2 : 1))], options }]);
    expect(loadedResource(second, "t").tables[0]).toMatchObject({ updated: 5, unchanged: 195 });
    expect(
      await project.rows(
        "SELECT sum(c199)::BIGINT, (SELECT sum(n)::BIGINT FROM raw_shop.t__list) FROM raw_shop.t",
      ),
    ).toEqual([[205n, 19_900n]]);
  });

  test("that was made by narrow ones keeps its blocks", async () => {
    await using project = await createMemoryProject();
    loadedResource(await project.sync([{ name: "narrow", pages: ['[{"id":1}]'] }]), "narrow");
    loadedResource(await project.sync([{ name: "t", pages: [page((row) => row)], options }]), "t");
    expect(await project.rows(blockSizes)).toContainEqual([262_144n]);
    expect(await project.rows("SELECT count(*), sum(c0)::BIGINT, sum(c199)::BIGINT FROM raw_shop.t")).toEqual(
      [[200n, 19_900n, 19_900n]],
    );
  });
});

describe("deep values (B2)", () => {
  test("max_depth of a resource counts the levels of a record, its own included", async () => {
    await using project = await createMemoryProject();
    const sync = (maxDepth: number) =>
      project.sync([{ name: "t", pages: ['[{"id":1,"a":{"b":[2]}}]'], limits: { maxDepth } }]);
    const report = await sync(2);
    expect(report.exitCode).toBe(5);
    expect(report.resources[0]?.error).toMatchObject({
      type: "guard",
      message: "page 1 (http://shop.test/): a value is nested deeper than max_depth (2) levels at byte 18",
      hint: "`max_depth` on the client may be 1,000 at most; select or exclude fields by the API's own parameters",
    });
    loadedResource(await sync(3), "t");
  });

  test("what processing_steps make of records is held against the limits too", async () => {
    await using project = await createMemoryProject();
    const location = { file: "sources.yml", line: 1, column: 1 };
    const columns = [{ path: "b", expression: { sql: "a", location } }];
    const report = await project.sync([
      { name: "t", pages: ['[{"a":1}]'], steps: [{ kind: "map", columns }], limits: { maxColumns: 1 } },
    ]);
    expect(report.resources[0]?.error).toMatchObject({
      type: "guard",
      message: "t: record 1 of page 1: the records have more than max_columns (1) distinct fields",
    });
  });

  test("objects nested 100 levels deep are one column", async () => {
    await using project = await createMemoryProject();
    const page = `[{"id":1,${nest(100, ['"a":{', "}"], '"b":"x"').slice(0, -1)}}}]`;
    loadedResource(await project.sync([{ name: "t", pages: [page] }]), "t");
    const name = `${"a__".repeat(100)}b`;
    expect(await project.rows(`SELECT id, ${name} FROM raw_shop.t`)).toEqual([[1n, "x"]]);
  });

  test("lists nested 100 levels deep are 100 tables, each a list of the one before", async () => {
    await using project = await createMemoryProject();
    const page = `[{"id":1,"a":${nest(100, ["[", "]"], "7, 8")}}]`;
    const report = await project.sync([{ name: "t", pages: [page] }]);
    expect(loadedResource(report, "t").tables.map(({ inserted }) => inserted)).toEqual([
      ...Array.from({ length: 100 }, () => 1),
      2,
    ]);
    const deepest = `t__a${"__list".repeat(99)}`;
    const above = `t__a${"__list".repeat(98)}`;
    expect(
      await project.rows(
        `SELECT d.value, d._dlt_list_idx FROM raw_shop.${deepest} d JOIN raw_shop.${above} p
           ON d._dlt_parent_id = p._dlt_id ORDER BY 2`,
      ),
    ).toEqual([
      [7n, 0n],
      [8n, 1n],
    ]);
  });

  test("values 20 lists down are those that they are one list down, in rows of the same order", async () => {
    await using project = await createMemoryProject();
    const rows = [
      '{"a/b~c":1,"t":"x\\u0000y","u":"null","d":"2026-01-02","h":123456789012345678901234567890,"f":1.5,"j":7}',
      '{"a/b~c":null,"at":"2026-01-02T03:04:05.000006+02:00","b":true,"f":1e5,"o":{"p":{"q":-0.5}},"z":{}}',
      "null",
      '{"u":"\\"","d":null,"b":false,"f":12345678901234567.125,"l":[1,null],"ll":[[2],[]],"j":{"k":[1.10]}}',
    ].join(",");
    const page = `[{"id":1,"near":[${rows}],"far":${nest(19, ['[{"a":', "}]"], `[${rows}]`)}}]`;
    loadedResource(await project.sync([{ name: "t", pages: [page] }]), "t");
    const far = `t__far${"__a".repeat(19)}`;
    const rowsOf = (table: string): Promise<unknown[][]> =>
      project.rows(`SELECT * EXCLUDE (_dlt_id, _dlt_parent_id) FROM raw_shop.${table}`);
    expect(await rowsOf("t__near")).toHaveLength(4);
    for (const below of ["", "__l", "__ll", "__ll__list", "__j__k"])
      expect(await rowsOf(far + below)).toEqual(await rowsOf(`t__near${below}`));
    expect(await project.rows(`SELECT substr(_dlt_id, 10) FROM raw_shop.${far}__ll__list`)).toEqual([
      [`0b${"0a".repeat(19)}3c0a0`],
    ]);
  });

  test("objects in lists nested 30 levels deep are merged, and kept where nothing changed (M2)", async () => {
    await using project = await createMemoryProject();
    const spell = (id: number, core: string): string =>
      `{"id":${String(id)},"a":${nest(30, ['[{"k":1,"a":', "}]"], core)}}`;
    const options = {
      writeDisposition: { kind: "merge", strategy: "delete-insert" },
      primaryKey: ["id"],
    } as const;
    const first = `[${spell(1, "1")},${spell(2, "1")}]`;
    const second = `[${spell(1, "1")},${spell(2, "3")}]`;
    loadedResource(await project.sync([{ name: "t", pages: [first], options }]), "t");
    const report = await project.sync([{ name: "t", pages: [second], options }]);
    const { tables } = loadedResource(report, "t");
    expect(tables[0]).toMatchObject({ updated: 1, unchanged: 1 });
    expect(tables.at(-1)).toEqual({
      ...{ name: `t${"__a".repeat(30)}`, fetched: 2, inserted: 1 },
      ...{ updated: 0, deleted: 1, unchanged: 1, discarded: 0 },
    });
    expect(
      await project.rows(`SELECT t.id, d.a FROM raw_shop.t${"__a".repeat(30)} d
        JOIN raw_shop.t ON d._dlt_root_id = t._dlt_id ORDER BY t.id`),
    ).toEqual([
      [1n, 1n],
      [2n, 3n],
    ]);
  });
});
