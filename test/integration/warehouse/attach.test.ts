import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../src/shared/async.js";
import { withAttached, type AttachOutcome } from "../../../src/warehouse/attach.js";
import { openDuckDb, type DuckDb } from "../../../src/warehouse/duckdb.js";
import { queryWarehouse } from "../../../src/warehouse/query-warehouse.js";
import { runSql } from "./run-sql.js";

const { signal } = new AbortController();
let path = "";
beforeEach(async () => {
  const root = await mkdtemp(join(tmpdir(), "dango-attach-"));
  path = join(root, "warehouse.duckdb");
  return () => rm(root, { recursive: true, force: true });
});

/** Holds the file with a connection whose statements `around` may do something before and after. */
async function attached(
  around: (sql: string, run: () => Promise<void>) => Promise<void>,
  action: (db: DuckDb) => Promise<AttachOutcome<void>>,
): Promise<void> {
  await using db = await openDuckDb({ config: {}, signal });
  const watched: DuckDb = Object.assign(Object.create(db) as DuckDb, {
    run: async (sql: string): Promise<number> => {
      let rows = 0;
      await around(sql, async () => {
        rows = await db.run(sql);
      });
      return rows;
    },
    finish: (sql: string): Promise<void> => around(sql, () => db.finish(sql)),
  } satisfies Partial<DuckDb>);
  const options = { path, mode: "write", lockWaitMs: 0, clock: systemClock, signal } as const;
  await withAttached(watched, options, () => action(db));
}

const refuse = (): Promise<AttachOutcome<void>> => Promise.resolve({ value: undefined, isCommitted: false });
const rows = async (): Promise<unknown[][]> =>
  (await queryWarehouse(path, "SELECT * FROM t", { lockWaitMs: 0, signal })).rows;

describe("two processes that make one warehouse (R5, R9)", () => {
  test("a file that the other one made just before is not taken for one's own, and stays", async () => {
    await attached(async (sql, run) => {
      if (sql.startsWith("ATTACH")) await runSql(path, "CREATE TABLE t AS SELECT 1 AS v");
      await run();
    }, refuse);
    expect(await rows()).toEqual([[1]]);
  });

  test("a new file in which nothing was committed goes while it is held, so that nobody else loads into it", async () => {
    const found: boolean[] = [];
    await attached(async (sql, run) => {
      if (sql.startsWith("DETACH")) found.push(existsSync(path));
      await run();
    }, refuse);
    expect([...found, existsSync(path)]).toEqual([false, false]);
  });

  test("a file that the other one removed meanwhile is made again", async () => {
    let opened = 0;
    await attached(
      async (sql, run) => {
        await run();
        if (sql.startsWith("ATTACH") && (opened += 1) === 1) await rm(path);
      },
      async (db) => {
        await db.run("CREATE TABLE w.t AS SELECT 2 AS v");
        return { value: undefined, isCommitted: true };
      },
    );
    expect(opened).toBe(2);
    expect(await rows()).toEqual([[2]]);
  });
});
