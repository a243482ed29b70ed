import { describe, expect, test } from "vitest";
import { createFixture, incremental, type Shape } from "./load-fixture.js";

/** Names and values that would end a literal or an identifier if they were pasted. */
const EVIL = [
  `a"b`,
  `a'b`,
  `"; DROP SCHEMA raw_shop CASCADE; --`,
  `'); DROP TABLE x; --`,
  "a.b",
  "$1",
  "a\\",
  "ä 日本 😀",
  "select",
  "rowid",
];

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

describe("names from outside are names, whatever is in them", () => {
  test.each(EVIL)("%s as key, column, list and table", async (evil) => {
    await using fixture = await createFixture();
    const shape: Shape = {
      columns: { [evil]: "VARCHAR" },
      lists: { [`${evil} list`]: { columns: { value: "VARCHAR" } } },
    };
    const records = [{ [evil]: evil, [`${evil} list`]: [evil] }];
    const options = {
      tableName: evil,
      primaryKey: [evil],
      writeDisposition: { kind: "merge", strategy: "delete-insert" },
      incremental: incremental(evil),
    } as const;
    for (let run = 0; run < 2; run += 1) {
      const report = await fixture.load([{ name: "r", shape, records, options }]);
      expect(report.refused).toEqual(new Map());
    }
    expect(await fixture.rows(`SELECT ${quoted(evil)} FROM raw_shop.${quoted(evil)}`)).toEqual([[evil]]);
    expect(await fixture.rows(`SELECT value FROM raw_shop.${quoted(`${evil}__${evil} list`)}`)).toEqual([
      [evil],
    ]);
    const { state } = await fixture.snapshot();
    expect(state.resources["r"]?.incremental[evil]?.lastValue).toBe(evil);
  });

  test.each(EVIL)("%s as dataset and pipeline", async (evil) => {
    await using fixture = await createFixture();
    const target = { ...fixture.target, dataset: evil, pipeline: evil, schema: evil };
    const signal = new AbortController().signal;
    await fixture.load([{ name: "t", shape: { columns: { id: "BIGINT" } }, records: [{ id: 1 }] }]);
    const overview = await fixture.warehouse.overview(target, signal);
    expect(overview).toEqual({ tables: [], loads: [] });
    expect((await fixture.warehouse.readSnapshot(target, signal)).exists).toBe(false);
  });

  test("a name with a NUL is refused, not cut", async () => {
    await using fixture = await createFixture();
    const report = await fixture.load([
      { name: "t", shape: { columns: { "a\0b": "VARCHAR" } }, records: [{ "a\0b": "x" }] },
    ]);
    expect(report.refused.get("t")?.message).toBe('the name "a\\u0000b" cannot be used in the warehouse');
  });
});

test("text arrives as it was sent, NUL and all", async () => {
  await using fixture = await createFixture();
  const texts = [...EVIL, "a\0b", "\n\r\t", ""];
  const records = texts.map((text, id) => ({ id, text }));
  await fixture.load([{ name: "t", shape: { columns: { id: "BIGINT", text: "VARCHAR" } }, records }]);
  expect((await fixture.rows("SELECT text FROM raw_shop.t ORDER BY id")).flat()).toEqual(texts);
});

test("a text cursor with a NUL comes back from the state and compares", async () => {
  await using fixture = await createFixture();
  const load = (...texts: string[]) =>
    fixture.load([
      {
        name: "t",
        shape: { columns: { text: "VARCHAR" } },
        records: texts.map((text) => ({ text })),
        options: { incremental: incremental("text") },
      },
    ]);
  await load("a\0b");
  const report = await load("a\0b", "a\0c", "a");
  expect(report.tables.get("t")?.[0]).toMatchObject({ inserted: 1, unchanged: 1, discarded: 1 });
});
