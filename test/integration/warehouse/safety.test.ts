import { existsSync, statSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../../src/shared/async.js";
import { InterruptedError } from "../../../src/shared/errors.js";
import { createWarehouse } from "../../../src/warehouse/warehouse.js";
import { createFakeClock } from "../../support/fake-clock.js";
import { commitInChild, holdFile } from "./child-process.js";
import { createFixture, createSourceLoad, type Shape, type WarehouseFixture } from "./load-fixture.js";

const T: Shape = {
  columns: { id: "BIGINT", text: "VARCHAR" },
  lists: { xs: { columns: { value: "BIGINT" } } },
};
const REPLACE = { writeDisposition: { kind: "replace" } } as const;
const signal = new AbortController().signal;

const rowsOf = (count: number, text: string) =>
  Array.from({ length: count }, (_, id) => ({ id, text: `${text} ${String(id)}`, xs: [id, id + 1] }));

describe("kill -9", () => {
  const OLD = 1_000;
  const NEW = 300_000;

  /** Everything that must change together. */
  async function read(fixture: WarehouseFixture): Promise<unknown> {
    const [row] = await fixture.rows(
      `SELECT (SELECT count(*) FROM raw_shop.t), (SELECT count(*) FROM raw_shop.t__xs), (SELECT max(text) FROM raw_shop.t),
              (SELECT max(version) FROM raw_shop._dlt_pipeline_state), (SELECT count(*) FROM raw_shop._dlt_loads),
              (SELECT count(*) FROM raw_shop._dango_runs)`,
    );
    return row;
  }
  const before = [BigInt(OLD), BigInt(2 * OLD), "old 999", 1n, 1n, 1n];
  const after = [BigInt(NEW), BigInt(2 * NEW), "new 99999", 1n, 2n, 2n];

  async function killWhen(condition: (fixture: WarehouseFixture) => Promise<void>): Promise<unknown[]> {
    await using fixture = await createFixture();
    await fixture.load([{ name: "t", shape: T, records: rowsOf(OLD, "old"), options: REPLACE }]);
    const { directory, target } = fixture;
    const resources = [{ name: "t", shape: T, records: rowsOf(NEW, "new"), options: REPLACE }];
    await using child = commitInChild({ directory, target, resources, ordinal: 2 });
    await child.hears("ready");
    await condition(fixture);
    await child.kill();
    const found = await read(fixture);
    const next = await fixture.load([{ name: "t", shape: T, records: rowsOf(3, "next"), options: REPLACE }], {
      loadId: "1700000000.000009",
    });
    expect(next.committed).toBe(true);
    expect(await fixture.rows("SELECT count(*) FROM raw_shop.t")).toEqual([[3n]]);
    return [found, child.said];
  }

  test("in the middle of the transaction leaves the old warehouse, and the next load works", async () => {
    const [found, said] = await killWhen(async ({ target }) => {
      const size = statSync(target.path).size;
      while (statSync(target.path).size < size + 1_000_000) await delay(1);
    });
    expect(said).toEqual(["ready"]);
    expect(found).toEqual(before);
  });

  test.each([0, 300, 900, 1500])("%i ms after the start leaves the old or the new warehouse", async (ms) => {
    const [found] = await killWhen(() => delay(ms));
    expect([before, after]).toContainEqual(found);
  });
});

describe("a warehouse that another process holds", () => {
  test("is an error that names it when it is not to be waited for (exit 4)", async () => {
    await using fixture = await createFixture();
    await fixture.load([{ name: "t", shape: T, records: rowsOf(1, "a") }]);
    await using child = await holdFile(fixture.target.path);
    const error: unknown = await fixture.snapshot().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      message: `the warehouse ${fixture.target.path} is held by process ${String(child.pid)} (${process.execPath})`,
      exitCode: 4,
      context: { path: fixture.target.path, pid: child.pid },
    });
  });

  test("is waited for, and then loaded", async () => {
    await using fixture = await createFixture();
    await fixture.load([{ name: "t", shape: T, records: rowsOf(1, "a") }]);
    const before = await fixture.snapshot();
    const load = await createSourceLoad(
      fixture.directory,
      [{ name: "t", shape: T, records: rowsOf(2, "b") }],
      {
        before,
        ordinal: 2,
      },
    );
    await using child = await holdFile(fixture.target.path);
    const target = { ...fixture.target, lockWaitMs: 20_000 };
    const committing = fixture.warehouse.commit(target, load, signal);
    await delay(400);
    await child.kill();
    expect((await committing).committed).toBe(true);
    expect(await fixture.rows("SELECT count(*) FROM raw_shop.t")).toEqual([[3n]]);
  });

  test("is given up after the time set, the time is told", async () => {
    await using fixture = await createFixture();
    await fixture.load([{ name: "t", shape: T, records: rowsOf(1, "a") }]);
    await using child = await holdFile(fixture.target.path);
    const clock = createFakeClock();
    const waiting = createWarehouse({ clock });
    await expect(
      waiting.readSnapshot({ ...fixture.target, lockWaitMs: 2_000 }, signal),
    ).rejects.toMatchObject({
      message: `the warehouse ${fixture.target.path} is held by process ${String(child.pid)} (${process.execPath}), still after 2 s`,
    });
    expect(clock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBe(2_000);
  });
});

test.each([
  ["before another load", 0],
  ["before another load, which left the state as it was,", 1],
])("a load that began %s changes nothing (exit 4)", async (_, loadsBefore) => {
  await using fixture = await createFixture();
  const resource = { name: "t", shape: T, records: rowsOf(1, "a"), options: REPLACE };
  if (loadsBefore === 1) await fixture.load([resource]);
  const before = await fixture.snapshot();
  const late = await createSourceLoad(fixture.directory, [resource], { before, ordinal: 9 });
  await fixture.load([resource]);
  await expect(fixture.warehouse.commit(fixture.target, late, signal)).rejects.toMatchObject({
    message:
      "the pipeline shop was changed meanwhile, by another sync or by `dango pipeline`; nothing was changed",
    exitCode: 4,
  });
  expect(await fixture.rows("SELECT count(*) FROM raw_shop.t")).toEqual([[1n]]);
});

test("two commits of one process take turns", async () => {
  await using fixture = await createFixture();
  const before = await fixture.snapshot();
  const loads = await Promise.all(
    ["a", "b"].map(async (pipeline, index) => ({
      target: { ...fixture.target, pipeline, dataset: `raw_${pipeline}` },
      load: await createSourceLoad(
        fixture.directory,
        [{ name: "t", shape: T, records: rowsOf(5, pipeline) }],
        {
          before,
          ordinal: index + 1,
        },
      ),
    })),
  );
  const reports = await Promise.all(
    loads.map(({ target, load }) => fixture.warehouse.commit(target, load, signal)),
  );
  expect(reports.map(({ committed }) => committed)).toEqual([true, true]);
  expect(
    await fixture.rows("SELECT (SELECT max(text) FROM raw_a.t), (SELECT max(text) FROM raw_b.t)"),
  ).toEqual([["a 4", "b 4"]]);
});

describe("a commit that is interrupted", () => {
  test("rejects with the signal's reason and leaves no file that was not there", async () => {
    await using fixture = await createFixture();
    const before = await fixture.snapshot();
    const resources = [{ name: "t", shape: T, records: rowsOf(200_000, "a") }];
    const load = await createSourceLoad(fixture.directory, resources, { before, ordinal: 1 });
    const controller = new AbortController();
    const reason = new InterruptedError("interrupted by SIGINT", 130);
    const committing = createWarehouse({ clock: systemClock }).commit(
      fixture.target,
      load,
      controller.signal,
    );
    await delay(150);
    controller.abort(reason);
    await expect(committing).rejects.toBe(reason);
    expect(existsSync(fixture.target.path)).toBe(false);
  });
});

describe("a file that cannot be the warehouse", () => {
  test("is named when it is no DuckDB database, and is not touched", async () => {
    await using fixture = await createFixture();
    const { path } = fixture.target;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(
      path,
      "this is not a database, but it is long enough to be taken for a header".repeat(100),
    );
    await expect(fixture.snapshot()).rejects.toMatchObject({
      message: `${path} is not a DuckDB database: IO Error: The file "${path}" exists, but it is not a valid DuckDB database file!`,
      hint: "move the file away, or name another one with `warehouse:` in .dango/sources.yml",
      type: "disk",
      exitCode: 1,
    });
    expect(statSync(path).size).toBe(7_000);
  });

  test("is named when its folder cannot be made", async () => {
    await using fixture = await createFixture();
    await writeFile(dirname(fixture.target.path), "a file where the folder should be");
    await expect(fixture.load([{ name: "t", shape: T, records: rowsOf(1, "a") }])).rejects.toMatchObject({
      type: "disk",
      hint: "check that the path is a file in a folder that exists and can be written",
    });
  });

  test("is removed when this run made it and committed nothing (R9)", async () => {
    await using fixture = await createFixture();
    const report = await fixture.load([
      { name: "t", shape: { columns: { id: "BIGINT" } }, records: ['{"id": "not a number"}'] },
    ]);
    expect(report.committed).toBe(false);
    expect(existsSync(fixture.target.path)).toBe(false);
  });

  test("is removed when the transaction refused everything (R9)", async () => {
    await using fixture = await createFixture();
    const plan = {
      name: "t",
      columns: [
        { name: "id", dataType: "bigint", sqlType: "BIGINT", nullable: false },
        { name: "_dlt_load_id", dataType: "text", sqlType: "VARCHAR", nullable: false },
        { name: "_dlt_id", dataType: "text", sqlType: "VARCHAR", nullable: false },
      ],
    } as const;
    const report = await fixture.load([
      {
        name: "t",
        shape: T,
        records: ["{}"],
        plan: {
          staged: [{ key: "id", type: { kind: "scalar", sqlType: "BIGINT" } }],
          tables: [
            {
              table: plan,
              listPath: [],
              columns: [{ column: plan.columns[0], path: ["id"], stagedType: "BIGINT" }],
            },
          ],
          changes: [{ kind: "create_table", table: plan }],
          renamed: [],
          discards: [],
          lost: [],
        },
      },
    ]);
    expect(report.committed).toBe(false);
    expect(report.refused.get("t")).toMatchObject({ type: "data", exitCode: 1 });
    expect(report.refused.get("t")?.message).toContain("NOT NULL constraint failed: t.id");
    expect(await readdir(dirname(fixture.target.path))).toEqual([]);
  });
});

test("values that do not fit refuse their resource in the transaction, the others commit", async () => {
  await using fixture = await createFixture();
  await fixture.load([{ name: "a", shape: { columns: { id: "BIGINT" } }, records: [{ id: 1 }] }]);
  const report = await fixture.load([
    {
      name: "a",
      shape: { columns: { id: "BIGINT" }, staged: { id: "VARCHAR" } },
      records: [{ id: "2" }, { id: "no" }],
      options: REPLACE,
    },
    { name: "b", shape: { columns: { id: "BIGINT" } }, records: [{ id: 2 }], options: REPLACE },
  ]);
  expect([...report.refused.keys()]).toEqual(["a"]);
  expect(report.committed).toBe(true);
  expect(await fixture.rows("SELECT id FROM raw_shop.a")).toEqual([[1n]]);
  expect(await fixture.rows("SELECT id FROM raw_shop.b")).toEqual([[2n]]);
});

describe("a limited run", () => {
  test("rebuilds its dataset and writes no state (I7)", async () => {
    await using fixture = await createFixture();
    const load = async (records: readonly unknown[], ordinal: number) => {
      const before = {
        exists: false,
        schema: { tables: new Map() },
        state: { version: 0, resources: {}, document: {} },
        commits: 0,
      };
      const made = await createSourceLoad(fixture.directory, [{ name: "t", shape: T, records }], {
        before,
        ordinal,
      });
      const target = { ...fixture.target, dataset: "raw_shop_limited" };
      return fixture.warehouse.commit(target, { ...made, isLimited: true }, signal);
    };
    await load(rowsOf(3, "first"), 1);
    await load(rowsOf(2, "second"), 2);
    expect(await fixture.rows("SELECT count(*), min(text) FROM raw_shop_limited.t")).toEqual([
      [2n, "second 0"],
    ]);
    expect(await fixture.rows("SELECT count(*) FROM raw_shop_limited._dlt_pipeline_state")).toEqual([[0n]]);
  });

  test("never drops a dataset that holds a pipeline's state (I7, exit 2)", async () => {
    await using fixture = await createFixture();
    await fixture.load([{ name: "t", shape: T, records: rowsOf(1, "a") }]);
    await expect(
      fixture.load([{ name: "t", shape: T, records: rowsOf(1, "b") }], { isLimited: true }),
    ).rejects.toMatchObject({ exitCode: 2 });
    expect(await fixture.rows("SELECT text FROM raw_shop.t")).toEqual([["a 0"]]);
  });
});
