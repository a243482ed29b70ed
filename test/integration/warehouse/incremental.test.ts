import { describe, expect, test } from "vitest";
import type { IncrementalOptions, ResourceOptions } from "../../../src/model/resource.js";
import { createFixture, incremental, type Shape, type WarehouseFixture } from "./load-fixture.js";

const EVENTS: Shape = {
  columns: { id: "BIGINT", at: "TIMESTAMP WITH TIME ZONE" },
  staged: { at: "VARCHAR" },
  lists: { tags: { columns: { value: "VARCHAR" } } },
};

const EVENTS_OF_TEXT: Shape = { columns: { id: "BIGINT", at: "VARCHAR" } };
const EVENTS_OF_NUMBERS: Shape = { columns: { id: "BIGINT", at: "HUGEINT" } };

async function load(
  fixture: WarehouseFixture,
  records: readonly unknown[],
  settings: {
    readonly cursor?: Partial<IncrementalOptions>;
    readonly options?: Partial<ResourceOptions>;
    readonly shape?: Shape;
  } = {},
) {
  const report = await fixture.load([
    {
      name: "events",
      shape: settings.shape ?? EVENTS,
      records,
      options: { incremental: incremental("at", settings.cursor), ...settings.options },
    },
  ]);
  const error = report.refused.get("events");
  if (error !== undefined) throw error;
  return report.tables.get("events")?.[0];
}

async function cursorOf(fixture: WarehouseFixture): Promise<unknown> {
  const { state } = await fixture.snapshot();
  return state.resources["events"]?.incremental["at"];
}

const ids = (fixture: WarehouseFixture) => fixture.rows("SELECT id FROM raw_shop.events ORDER BY ALL");

describe("a cursor of timestamps", () => {
  test("over three runs every row comes once, rows on the boundary too, however many there are (I2)", async () => {
    await using fixture = await createFixture();
    const noon = (id: number, ...tags: string[]) => ({ id, at: "2024-01-01T12:00:00Z", tags });
    await load(fixture, [{ id: 1, at: "2024-01-01T11:00:00Z" }, noon(2, "a", "b"), noon(3), noon(3)]);
    expect(await cursorOf(fixture)).toEqual({ initialValue: null, lastValue: "2024-01-01T12:00:00Z" });

    const second = await load(fixture, [
      noon(2, "a", "b"),
      noon(3),
      noon(3),
      noon(3),
      noon(4),
      noon(2, "b", "a"),
    ]);
    expect(second).toMatchObject({ fetched: 6, inserted: 3, unchanged: 3, discarded: 0 });

    const third = await load(fixture, [noon(4), { id: 5, at: "2024-01-01T13:00:00Z", tags: ["c"] }]);
    expect(third).toMatchObject({ fetched: 2, inserted: 1, unchanged: 1 });
    expect(await ids(fixture)).toEqual([[1n], [2n], [2n], [3n], [3n], [3n], [4n], [5n]]);
    expect(await cursorOf(fixture)).toEqual({ initialValue: null, lastValue: "2024-01-01T13:00:00Z" });
  });

  test("compares instants, whatever the zone and the spelling, and keeps the API's spelling (I1)", async () => {
    await using fixture = await createFixture();
    await load(fixture, [
      { id: 1, at: "2024-01-01T12:00:00+02:00" },
      { id: 2, at: "2024-01-01 11:00:00" },
      { id: 3, at: "2024-01-01" },
    ]);
    expect(await cursorOf(fixture)).toEqual({ initialValue: null, lastValue: "2024-01-01 11:00:00" });
    const counts = await load(fixture, [
      { id: 4, at: "2024-01-01T13:30:00+02:00" },
      { id: 5, at: "2024-01-01T12:30:00+02:00" },
    ]);
    expect(counts).toMatchObject({ inserted: 1, discarded: 1 });
    expect(await ids(fixture)).toEqual([[1n], [2n], [3n], [4n]]);
  });

  test("drops rows before initial_value, and keeps what came when nothing more does", async () => {
    await using fixture = await createFixture();
    const cursor = { initialValue: "2024-01-02" };
    const counts = await load(
      fixture,
      [
        { id: 1, at: "2024-01-01T23:59:59Z" },
        { id: 2, at: "2024-01-02" },
      ],
      { cursor },
    );
    expect(counts).toMatchObject({ fetched: 2, inserted: 1, discarded: 1 });
    expect(await load(fixture, [], { cursor })).toMatchObject({ fetched: 0, inserted: 0 });
    expect(await cursorOf(fixture)).toEqual({ initialValue: "2024-01-02", lastValue: "2024-01-02" });
  });

  test("never goes back, and older rows are dropped", async () => {
    await using fixture = await createFixture();
    await load(fixture, [{ id: 1, at: "2024-01-02T00:00:00Z" }]);
    expect(await load(fixture, [{ id: 2, at: "2024-01-01T00:00:00Z" }])).toMatchObject({ discarded: 1 });
    expect(await cursorOf(fixture)).toEqual({ initialValue: null, lastValue: "2024-01-02T00:00:00Z" });
  });

  test("stores the API's own spelling where values were respelled to be read", async () => {
    await using fixture = await createFixture();
    const at = {
      column: { name: "at", dataType: "timestamp", sqlType: "TIMESTAMP WITH TIME ZONE", nullable: true },
      path: ["at"],
      stagedType: "VARCHAR",
      spelledPath: ["at_2"],
    } as const;
    const table = {
      name: "events",
      columns: [
        at.column,
        { name: "_dlt_load_id", dataType: "text", sqlType: "VARCHAR", nullable: false },
        { name: "_dlt_id", dataType: "text", sqlType: "VARCHAR", nullable: false },
      ],
    } as const;
    await fixture.load([
      {
        name: "events",
        shape: EVENTS,
        records: [{ at: "2024-01-15T10:00:00Z", at_2: "2024/01/15 10:00:00" }],
        options: { incremental: incremental("at") },
        plan: {
          staged: [
            { key: "at", type: { kind: "scalar", sqlType: "VARCHAR" } },
            { key: "at_2", type: { kind: "scalar", sqlType: "VARCHAR" } },
          ],
          tables: [{ table, listPath: [], columns: [at] }],
          changes: [{ kind: "create_table", table }],
          renamed: [],
          discards: [],
          lost: [],
        },
      },
    ]);
    expect(await cursorOf(fixture)).toEqual({ initialValue: null, lastValue: "2024/01/15 10:00:00" });
    await expect(
      load(fixture, [
        { id: 1, at: "2024-01-15T10:00:00Z" },
        { id: 2, at: "2024-01-15T09:00:00Z" },
      ]),
    ).resolves.toMatchObject({
      inserted: 1,
      discarded: 1,
    });
  });
});

describe("cursors of numbers and text", () => {
  test("integers compare exactly at any size (I1)", async () => {
    await using fixture = await createFixture();
    const shape = EVENTS_OF_NUMBERS;
    await load(fixture, ['{"id":1,"at":123456789012345678901234567890}', '{"id":2,"at":9007199254740993}'], {
      shape,
    });
    expect(await cursorOf(fixture)).toEqual({
      initialValue: null,
      lastValue: 123456789012345678901234567890n,
    });
    const counts = await load(
      fixture,
      ['{"id":3,"at":123456789012345678901234567889}', '{"id":4,"at":123456789012345678901234567891}'],
      { shape },
    );
    expect(counts).toMatchObject({ inserted: 1, discarded: 1 });
  });

  test("small integers stay numbers in the state", async () => {
    await using fixture = await createFixture();
    await load(
      fixture,
      [
        { id: 1, at: 10 },
        { id: 2, at: 9 },
      ],
      { shape: EVENTS_OF_NUMBERS },
    );
    expect(await cursorOf(fixture)).toEqual({ initialValue: null, lastValue: 10 });
  });

  test("strings of digits compare as numbers (I1)", async () => {
    await using fixture = await createFixture();
    await load(
      fixture,
      [
        { id: 1, at: "9" },
        { id: 2, at: "10" },
      ],
      { shape: EVENTS_OF_TEXT },
    );
    expect(await cursorOf(fixture)).toEqual({ initialValue: null, lastValue: "10" });
    const counts = await load(
      fixture,
      [
        { id: 3, at: "9" },
        { id: 4, at: "11" },
      ],
      { shape: EVENTS_OF_TEXT },
    );
    expect(counts).toMatchObject({ inserted: 1, discarded: 1 });
  });

  test("other text compares as text", async () => {
    await using fixture = await createFixture();
    await load(
      fixture,
      [
        { id: 1, at: "b" },
        { id: 2, at: "a" },
      ],
      { shape: EVENTS_OF_TEXT },
    );
    expect(await cursorOf(fixture)).toEqual({ initialValue: null, lastValue: "b" });
  });

  test("unlike values are an error that shows both (I1)", async () => {
    await using fixture = await createFixture();
    await expect(
      load(
        fixture,
        [
          { id: 1, at: "2024-01-01" },
          { id: 2, at: "later" },
        ],
        { shape: EVENTS_OF_TEXT },
      ),
    ).rejects.toMatchObject({
      message:
        'events: the values of the cursor at do not compare: record 1 has "2024-01-01", record 2 has "later"',
      type: "data",
    });
  });

  test("an initial value of another kind than the data is an error (I1)", async () => {
    await using fixture = await createFixture();
    await expect(
      load(fixture, [{ id: 1, at: "2024-01-01T00:00:00Z" }], { cursor: { initialValue: 0 } }),
    ).rejects.toMatchObject({
      message:
        'events: the values of the cursor at do not compare: record 1 has "2024-01-01T00:00:00Z", the value it is compared with is 0',
    });
  });

  test("last_value_func min walks backwards", async () => {
    await using fixture = await createFixture();
    const settings = { shape: EVENTS_OF_NUMBERS, cursor: { lastValueFunc: "min" as const } };
    await load(
      fixture,
      [
        { id: 1, at: 5 },
        { id: 2, at: 7 },
      ],
      settings,
    );
    expect(await cursorOf(fixture)).toEqual({ initialValue: null, lastValue: 5 });
    expect(
      await load(
        fixture,
        [
          { id: 3, at: 6 },
          { id: 4, at: 4 },
        ],
        settings,
      ),
    ).toMatchObject({
      inserted: 1,
      discarded: 1,
    });
    expect(await cursorOf(fixture)).toEqual({ initialValue: null, lastValue: 4 });
  });

  test("range_start: open drops the boundary itself", async () => {
    await using fixture = await createFixture();
    const settings = { shape: EVENTS_OF_NUMBERS, cursor: { rangeStart: "open" as const } };
    await load(fixture, [{ id: 1, at: 5 }], settings);
    expect(
      await load(
        fixture,
        [
          { id: 2, at: 5 },
          { id: 3, at: 6 },
        ],
        settings,
      ),
    ).toMatchObject({
      inserted: 1,
      discarded: 1,
    });
  });

  test("with end_value the range ends there and no state moves", async () => {
    await using fixture = await createFixture();
    const settings = {
      shape: EVENTS_OF_NUMBERS,
      cursor: { initialValue: 2, endValue: 4 },
      options: { primaryKey: ["id"] },
    };
    const records = [1, 2, 3, 4].map((at) => ({ id: at, at }));
    expect(await load(fixture, records, settings)).toMatchObject({ inserted: 2, discarded: 2 });
    expect(await cursorOf(fixture)).toBeUndefined();
    const again = await load(fixture, records, {
      ...settings,
      cursor: { ...settings.cursor, rangeEnd: "closed" },
    });
    expect(again).toMatchObject({ inserted: 1, unchanged: 2, discarded: 1 });
    expect(await ids(fixture)).toEqual([[2n], [3n], [4n]]);
  });
});

describe("a missing cursor", () => {
  const records = [{ id: 1, at: 1 }, { id: 2 }, { id: 3, at: null }];
  const shape = EVENTS_OF_NUMBERS;

  test("is an error that names the record and its keys", async () => {
    await using fixture = await createFixture();
    await expect(load(fixture, records, { shape })).rejects.toMatchObject({
      message:
        "events: the cursor at is missing or null in 2 of 3 records, first in record 2 (keys present: id)",
      type: "data",
    });
  });

  test("is an error when no record has it at all", async () => {
    await using fixture = await createFixture();
    await expect(load(fixture, [{ id: 1 }], { shape: { columns: { id: "BIGINT" } } })).rejects.toMatchObject({
      message:
        "events: the cursor at is missing or null in 1 of 1 records, first in record 1 (keys present: id)",
    });
  });

  test("exclude leaves such rows out", async () => {
    await using fixture = await createFixture();
    const counts = await load(fixture, records, { shape, cursor: { onCursorValueMissing: "exclude" } });
    expect(counts).toMatchObject({ inserted: 1, discarded: 2 });
  });

  test("include loads such rows once, told apart by primary key (I2)", async () => {
    await using fixture = await createFixture();
    const settings = {
      shape,
      cursor: { onCursorValueMissing: "include" as const },
      options: { primaryKey: ["id"] },
    };
    expect(await load(fixture, records, settings)).toMatchObject({ inserted: 3 });
    expect(await load(fixture, [...records, { id: 4 }], settings)).toMatchObject({
      inserted: 1,
      unchanged: 3,
    });
    expect(await ids(fixture)).toEqual([[1n], [2n], [3n], [4n]]);
  });
});

test("a refused resource keeps its tables and state, the others commit", async () => {
  await using fixture = await createFixture();
  await load(fixture, [{ id: 1, at: "2024-01-01T00:00:00Z" }]);
  const report = await fixture.load([
    {
      name: "events",
      shape: { columns: { ...EVENTS.columns, extra: "VARCHAR" }, staged: EVENTS.staged ?? {} },
      records: [{ id: 2, extra: "x" }],
      options: { incremental: incremental("at") },
    },
    { name: "users", shape: { columns: { id: "BIGINT" } }, records: [{ id: 7 }] },
  ]);
  expect([...report.refused.keys()]).toEqual(["events"]);
  expect(report.committed).toBe(true);
  const { schema, state } = await fixture.snapshot();
  expect(schema.tables.get("events")?.columns.map(({ name }) => name)).toEqual([
    "id",
    "at",
    "_dlt_load_id",
    "_dlt_id",
  ]);
  expect(state.resources["events"]?.incremental["at"]?.lastValue).toBe("2024-01-01T00:00:00Z");
  expect(await fixture.rows("SELECT id FROM raw_shop.users")).toEqual([[7n]]);
});
