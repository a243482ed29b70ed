import { describe, expect, test } from "vitest";
import type { IncrementalOptions, ResourceOptions } from "../../../src/model/resource.js";
import { createMemoryProject, incrementalBy, loadedResource } from "../../support/memory-sync.js";

/** The rows `id at`, in the order of the ids, that the table has after each of the runs, and what each run left out. */
interface Told {
  readonly rows: string[];
  readonly leftOut: string[];
}

interface Case {
  readonly name: string;
  readonly cursor?: Partial<IncrementalOptions>;
  readonly options?: Partial<ResourceOptions>;
  /** What the API answers in each run. */
  readonly pages: readonly (readonly unknown[])[];
  readonly told: readonly Told[];
  /** `last_value` of the state in the end. */
  readonly last: unknown;
}

const merge: Partial<ResourceOptions> = {
  writeDisposition: { kind: "merge", strategy: "delete-insert" },
  primaryKey: ["id"],
};
const keyed: Partial<ResourceOptions> = { primaryKey: ["id"] };

/** `{id, at}` of each pair. */
const of = (...pairs: readonly (readonly [number, unknown])[]): unknown[] =>
  pairs.map(([id, at]) => ({ id, at }));

/** Syncs once for each of the pages. Of every root table, what is counted must be what is told (fetched, too). */
async function play({ cursor, options, pages }: Omit<Case, "name" | "told" | "last">) {
  await using project = await createMemoryProject();
  const told: Told[] = [];
  for (const page of pages) {
    const settings = { incremental: incrementalBy("at", cursor), ...options };
    const report = await project.sync([{ name: "t", pages: [page], options: settings }]);
    const { tables, leftOut } = loadedResource(report, "t");
    const known = leftOut.filter(({ reason }) => reason === "already_loaded");
    expect(tables[0]).toMatchObject({ fetched: page.length });
    if (options?.writeDisposition === undefined) expect(tables[0]?.unchanged).toBe(sum(known));
    expect(tables[0]?.discarded).toBe(sum(leftOut) - sum(known));
    const rows = await project.rows(`SELECT concat_ws(' ', id, "at") FROM raw_shop.t ORDER BY id, "at"`);
    told.push({
      rows: rows.map(([row]) => String(row)),
      leftOut: leftOut.map((one) => [one.rows, one.reason, one.range].filter(Boolean).join(" ")),
    });
  }
  const { parts, config } = project.pipeline([]);
  const target = { path: project.warehousePath, dataset: "raw_shop", tempDirectory: "", lockWaitMs: 0 };
  const { state } = await parts.warehouse.readSnapshot(
    { ...target, pipeline: config.pipelineName, schema: config.schemaName },
    parts.signal,
  );
  return { told, last: state.resources["t"]?.incremental["at"]?.lastValue };
}

function sum(leftOut: readonly { readonly rows: number }[]): number {
  return leftOut.reduce((total, { rows }) => total + rows, 0);
}

describe("the rows that a cursor keeps over three runs, and what is told of the others", () => {
  test.each<Case>([
    {
      name: "a range closed at its start takes the stored value again, and each row once (I2)",
      cursor: { initialValue: 2 },
      pages: [of([1, 1], [2, 2], [3, 3], [4, 3]), of([3, 3], [4, 3], [5, 3], [2, 2]), of([5, 3], [6, 4])],
      told: [
        { rows: ["2 2", "3 3", "4 3"], leftOut: ["1 before_start before 2"] },
        { rows: ["2 2", "3 3", "4 3", "5 3"], leftOut: ["1 before_start before 3", "2 already_loaded"] },
        { rows: ["2 2", "3 3", "4 3", "5 3", "6 4"], leftOut: ["1 already_loaded"] },
      ],
      last: 4,
    },
    {
      name: "range_start: open leaves out the start itself, on the first run too",
      cursor: { initialValue: 2, rangeStart: "open" },
      pages: [of([1, 1], [2, 2], [3, 3]), of([4, 3], [5, 5]), of([6, 4], [7, 5])],
      told: [
        { rows: ["3 3"], leftOut: ["2 before_start not after 2"] },
        { rows: ["3 3", "5 5"], leftOut: ["1 before_start not after 3"] },
        { rows: ["3 3", "5 5"], leftOut: ["2 before_start not after 5"] },
      ],
      last: 5,
    },
    {
      name: "end_value is left out, nothing is stored, and rows that are there are not added again (I2)",
      cursor: { initialValue: 2, endValue: 4 },
      options: keyed,
      pages: [of([1, 1], [2, 2], [3, 3], [4, 4]), of([2, 2], [3, 3], [9, 9]), of([3, 3], [5, 3])],
      told: [
        { rows: ["2 2", "3 3"], leftOut: ["1 before_start before 2", "1 beyond_end not before 4"] },
        { rows: ["2 2", "3 3"], leftOut: ["1 beyond_end not before 4", "2 already_loaded"] },
        { rows: ["2 2", "3 3", "5 3"], leftOut: ["1 already_loaded"] },
      ],
      last: undefined,
    },
    {
      name: "range_end: closed takes the end too",
      cursor: { initialValue: 2, endValue: 4, rangeStart: "open", rangeEnd: "closed" },
      options: merge,
      pages: [of([2, 2], [3, 3], [4, 4], [5, 5])],
      told: [{ rows: ["3 3", "4 4"], leftOut: ["1 before_start not after 2", "1 beyond_end after 4"] }],
      last: undefined,
    },
    {
      name: "last_value_func: min walks backwards, down to the end",
      cursor: { initialValue: 9, lastValueFunc: "min" },
      pages: [of([1, 10], [2, 9], [3, 7]), of([2, 9], [3, 7], [4, 6]), of([4, 6], [5, 6], [6, 8])],
      told: [
        { rows: ["2 9", "3 7"], leftOut: ["1 before_start above 9"] },
        { rows: ["2 9", "3 7", "4 6"], leftOut: ["1 before_start above 7", "1 already_loaded"] },
        { rows: ["2 9", "3 7", "4 6", "5 6"], leftOut: ["1 before_start above 6", "1 already_loaded"] },
      ],
      last: 6,
    },
    {
      name: "last_value_func: min with an end, which is the lower one",
      cursor: { initialValue: 9, endValue: 5, lastValueFunc: "min" },
      options: merge,
      pages: [of([1, 10], [2, 9], [3, 6], [4, 5], [5, 4])],
      told: [{ rows: ["2 9", "3 6"], leftOut: ["1 before_start above 9", "2 beyond_end not above 5"] }],
      last: undefined,
    },
    {
      name: "primary_key: [] turns off the comparison with rows that are there",
      cursor: { primaryKey: [] },
      options: keyed,
      pages: [of([1, 1]), of([1, 1]), of([1, 1], [2, 2])],
      told: [
        { rows: ["1 1"], leftOut: [] },
        { rows: ["1 1", "1 1"], leftOut: [] },
        { rows: ["1 1", "1 1", "1 1", "2 2"], leftOut: [] },
      ],
      last: 2,
    },
    {
      name: "a row that was changed within the instant of the boundary comes through (I2; dlt drops it)",
      options: keyed,
      pages: [of([1, 1], [2, 2]), [{ id: 2, at: 2, name: "new" }], of([1, 0], [3, 3])],
      told: [
        { rows: ["1 1", "2 2"], leftOut: [] },
        { rows: ["1 1", "2 2", "2 2"], leftOut: [] },
        { rows: ["1 1", "2 2", "2 2", "3 3"], leftOut: ["1 before_start before 2"] },
      ],
      last: 3,
    },
    {
      name: "exclude leaves out rows whose cursor is missing or null, and says how many",
      cursor: { onCursorValueMissing: "exclude", initialValue: 2 },
      pages: [[{ id: 1 }, ...of([2, null], [3, 1], [4, 2])], [{ id: 1 }], of([5, 5])],
      told: [
        { rows: ["4 2"], leftOut: ["2 no_cursor", "1 before_start before 2"] },
        { rows: ["4 2"], leftOut: ["1 no_cursor"] },
        { rows: ["4 2", "5 5"], leftOut: [] },
      ],
      last: 5,
    },
    {
      name: "include loads such rows once, told apart by their key, and they move no cursor (I2; dlt doubles them)",
      cursor: { onCursorValueMissing: "include" },
      options: keyed,
      pages: [[{ id: 1 }, ...of([2, null], [3, 3])], [{ id: 1 }, { id: 4 }], of([2, null], [3, 3], [5, 5])],
      told: [
        { rows: ["1", "2", "3 3"], leftOut: [] },
        { rows: ["1", "2", "3 3", "4"], leftOut: ["1 already_loaded"] },
        { rows: ["1", "2", "3 3", "4", "5 5"], leftOut: ["2 already_loaded"] },
      ],
      last: 5,
    },
    {
      name: "a lag of numbers takes late rows, those that are there once, and never moves the cursor back (I2)",
      cursor: { lag: { kind: "units", units: 3 }, writtenLag: 3, initialValue: 5 },
      pages: [of([1, 10], [2, 9]), of([1, 10], [2, 9], [3, 7], [4, 6]), of([3, 7], [5, 8], [6, 11])],
      told: [
        { rows: ["1 10", "2 9"], leftOut: [] },
        { rows: ["1 10", "2 9", "3 7"], leftOut: ["1 before_start before 7", "2 already_loaded"] },
        { rows: ["1 10", "2 9", "3 7", "5 8", "6 11"], leftOut: ["1 already_loaded"] },
      ],
      last: 11,
    },
    {
      name: "a lag never goes below initial_value",
      cursor: { lag: { kind: "units", units: 100 }, writtenLag: 100, initialValue: 5 },
      options: merge,
      pages: [of([1, 6]), of([2, 4], [3, 5])],
      told: [
        { rows: ["1 6"], leftOut: [] },
        { rows: ["1 6", "3 5"], leftOut: ["1 before_start before 5"] },
      ],
      last: 6,
    },
    {
      name: "with min the lag is added",
      cursor: { lag: { kind: "units", units: 2 }, writtenLag: 2, lastValueFunc: "min" },
      options: merge,
      pages: [of([1, 5]), of([2, 7], [3, 8], [4, 6])],
      told: [
        { rows: ["1 5"], leftOut: [] },
        { rows: ["1 5", "2 7", "4 6"], leftOut: ["1 before_start above 7"] },
      ],
      last: 5,
    },
    {
      name: "strings of digits compare as numbers (I1; dlt as text)",
      pages: [of([1, "9"], [2, "10"]), of([3, "9"], [4, "10"], [5, "100"])],
      told: [
        { rows: ["1 9", "2 10"], leftOut: [] },
        { rows: ["1 9", "2 10", "4 10", "5 100"], leftOut: ["1 before_start before 10"] },
      ],
      last: "100",
    },
    {
      name: "initial_value lowered later has no effect, once a row has come: also one on initial_value itself",
      cursor: { initialValue: 5 },
      pages: [of([1, 5])],
      told: [{ rows: ["1 5"], leftOut: [] }],
      last: 5,
    },
    {
      name: "replace reads from initial_value every time, and stores where it ended",
      cursor: { initialValue: 2 },
      options: { writeDisposition: { kind: "replace" } },
      pages: [of([1, 1], [2, 2], [3, 3]), of([1, 1], [4, 2])],
      told: [
        { rows: ["2 2", "3 3"], leftOut: ["1 before_start before 2"] },
        { rows: ["4 2"], leftOut: ["1 before_start before 2"] },
      ],
      last: 2,
    },
  ])("$name", async (one) => {
    expect(await play(one)).toEqual({ told: one.told, last: one.last });
  });

  test("a lower initial_value later brings nothing again: the rows that were on it are known", async () => {
    await using project = await createMemoryProject();
    const sync = async (initialValue: number) =>
      loadedResource(
        await project.sync([
          {
            name: "t",
            pages: [of([1, 5], [2, 3])],
            options: { incremental: incrementalBy("at", { initialValue }) },
          },
        ]),
        "t",
      ).leftOut;
    expect(await sync(5)).toEqual([{ reason: "before_start", rows: 1, range: "before 5" }]);
    expect(await sync(1)).toEqual([
      { reason: "before_start", rows: 1, range: "before 5" },
      { reason: "already_loaded", rows: 1 },
    ]);
    expect(await project.rows("SELECT id FROM raw_shop.t")).toEqual([[1n]]);
  });

  test("dates and timestamps compare as instants, and a lag of seconds keeps the API's spelling (I1)", async () => {
    const hour = { kind: "calendar", months: 0, ms: 3_600_000 } as const;
    const { told, last } = await play({
      cursor: { initialValue: "2024-01-01", lag: hour, writtenLag: "1h" },
      pages: [
        of([1, "2023-12-31T23:59:59Z"], [2, "2024-01-01T02:00:00+02:00"], [3, "2024-01-01T10:00:00Z"]),
        of([3, "2024-01-01T10:00:00Z"], [4, "2024-01-01T11:00:00+02:00"], [5, "2024-01-01T08:59:59.999Z"]),
      ],
    });
    expect(told.map(({ leftOut }) => leftOut)).toEqual([
      ["1 before_start before 2024-01-01"],
      ["1 before_start before 2024-01-01T09:00:00Z", "1 already_loaded"],
    ]);
    expect(told[1]?.rows.map((row) => row.split(" ")[0])).toEqual(["2", "3", "4"]);
    expect(last).toBe("2024-01-01T10:00:00Z");
  });

  test("records that a step drops hold the cursor back no more, and are not counted twice (I5)", async () => {
    await using project = await createMemoryProject();
    const sync = async (records: readonly unknown[]) => {
      const report = await project.sync([
        {
          name: "t",
          pages: [records],
          options: { incremental: incrementalBy("at", { onCursorValueMissing: "exclude" }) },
          steps: [
            {
              kind: "filter",
              expression: { sql: "id < 100", location: { file: "sources.yml", line: 1, column: 1 } },
            },
          ],
        },
      ]);
      const { tables, leftOut } = loadedResource(report, "t");
      return { discarded: tables[0]?.discarded, leftOut };
    };
    expect(await sync([...of([1, 1], [100, 7]), { id: 101 }])).toEqual({ discarded: 2, leftOut: [] });
    expect(await sync([...of([2, 6], [3, 7], [102, 5]), { id: 103 }, { id: 4 }])).toEqual({
      discarded: 4,
      leftOut: [
        { reason: "no_cursor", rows: 1 },
        { reason: "before_start", rows: 1, range: "before 7" },
      ],
    });
  });

  test("the boundary stays bounded: a thousand rows on one value leave no hash in the state, and come once (I2)", async () => {
    await using project = await createMemoryProject();
    const page = Array.from({ length: 1_000 }, (_, id) => ({ id, at: 1 }));
    const sync = async () =>
      loadedResource(
        await project.sync([{ name: "t", pages: [page], options: { incremental: incrementalBy("at") } }]),
        "t",
      ).leftOut;
    expect(await sync()).toEqual([]);
    expect(await sync()).toEqual([{ reason: "already_loaded", rows: 1_000 }]);
    const [[count, length] = []] = await project.rows(
      "SELECT (SELECT count(*) FROM raw_shop.t), max(length(state)) FROM raw_shop._dlt_pipeline_state",
    );
    expect(count).toBe(1_000n);
    expect(Number(length)).toBeLessThan(1_000);
  });
});

describe("values of the cursor that do not compare are refused, and nothing is changed (I1)", () => {
  test.each<[string, readonly (readonly unknown[])[], string]>([
    [
      "numbers and text in one run",
      [of([1, 1], [2, "later"])],
      't: the values of the cursor at do not compare: record 1 has "1", record 2 has "later"',
    ],
    [
      "text and dates in one run",
      [of([1, "2024-01-01"], [2, "later"])],
      't: the values of the cursor at do not compare: record 1 has "2024-01-01", record 2 has "later"',
    ],
    [
      "a number after dates",
      [of([1, "2024-01-01T00:00:00Z"]), of([2, 5])],
      't: the values of the cursor at do not compare: record 1 has "5", the value it is compared with is "2024-01-01T00:00:00Z"',
    ],
    [
      "text after numbers",
      [of([1, 1]), of([2, "later"])],
      't: the values of the cursor at do not compare: record 1 has "later", the value it is compared with is 1',
    ],
  ])("%s", async (_name, pages, message) => {
    await using project = await createMemoryProject();
    const reports = [];
    for (const page of pages) {
      const options = { incremental: incrementalBy("at") };
      reports.push(await project.sync([{ name: "t", pages: [page], options }]));
    }
    const [resource] = reports.at(-1)?.resources ?? [];
    expect(resource).toMatchObject({
      exitCode: 1,
      tables: [],
      leftOut: [],
      error: { type: "data", message },
    });
  });
});
