import { describe, expect, test } from "vitest";
import type { SyncOptions } from "../../../src/engine/run-context.js";
import type { ResourceOptions, WriteDisposition } from "../../../src/model/resource.js";
import {
  createMemoryProject,
  incrementalBy,
  type MemoryProject,
  type MemoryResource,
} from "../../support/memory-sync.js";

const COUNTS = ["fetched", "inserted", "updated", "deleted", "unchanged", "discarded"] as const;
const LIST = COUNTS.join(", ");

/**
 * Syncs, and reads what `_dango_run_tables` says of the run: `resource table: fetched inserted updated deleted unchanged
 * discarded`. The report must say the same, and `_dango_runs` the sums.
 */
async function counts(
  project: MemoryProject,
  resources: readonly MemoryResource[],
  options: Partial<SyncOptions> = {},
  dataset = "raw_shop",
): Promise<string[]> {
  const report = await project.sync(resources, options);
  const rows = await project.rows(
    `SELECT resource || ' ' || name || ': ' || concat_ws(' ', ${LIST}) FROM ${dataset}._dango_run_tables
      WHERE run_id = (SELECT max_by(run_id, committed_at) FROM ${dataset}._dango_runs) AND source = 'shop' ORDER BY rowid`,
  );
  const stored = rows.map(([line]) => String(line));
  const reported = report.resources.flatMap(({ name, tables }) =>
    tables.map((table) => `${name} ${table.name}: ${COUNTS.map((count) => String(table[count])).join(" ")}`),
  );
  expect([...stored].sort()).toEqual([...reported].sort());
  const sums = COUNTS.map((count) => `sum(${count})::BIGINT`).join(", ");
  expect(
    await project.rows(`SELECT ${LIST} FROM ${dataset}._dango_runs ORDER BY committed_at DESC LIMIT 1`),
  ).toEqual(
    await project.rows(
      `SELECT ${sums} FROM ${dataset}._dango_run_tables
        WHERE run_id = (SELECT max_by(run_id, committed_at) FROM ${dataset}._dango_runs)`,
    ),
  );
  return stored;
}

const FIRST = [
  { id: 1, v: 1, xs: [1, 2] },
  { id: 2, v: 1, xs: [3] },
  { id: 3, v: 1 },
];
/** 1 as it was, 2 changed, 3 gone, 4 new and twice. */
const SECOND = [
  { id: 1, v: 1, xs: [1, 2] },
  { id: 2, v: 2, xs: [3, 4] },
  { id: 4, v: 1, xs: [5] },
  { id: 4, v: 2, xs: [6, 7] },
];

const merge = (strategy: "delete-insert" | "upsert" | "insert-only"): WriteDisposition => ({
  kind: "merge",
  strategy,
});
const scd2: WriteDisposition = {
  kind: "merge",
  strategy: "scd2",
  validFrom: "_dlt_valid_from",
  validTo: "_dlt_valid_to",
};

function t(records: readonly unknown[], options: Partial<ResourceOptions> = {}): MemoryResource {
  return { name: "t", pages: [records], options };
}

describe("what a run did, in _dango_run_tables (fetched inserted updated deleted unchanged discarded)", () => {
  test.each<[string, Partial<ResourceOptions>, string[]]>([
    ["append", { writeDisposition: { kind: "append" } }, ["t t: 4 4 0 0 0 0", "t t__xs: 7 7 0 0 0 0"]],
    ["replace", { writeDisposition: { kind: "replace" } }, ["t t: 4 4 0 3 0 0", "t t__xs: 7 7 0 3 0 0"]],
    [
      "merge by delete-insert",
      { writeDisposition: merge("delete-insert"), primaryKey: ["id"] },
      ["t t: 4 1 1 0 1 1", "t t__xs: 7 4 0 1 2 1"],
    ],
    [
      "merge by upsert",
      { writeDisposition: merge("upsert"), primaryKey: ["id"] },
      ["t t: 4 1 1 0 1 1", "t t__xs: 7 4 0 1 2 1"],
    ],
    [
      "merge by insert-only",
      { writeDisposition: merge("insert-only"), primaryKey: ["id"] },
      ["t t: 4 1 0 0 2 1", "t t__xs: 7 2 0 0 4 1"],
    ],
    [
      "merge by delete-insert with a merge key",
      { writeDisposition: merge("delete-insert"), mergeKey: ["v"] },
      // The rows of v = 1 are 1, 2 and 3; 1 comes again as it was.
      ["t t: 4 3 0 2 1 0", "t t__xs: 7 5 0 1 2 0"],
    ],
    [
      "scd2 with a primary key",
      { writeDisposition: scd2, primaryKey: ["id"] },
      ["t t: 4 1 1 1 1 1", "t t__xs: 7 4 0 0 2 1"],
    ],
    ["scd2", { writeDisposition: scd2 }, ["t t: 4 3 0 2 1 0", "t t__xs: 7 5 0 0 2 0"]],
    [
      "scd2 with a merge key",
      { writeDisposition: scd2, mergeKey: ["id"] },
      // 4 is new and twice, 3 was not brought and so holds.
      ["t t: 4 2 1 0 1 0", "t t__xs: 7 5 0 0 2 0"],
    ],
  ])("%s", async (_, options, expected) => {
    await using project = await createMemoryProject();
    expect(await counts(project, [t(FIRST, options)])).toEqual(["t t: 3 3 0 0 0 0", "t t__xs: 3 3 0 0 0 0"]);
    expect(await counts(project, [t(SECOND, options)])).toEqual(expected);
    expect(await counts(project, [t([], { ...options, allowEmpty: true })])).toHaveLength(
      options.writeDisposition?.kind === "replace" ? 2 : 1,
    );
  });

  test.each<[string, Partial<ResourceOptions>, string[]]>([
    [
      "append by cursor: one behind it, one on it and known, one on it and new, one beyond",
      { writeDisposition: { kind: "append" } },
      ["t t: 4 2 0 0 1 1", "t t__xs: 5 3 0 0 1 1"],
    ],
    [
      "merge by cursor: the one behind it is discarded",
      { writeDisposition: merge("delete-insert"), primaryKey: ["id"] },
      ["t t: 4 2 0 0 1 1", "t t__xs: 5 3 0 0 1 1"],
    ],
  ])("%s", async (_, options, expected) => {
    await using project = await createMemoryProject();
    const incremental = { ...options, incremental: incrementalBy("at") };
    await project.sync([t([{ id: 1, at: 5, xs: [1] }], incremental)]);
    const next = [
      { id: 9, at: 4, xs: [0] },
      { id: 1, at: 5, xs: [1] },
      { id: 2, at: 5, xs: [2] },
      { id: 3, at: 6, xs: [3, 4] },
    ];
    expect(await counts(project, [t(next, incremental)])).toEqual(expected);
  });

  test("hard_delete: rows that go are deleted, the records that say so are not stored", async () => {
    await using project = await createMemoryProject();
    const options: Partial<ResourceOptions> = {
      writeDisposition: merge("delete-insert"),
      primaryKey: ["id"],
      columns: { gone: { hardDelete: true } },
    };
    await project.sync([
      t(
        FIRST.map((record) => ({ ...record, gone: false })),
        options,
      ),
    ]);
    expect(
      await counts(project, [
        t(
          [
            { id: 1, v: 1, xs: [9, 9, 9], gone: true },
            { id: 7, v: 1, gone: true },
          ],
          options,
        ),
      ]),
    ).toEqual(["t t: 2 0 0 1 0 2", "t t__xs: 3 0 0 2 0 3"]);
    expect(await project.rows("SELECT id FROM raw_shop.t ORDER BY id")).toEqual([[2n], [3n]]);
    expect(await project.rows("SELECT value FROM raw_shop.t__xs")).toEqual([[3n]]);
  });

  test("a contract: rows that it keeps out are discarded, of root and list", async () => {
    await using project = await createMemoryProject();
    const schemaContract = { tables: "evolve", columns: "discard_row", dataType: "evolve" } as const;
    await project.sync([t([{ id: 1, xs: [{ a: 1 }] }], { schemaContract })]);
    expect(
      await counts(project, [
        t(
          [
            { id: 2, xs: [{ a: 1 }, { a: 2, b: 1 }] },
            { id: 3, more: 1, xs: [{ a: 3 }] },
          ],
          { schemaContract },
        ),
      ]),
    ).toEqual(["t t: 2 1 0 0 0 1", "t t__xs: 3 1 0 0 0 2"]);
  });

  test("a contract: what is below a row that it keeps out goes with it, each element once", async () => {
    await using project = await createMemoryProject();
    const schemaContract = { tables: "evolve", columns: "discard_row", dataType: "evolve" } as const;
    const first = { id: 1, o: { tags: ["a"] }, xs: [{ a: 1, ys: [1] }] };
    await project.sync([t([first], { schemaContract })]);
    const records = [
      {
        id: 2,
        o: { tags: ["b", null] },
        xs: [
          { a: 2, ys: [1, 2, 3], b: 1 },
          { a: 3, ys: [4] },
        ],
      },
      // Two elements go before their record does, and are among all that it has.
      { id: 3, o: { tags: ["c"] }, xs: [{ b: 1, ys: [5] }, { a: 4, ys: [6, 7] }, { b: 1 }], more: 1 },
    ];
    expect(await counts(project, [t(records, { schemaContract })])).toEqual([
      "t t: 2 1 0 0 0 1",
      "t t__o__tags: 3 2 0 0 0 1",
      "t t__xs: 5 1 0 0 0 4",
      "t t__xs__ys: 7 1 0 0 0 6",
    ]);
    // Of a load that the contract keeps out as a whole, too.
    expect(await counts(project, [t(records.slice(1), { schemaContract })])).toEqual([
      "t t: 1 0 0 0 0 1",
      "t t__o__tags: 1 0 0 0 0 1",
      "t t__xs: 3 0 0 0 0 3",
      "t t__xs__ys: 3 0 0 0 0 3",
    ]);
  });

  test("lists in lists have rows of their own", async () => {
    await using project = await createMemoryProject();
    const options: Partial<ResourceOptions> = {
      writeDisposition: merge("delete-insert"),
      primaryKey: ["id"],
    };
    const record = (id: number, ...tags: string[]) => ({
      id,
      items: [
        { n: 1, tags },
        { n: 2, tags: ["z"] },
      ],
    });
    await project.sync([t([record(1, "a", "b"), record(2, "c")], options)]);
    expect(await counts(project, [t([record(1, "a"), record(2, "c")], options)])).toEqual([
      "t t: 2 0 1 0 1 0",
      "t t__items: 4 2 0 2 2 0",
      "t t__items__tags: 4 2 0 3 2 0",
    ]);
  });

  test("resources of one table count their own rows; what is emptied once is counted once (M9)", async () => {
    await using project = await createMemoryProject();
    const shared = {
      tableName: "people",
      isTableNamed: true,
      writeDisposition: { kind: "replace" },
    } as const;
    const both = (...ids: number[]) =>
      ["a", "b"].map((name): MemoryResource => ({
        name,
        pages: [ids.map((id) => ({ id }))],
        options: shared,
      }));
    await project.sync(both(1, 2));
    expect(await counts(project, both(1, 2, 3))).toEqual(["a people: 3 3 0 4 0 0", "b people: 3 3 0 0 0 0"]);
  });

  test("--full-refresh counts what was there as deleted (M6)", async () => {
    await using project = await createMemoryProject();
    await project.sync([t(FIRST)]);
    expect(await counts(project, [t(SECOND)], { fullRefresh: true })).toEqual([
      "t t: 4 4 0 3 0 0",
      "t t__xs: 7 7 0 3 0 0",
    ]);
  });

  test("--limit counts in the dataset of its own (I7)", async () => {
    await using project = await createMemoryProject();
    await project.sync([t(FIRST)]);
    expect(await counts(project, [t(SECOND)], { limit: 2 }, "raw_shop_limited")).toEqual([
      "t t: 2 2 0 0 0 0",
      "t t__xs: 4 4 0 0 0 0",
    ]);
    expect(await project.rows("SELECT count(*) FROM raw_shop._dango_runs")).toEqual([[1n]]);
  });

  test("only what was committed: a resource that failed has no row, a run without a commit neither (R7)", async () => {
    await using project = await createMemoryProject();
    const broken: MemoryResource = { name: "broken", pages: [[{ id: 1 }]], failure: new Error("no") };
    expect(await counts(project, [t(FIRST), broken])).toEqual(["t t: 3 3 0 0 0 0", "t t__xs: 3 3 0 0 0 0"]);
    await project.sync([broken]);
    expect(await project.rows("SELECT count(*) FROM raw_shop._dango_runs")).toEqual([[1n]]);
    expect(await project.rows("SELECT count(*) FROM raw_shop._dlt_loads")).toEqual([[1n]]);
  });

  test("a resource without a record has a row of zeros (M4)", async () => {
    await using project = await createMemoryProject();
    expect(await counts(project, [t([]), { name: "u", pages: [[{ id: 1 }]] }])).toEqual([
      "t t: 0 0 0 0 0 0",
      "u u: 1 1 0 0 0 0",
    ]);
    expect(await project.rows("SELECT count(*) FROM duckdb_tables() WHERE table_name = 't'")).toEqual([[0n]]);
  });
});

test("a run's row names run, load, source, and when it began and committed (rules J)", async () => {
  await using project = await createMemoryProject();
  const began = Date.now();
  const report = await project.sync([t(FIRST)]);
  const [row] = await project.rows(
    "SELECT source, load_id, epoch_ms(started_at), epoch_ms(committed_at) FROM raw_shop._dango_runs",
  );
  const [source, loadId, startedAt, committedAt] = row ?? [];
  expect([source, loadId]).toEqual(["shop", report.loadId]);
  expect(String(startedAt)).toBe(String(Math.trunc(Number(report.loadId) * 1000)));
  expect(Number(startedAt)).toBeGreaterThanOrEqual(began);
  expect(Number(committedAt)).toBeGreaterThan(Number(startedAt));
  expect(await project.rows("SELECT load_id FROM raw_shop._dlt_loads WHERE status = 0")).toEqual([[loadId]]);
});
