import { describe, expect, test } from "vitest";
import type { ResourceOptions } from "../../../src/model/resource.js";
import {
  createMemoryProject,
  incrementalBy,
  loadedResource,
  type MemoryProject,
} from "../../support/memory-sync.js";

const MERGE: Partial<ResourceOptions> = {
  writeDisposition: { kind: "merge", strategy: "delete-insert" },
  primaryKey: ["id"],
};

/** Syncs one page of the resource `rows`; how many of its records were inserted, updated and unchanged. */
async function load(
  project: MemoryProject,
  page: string,
  options: Partial<ResourceOptions> = MERGE,
): Promise<readonly [inserted: number, updated: number, unchanged: number]> {
  const report = await project.sync([{ name: "rows", pages: [page], options }]);
  const [root] = loadedResource(report, "rows").tables;
  return [root?.inserted ?? 0, root?.updated ?? 0, root?.unchanged ?? 0];
}

describe("a record that did not change keeps its row (M2)", () => {
  test.each([
    ["a date that went to the text variant", '"2024-01-01"', '"abc"'],
    ["a timestamp that went to the text variant", '"2024-01-01T00:00:00Z"', '"abc"'],
    ["a date that went to the timestamp variant", '"2024-01-01"', '"2024-01-01T00:00:00Z"'],
  ])("also %s, when the load has no other", async (_, value, company) => {
    await using project = await createMemoryProject();
    await load(project, '[{"id":1,"x":1}]');
    await load(project, `[{"id":2,"x":${value}},{"id":3,"x":${company}}]`);
    expect(await load(project, `[{"id":2,"x":${value}}]`)).toEqual([0, 0, 1]);
  });

  test("also a date in its own variant, when the load has a text too", async () => {
    await using project = await createMemoryProject();
    await load(project, '[{"id":1,"x":1}]');
    await load(project, '[{"id":2,"x":"2024-01-01"}]');
    expect(await load(project, '[{"id":2,"x":"2024-01-01"},{"id":3,"x":"abc"}]')).toEqual([1, 0, 1]);
    expect(await load(project, '[{"id":2,"x":"2024-01-01"}]')).toEqual([0, 0, 1]);
    expect(await project.rows("SELECT id, x__v_date, x__v_text FROM raw_shop.rows ORDER BY id")).toEqual([
      [1n, null, null],
      [2n, "2024-01-01", null],
      [3n, null, "abc"],
    ]);
  });

  test.each([
    ["integers", "7", '"7a"'],
    ["numbers", "7", "2.5"],
    ["timestamps", '"2024-01-01T00:00:00Z"', '"never"'],
    ["timestamps with milliseconds", '"2024-01-01T00:00:00.250Z"', '"never"'],
    ["dates", '"2024-01-01"', '"never"'],
  ])("also when its key becomes text: %s (B4)", async (_, key, other) => {
    await using project = await createMemoryProject();
    await load(project, `[{"id":${key}}]`);
    expect(await load(project, `[{"id":${key}},{"id":${other}}]`)).toEqual([1, 0, 1]);
    expect(await load(project, `[{"id":"text"},{"id":${key}}]`)).toEqual([1, 0, 1]);
  });

  test("also with lists nested twelve deep, of which one element changes (B2)", async () => {
    await using project = await createMemoryProject();
    const nest = (value: number): string => {
      let inner = `{"v":${String(value)}}`;
      for (let level = 0; level < 12; level += 1) inner = `{"l":[${inner},{"v":${String(level)}}]}`;
      return inner.replace("{", '{"id":1,');
    };
    expect(await load(project, `[${nest(7)}]`)).toEqual([1, 0, 0]);
    expect(await load(project, `[${nest(7)}]`)).toEqual([0, 0, 1]);
    expect(await load(project, `[${nest(8)}]`)).toEqual([0, 1, 0]);
    expect(await load(project, `[${nest(8)}]`)).toEqual([0, 0, 1]);
  });
});

describe("a load of which no row is left", () => {
  test("tells no schema change, for it makes none (I1)", async () => {
    await using project = await createMemoryProject();
    const options = { incremental: incrementalBy("at") };
    await load(project, '[{"at":5}]', options);
    const report = await project.sync([{ name: "rows", pages: ['[{"at":4,"late":1}]'], options }]);
    expect(loadedResource(report, "rows")).toMatchObject({
      tables: [{ name: "rows", fetched: 1, discarded: 1 }],
      schemaChanges: [],
    });
    expect(await project.rows("SELECT * EXCLUDE (_dlt_load_id, _dlt_id) FROM raw_shop.rows")).toEqual([[5n]]);
  });
});
