import { expect, test } from "vitest";
import type { ProcessingStep, StepFunctionRole } from "../../../src/model/processing-step.js";
import type { UserFunction } from "../../../src/model/user-function.js";
import { UserCodeError } from "../../../src/shared/errors.js";
import { createMemoryProject, incrementalBy, loadedResource } from "../../support/memory-sync.js";

type Step = ProcessingStep<UserFunction>;

interface Order {
  readonly id: number;
  readonly name: string;
  readonly n: number;
}

function step(role: StepFunctionRole, call: (record: never) => unknown): Step {
  return {
    kind: "function",
    role,
    function: { name: "custom_sources.clean:normalise", call: (record) => call(record as never) },
  };
}

function filter(sql: string): Step {
  return { kind: "filter", expression: { sql, location: { file: ".dango/sources.yml", line: 3 } } };
}

async function load(pages: readonly string[], steps: readonly Step[]): Promise<unknown[][]> {
  await using project = await createMemoryProject();
  loadedResource(await project.sync([{ name: "orders", pages, steps }]), "orders");
  return await project.rows("SELECT * EXCLUDE (_dlt_id, _dlt_load_id) FROM raw_shop.orders ORDER BY rowid");
}

async function failure(pages: readonly string[], steps: readonly Step[]): Promise<unknown> {
  await using project = await createMemoryProject();
  const report = await project.sync([{ name: "orders", pages, steps }]);
  return report.resources[0]?.error;
}

test("a map function gets a record with exact integers and gives the changed one, or null to drop it", async () => {
  const rows = await load(
    ['[{"id":9007199254740993,"name":" Ann "},{"id":2,"name":""}]'],
    [
      step("map", (record: { id: bigint; name: string }) =>
        record.name === "" ? null : { ...record, name: record.name.trim(), next: record.id + 1n },
      ),
    ],
  );
  expect(rows).toEqual([[9007199254740993n, "Ann", 9007199254740994n]]);
});

test("a filter function keeps the bytes of what it keeps", async () => {
  const rows = await load(
    ['[{"id":1,"n":1e400},{"id":2,"n":5}]'],
    [step("filter", (record: Order) => record.id === 1)],
  );
  expect(rows).toEqual([[1n, "1e400"]]);
});

test("a yield_map function makes many records of one, by a list or a generator", async () => {
  const rows = await load(
    ['[{"order":1,"lines":["a","b"]},{"order":2,"lines":[]},{"order":3,"lines":["c"]}]'],
    [
      step("yield_map", function* ({ order, lines }: { order: number; lines: string[] }) {
        for (const line of lines) yield { order, line };
      }),
      step("yield_map", (record: object) => [record, { ...record, copy: true }]),
      filter("copy OR line = 'b'"),
    ],
  );
  expect(rows).toEqual([
    [1n, "a", true],
    [1n, "b", null],
    [1n, "b", true],
    [3n, "c", true],
  ]);
});

test("asynchronous functions keep the order of the records, and few run at once", async () => {
  let running = 0;
  let most = 0;
  const rows = await load(
    [JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id })))],
    [
      step("map", async (record: Order) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, record.id % 3));
        running -= 1;
        return { id: record.id };
      }),
    ],
  );
  expect(rows.map(([id]) => Number(id))).toEqual(Array.from({ length: 100 }, (_, id) => id));
  expect(most).toBe(16);
});

test("an error names the record and the page, behind other steps too, and the place in the module", async () => {
  const pages = ['[{"id":1,"k":1},{"id":2,"k":0}]', '[{"id":3,"k":0},{"id":4,"k":1}]'];
  const location = { file: "custom_sources/clean.ts", line: 4, column: 9 };
  const call = (record: { id: number }): unknown => {
    if (record.id === 4)
      throw new UserCodeError("custom_sources.clean:normalise threw TypeError: no", "run", { location });
    return Promise.resolve(record);
  };
  expect(await failure(pages, [filter("k = 1"), step("map", call)])).toEqual({
    type: "response",
    code: "DANGO_SOURCE_MODULE",
    message: "orders: record 2 of page 2: custom_sources.clean:normalise threw TypeError: no",
    location,
  });
});

test.each<[StepFunctionRole, unknown, string]>([
  ["map", undefined, "gave undefined instead of the record, or null to leave it out"],
  ["map", [{}], "gave a list instead of the record, or null to leave it out"],
  ["filter", undefined, "gave undefined instead of true or false"],
  ["yield_map", { id: 1 }, "gave object instead of a list of records, or what a generator function makes"],
  ["yield_map", [1], "gave number instead of records, each an object"],
])("a %s function that gives %j is told what to give", async (role, result, message) => {
  expect(await failure(['[{"id":1}]'], [step(role, () => result)])).toMatchObject({
    type: "data",
    message: `orders: record 1 of page 1: custom_sources.clean:normalise ${message}`,
  });
});

test("a record that a function drops moves the cursor (I5)", async () => {
  await using project = await createMemoryProject();
  const resource = {
    name: "orders",
    options: { incremental: incrementalBy("n") },
    steps: [step("map", (record: Order) => (record.n === 7 ? null : record))],
  };
  loadedResource(await project.sync([{ ...resource, pages: ['[{"n":5},{"n":7}]'] }]), "orders");
  loadedResource(await project.sync([{ ...resource, pages: ['[{"n":6},{"n":8}]'] }]), "orders");
  expect(await project.rows("SELECT n FROM raw_shop.orders ORDER BY n")).toEqual([[5n], [8n]]);
});
