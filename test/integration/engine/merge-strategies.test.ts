import { describe, expect, test } from "vitest";
import type { ResourceOptions, WriteDisposition } from "../../../src/model/resource.js";
import { createMemoryProject, loadedResource, type MemoryProject } from "../../support/memory-sync.js";

type Counts = readonly [
  inserted: number,
  updated: number,
  deleted: number,
  unchanged: number,
  discarded: number,
];

/** Syncs one page of the resource `rows`; what became of its records. */
async function load(
  project: MemoryProject,
  records: readonly unknown[],
  options: Partial<ResourceOptions>,
): Promise<Counts> {
  const pages = [JSON.stringify(records)];
  const report = await project.sync([{ name: "rows", pages, options }]);
  const [root] = loadedResource(report, "rows").tables;
  if (root === undefined) throw new Error("no table");
  return [root.inserted, root.updated, root.deleted, root.unchanged, root.discarded];
}

const merge = (strategy: "delete-insert" | "upsert" | "insert-only"): Partial<ResourceOptions> => ({
  writeDisposition: { kind: "merge", strategy },
  primaryKey: ["id"],
});

const LISTS = `SELECT r.id, l._dlt_list_idx, l.v FROM raw_shop.rows r JOIN raw_shop.rows__xs l
  ON l._dlt_parent_id = r._dlt_id AND l._dlt_root_id = r._dlt_id ORDER BY ALL`;

describe("upsert", () => {
  test("changes rows in place: a row that changed keeps its id, and so do the elements of its lists", async () => {
    await using project = await createMemoryProject();
    await load(
      project,
      [
        { id: 1, v: "a", xs: [{ v: 1 }, { v: 2 }] },
        { id: 2, v: "b" },
      ],
      merge("upsert"),
    );
    const before = await project.rows("SELECT id, _dlt_id FROM raw_shop.rows ORDER BY id");
    const elements = await project.rows("SELECT _dlt_list_idx, _dlt_id FROM raw_shop.rows__xs ORDER BY 1");

    const counts = await load(
      project,
      [
        { id: 1, v: "A", xs: [{ v: 9 }] },
        { id: 3, v: "c" },
      ],
      merge("upsert"),
    );

    expect(counts).toEqual([1, 1, 0, 0, 0]);
    expect(await project.rows("SELECT id, v FROM raw_shop.rows ORDER BY id")).toEqual([
      [1n, "A"],
      [2n, "b"],
      [3n, "c"],
    ]);
    expect(await project.rows("SELECT id, _dlt_id FROM raw_shop.rows WHERE id < 3 ORDER BY id")).toEqual(
      before,
    );
    expect(await project.rows(LISTS)).toEqual([[1n, 0n, 9n]]);
    expect(await project.rows("SELECT _dlt_list_idx, _dlt_id FROM raw_shop.rows__xs")).toEqual(
      elements.slice(0, 1),
    );
  });

  test("makes one row of several with one key: the last received (M1)", async () => {
    await using project = await createMemoryProject();
    const twice = [
      { id: 3, v: "c" },
      { id: 3, v: "c2" },
    ];
    expect(await load(project, twice, merge("upsert"))).toEqual([1, 0, 0, 0, 1]);
    expect(await project.rows("SELECT id, v FROM raw_shop.rows")).toEqual([[3n, "c2"]]);
  });

  test("leaves an unchanged row as it is, load id included (M2)", async () => {
    await using project = await createMemoryProject();
    await load(project, [{ id: 1, xs: [{ v: 1 }] }], merge("upsert"));
    const before = await project.rows("SELECT * FROM raw_shop.rows");
    expect(await load(project, [{ id: 1, xs: [{ v: 1 }] }], merge("upsert"))).toEqual([0, 0, 0, 1, 0]);
    expect(await project.rows("SELECT * FROM raw_shop.rows")).toEqual(before);
  });
});

describe("insert-only", () => {
  test("adds new keys and leaves rows that are there alone, their lists too", async () => {
    await using project = await createMemoryProject();
    await load(
      project,
      [
        { id: 1, v: "a" },
        { id: 2, v: "b", xs: [{ v: 3 }] },
      ],
      merge("insert-only"),
    );

    const counts = await load(
      project,
      [
        { id: 2, v: "B", xs: [{ v: 30 }, { v: 31 }] },
        { id: 4, v: "d", xs: [{ v: 4 }] },
      ],
      merge("insert-only"),
    );

    expect(counts).toEqual([1, 0, 0, 1, 0]);
    expect(await project.rows("SELECT id, v FROM raw_shop.rows ORDER BY id")).toEqual([
      [1n, "a"],
      [2n, "b"],
      [4n, "d"],
    ]);
    expect(await project.rows(LISTS)).toEqual([
      [2n, 0n, 3n],
      [4n, 0n, 4n],
    ]);
  });
});

describe.each(["delete-insert", "upsert"] as const)("%s with hints", (strategy) => {
  test("hard_delete takes the row of the key away, and inserts none", async () => {
    await using project = await createMemoryProject();
    const options = { ...merge(strategy), columns: { gone: { hardDelete: true } } };
    await load(
      project,
      [
        { id: 1, gone: false, xs: [{ v: 1 }] },
        { id: 2, gone: false, xs: [{ v: 2 }] },
      ],
      options,
    );

    const counts = await load(
      project,
      [
        { id: 1, gone: true, xs: [{ v: 1 }] },
        { id: 9, gone: true },
      ],
      options,
    );

    expect(counts).toEqual([0, 0, 1, 0, 2]);
    expect(await project.rows("SELECT id, gone FROM raw_shop.rows")).toEqual([[2n, false]]);
    expect(await project.rows(LISTS)).toEqual([[2n, 0n, 2n]]);
  });

  test("hard_delete of another type than boolean deletes where it is not null", async () => {
    await using project = await createMemoryProject();
    const options = { ...merge(strategy), columns: { deleted_at: { hardDelete: true } } };
    await load(
      project,
      [
        { id: 1, deleted_at: null },
        { id: 2, deleted_at: null },
      ],
      options,
    );
    expect(
      await load(
        project,
        [
          { id: 1, deleted_at: "2024-01-01T00:00:00Z" },
          { id: 2, deleted_at: null },
        ],
        options,
      ),
    ).toEqual([0, 0, 1, 1, 1]);
    expect(await project.rows("SELECT id FROM raw_shop.rows")).toEqual([[2n]]);
  });

  test.each([
    ["desc", 30],
    ["asc", 10],
  ] as const)("dedup_sort %s decides which of several records with one key wins", async (order, expected) => {
    await using project = await createMemoryProject();
    const options = { ...merge(strategy), columns: { version: { dedupSort: order } } };
    const records = [20, 30, 10, null].map((version) => ({ id: 1, version }));
    expect(await load(project, records, options)).toEqual([1, 0, 0, 0, 3]);
    expect(await project.rows("SELECT version FROM raw_shop.rows")).toEqual([[BigInt(expected)]]);
  });
});

describe("scd2", () => {
  const history = (
    more: Partial<Extract<WriteDisposition, { strategy: "scd2" }>> = {},
  ): Partial<ResourceOptions> => ({
    writeDisposition: {
      kind: "merge",
      strategy: "scd2",
      validFrom: "_dlt_valid_from",
      validTo: "_dlt_valid_to",
      ...more,
    },
  });
  const VERSIONS = `SELECT id, v, _dlt_valid_to IS NULL AS holds FROM raw_shop.rows ORDER BY id, _dlt_valid_from`;

  test("keeps every version of a row, ends those that are absent, and dates both by the load", async () => {
    await using project = await createMemoryProject();
    expect(
      await load(
        project,
        [
          { id: 1, v: "a" },
          { id: 2, v: "b" },
        ],
        history(),
      ),
    ).toEqual([2, 0, 0, 0, 0]);
    expect(
      await load(
        project,
        [
          { id: 1, v: "A" },
          { id: 3, v: "c" },
        ],
        history(),
      ),
    ).toEqual([2, 0, 2, 0, 0]);

    expect(await project.rows(VERSIONS)).toEqual([
      [1n, "a", false],
      [1n, "A", true],
      [2n, "b", false],
      [3n, "c", true],
    ]);
    expect(
      await project.rows(`SELECT count(*) FROM raw_shop.rows old JOIN raw_shop.rows new
        ON old.id = new.id AND old._dlt_valid_to = new._dlt_valid_from`),
    ).toEqual([[1n]]);
    expect(
      await project.rows(`SELECT count(*) FROM raw_shop.rows r JOIN raw_shop._dlt_loads l ON l.load_id = r._dlt_load_id
        WHERE epoch_us(r._dlt_valid_from) = round(CAST(l.load_id AS DECIMAL(20, 6)) * 1000000)`),
    ).toEqual([[4n]]);
    const columns = await project.rows(
      "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'rows' ORDER BY column_index",
    );
    expect(columns).toEqual([
      ["_dlt_valid_from", "TIMESTAMP WITH TIME ZONE"],
      ["_dlt_valid_to", "TIMESTAMP WITH TIME ZONE"],
      ["id", "BIGINT"],
      ["v", "VARCHAR"],
      ["_dlt_load_id", "VARCHAR"],
      ["_dlt_id", "VARCHAR"],
    ]);
  });

  test("changes nothing when nothing changed, lists compared too (M2)", async () => {
    await using project = await createMemoryProject();
    const records = [
      { id: 1, xs: [{ v: 1 }, { v: 2 }] },
      { id: 2, xs: [] },
    ];
    await load(project, records, history());
    const before = await project.rows("SELECT * FROM raw_shop.rows ORDER BY id");
    expect(await load(project, records, history())).toEqual([0, 0, 0, 2, 0]);
    expect(await project.rows("SELECT * FROM raw_shop.rows ORDER BY id")).toEqual(before);
  });

  test("a list that changed begins a new version with its own elements; the old version keeps its own", async () => {
    await using project = await createMemoryProject();
    await load(project, [{ id: 1, xs: [{ v: 1 }] }], history());
    await load(project, [{ id: 1, xs: [{ v: 1 }, { v: 2 }] }], history());
    expect(
      await project.rows(`SELECT r._dlt_valid_to IS NULL AS holds, l.v FROM raw_shop.rows r
        JOIN raw_shop.rows__xs l ON l._dlt_parent_id = r._dlt_id ORDER BY ALL`),
    ).toEqual([
      [false, 1n],
      [true, 1n],
      [true, 2n],
    ]);
  });

  test("a row that comes back begins a new version", async () => {
    await using project = await createMemoryProject();
    await load(
      project,
      [
        { id: 1, v: "a" },
        { id: 2, v: "b" },
      ],
      history(),
    );
    await load(project, [{ id: 2, v: "b" }], history());
    await load(
      project,
      [
        { id: 1, v: "a" },
        { id: 2, v: "b" },
      ],
      history(),
    );
    expect(await project.rows(VERSIONS)).toEqual([
      [1n, "a", false],
      [1n, "a", true],
      [2n, "b", true],
    ]);
  });

  test("with a merge key only the keys that a load brings are ended", async () => {
    await using project = await createMemoryProject();
    const options = { ...history(), mergeKey: ["id"] };
    await load(
      project,
      [
        { id: 1, v: "a" },
        { id: 2, v: "b" },
      ],
      options,
    );
    expect(await load(project, [{ id: 1, v: "A" }], options)).toEqual([0, 1, 0, 0, 0]);
    expect(await project.rows(VERSIONS)).toEqual([
      [1n, "a", false],
      [1n, "A", true],
      [2n, "b", true],
    ]);
  });

  test("records with the same content are one row", async () => {
    await using project = await createMemoryProject();
    const same = [
      { id: 1, v: "a" },
      { id: 1, v: "a" },
    ];
    expect(await load(project, same, history())).toEqual([1, 0, 0, 0, 1]);
    expect(await load(project, same, history())).toEqual([0, 0, 0, 1, 1]);
  });

  test("takes names of columns, moments and a version column of one's own", async () => {
    await using project = await createMemoryProject();
    const settings = {
      validFrom: "since",
      validTo: "until",
      activeTimestamp: "9999-12-31T00:00:00.000Z",
      rowVersion: "v",
    };
    await load(
      project,
      [{ id: 1, v: "a", x: 1 }],
      history({ ...settings, boundaryTimestamp: "2024-01-01T00:00:00.000Z" }),
    );
    await load(
      project,
      [{ id: 1, v: "a", x: 2 }],
      history({ ...settings, boundaryTimestamp: "2024-02-01T00:00:00.000Z" }),
    );
    await load(
      project,
      [{ id: 1, v: "b", x: 2 }],
      history({ ...settings, boundaryTimestamp: "2024-03-01T00:00:00.000Z" }),
    );
    expect(
      await project.rows(
        "SELECT CAST(since AS VARCHAR), CAST(until AS VARCHAR), v, x FROM raw_shop.rows ORDER BY since",
      ),
    ).toEqual([
      ["2024-01-01 00:00:00+00", "2024-03-01 00:00:00+00", "a", 1n],
      ["2024-03-01 00:00:00+00", "9999-12-31 00:00:00+00", "b", 2n],
    ]);
  });

  test("goes on in a table that was appended to", async () => {
    await using project = await createMemoryProject();
    await load(
      project,
      [
        { id: 1, v: "a" },
        { id: 2, v: "b" },
      ],
      { writeDisposition: { kind: "append" } },
    );
    expect(
      await load(
        project,
        [
          { id: 1, v: "a" },
          { id: 2, v: "B" },
        ],
        history(),
      ),
    ).toEqual([1, 0, 1, 1, 0]);
    expect(
      await project.rows(
        `SELECT id, v, _dlt_valid_from IS NULL, _dlt_valid_to IS NULL FROM raw_shop.rows ORDER BY ALL`,
      ),
    ).toEqual([
      [1n, "a", true, true],
      [2n, "B", false, true],
      [2n, "b", true, false],
    ]);
  });

  test("--full-refresh asks for --yes, because old versions would be lost (M6)", async () => {
    await using project = await createMemoryProject();
    await load(project, [{ id: 1, v: "a" }], history());
    await load(project, [{ id: 1, v: "A" }], history());
    const rows = [{ name: "rows", pages: ['[{"id":1,"v":"A"}]'], options: history() }];
    await expect(project.sync(rows, { fullRefresh: true })).rejects.toThrow(
      '--full-refresh would drop the history that scd2 keeps of "rows"',
    );
    expect(await project.rows("SELECT count(*) FROM raw_shop.rows")).toEqual([[2n]]);
    await project.sync(rows, { fullRefresh: true, allowHistoryLoss: true });
    expect(await project.rows(VERSIONS)).toEqual([[1n, "A", true]]);
  });
});
