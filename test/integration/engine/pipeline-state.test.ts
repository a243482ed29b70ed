import { describe, expect, test } from "vitest";
import { applyState, planState, type StateEdit } from "../../../src/engine/pipelines/change-state.js";
import {
  createMemoryProject,
  incrementalBy,
  type MemoryProject,
  type MemoryResource,
} from "../../support/memory-sync.js";

const byTime = { incremental: incrementalBy("at") };

function orders(...times: string[]): MemoryResource {
  return { name: "orders", pages: [times.map((at) => ({ at }))], options: byTime };
}
const events = (...ids: number[]): MemoryResource => ({
  name: "events",
  pages: [ids.map((id) => ({ id }))],
  options: { incremental: incrementalBy("id") },
});

/** Plans and writes a change; the differences, and the version of the state after it. */
async function edit(project: MemoryProject, change: StateEdit, declared = [orders(), events()]) {
  const { parts, config } = project.pipeline(declared);
  const planned = await planState(parts, config, change);
  const { differences, appended } = planned;
  const told = differences.map(({ resource, member, before, after }) => [resource, member, before, after]);
  return { told, appended, version: await applyState(parts, config, planned) };
}

const set = (resource: string, text: string, cursorPath?: string): StateEdit => ({
  kind: "set",
  resource,
  cursorPath,
  text,
});

describe("setting a cursor", () => {
  test("is where the next sync begins, and is kept beside the state of other resources", async () => {
    await using project = await createMemoryProject();
    await project.sync([orders("2024-01-01", "2024-01-05"), events(7)]);
    expect(await edit(project, set("orders", "2024-01-03"))).toEqual({
      told: [["orders", "at", "2024-01-05", "2024-01-03"]],
      appended: ["orders"],
      version: 2,
    });
    await project.sync([orders("2024-01-02", "2024-01-04"), events(7, 8)]);
    expect(await project.rows('SELECT CAST("at" AS VARCHAR) FROM raw_shop.orders ORDER BY "at"')).toEqual(
      ["2024-01-01", "2024-01-04", "2024-01-05"].map((at) => [at]),
    );
    expect(await project.rows("SELECT id FROM raw_shop.events ORDER BY id")).toEqual([[7n], [8n]]);
  });

  test("keeps all digits, and text where the API sends text", async () => {
    await using project = await createMemoryProject();
    await project.sync([events(7), { ...orders(), pages: [[{ at: "12" }]] }]);
    expect((await edit(project, set("events", "9007199254740993"))).told).toEqual([
      ["events", "id", 7, 9_007_199_254_740_993n],
    ]);
    expect((await edit(project, set("orders", "15"))).told).toEqual([["orders", "at", "12", "15"]]);
  });

  test("works before the first record came, by the path that is declared", async () => {
    await using project = await createMemoryProject();
    await project.sync([events(1)]);
    expect((await edit(project, set("orders", "2024-01-03"))).told).toEqual([
      ["orders", "at", null, "2024-01-03"],
    ]);
  });

  test.each([
    [
      set("events", "soon"),
      '"soon" is text, but the cursor events.id is a number (7)',
      "spell the value as the API does; to change the kind, `state NAME reset RESOURCE` first",
    ],
    [
      set("event", "8"),
      'There is no resource "event" in the pipeline shop',
      'Did you mean "events"? Known resources: orders, events, plain',
    ],
    [set("events", "8", "ids"), '"events" has no cursor "ids"', 'Did you mean "id"? Known cursors: id'],
    [
      set("plain", "8"),
      '"plain" is not incremental: it has no cursor to set',
      "declare `incremental` with its `cursor_path` first",
    ],
    [set("events", " "), "the value for events.id is empty", undefined],
  ])("is refused (exit 2): %j", async (change, message, hint) => {
    await using project = await createMemoryProject();
    await project.sync([events(7)]);
    await expect(
      edit(project, change, [orders(), events(), { name: "plain", pages: [] }]),
    ).rejects.toMatchObject({ message, hint, exitCode: 2 });
  });

  test("to a secret is refused, for state is stored as it is (S2)", async () => {
    await using project = await createMemoryProject();
    await project.sync([{ ...orders(), pages: [[{ at: "token-a" }]] }]);
    project.pipeline([]).parts.project.redactor.add("token-secret");
    await expect(edit(project, set("orders", "token-secret"))).rejects.toMatchObject({
      message: "the value for orders.at is a secret of this project: it would be stored",
      exitCode: 2,
    });
  });
});

describe("resetting", () => {
  test("one resource makes it begin anew, and leaves the others", async () => {
    await using project = await createMemoryProject();
    await project.sync([orders("2024-01-05"), events(7)]);
    expect((await edit(project, { kind: "reset", resources: ["events"] })).told).toEqual([
      ["events", "id", 7, null],
    ]);
    const report = await project.sync([orders("2024-01-04"), events(3)]);
    expect(report.resources.map(({ tables }) => tables[0]?.inserted)).toEqual([0, 1]);
  });

  test("without a name forgets all", async () => {
    await using project = await createMemoryProject();
    await project.sync([orders("2024-01-05"), events(7)]);
    expect((await edit(project, { kind: "reset", resources: [] })).told).toEqual([
      ["orders", "at", "2024-01-05", null],
      ["events", "id", 7, null],
    ]);
  });
});

describe("rewinding", () => {
  async function threeSyncs(project: MemoryProject): Promise<void> {
    for (const id of [1, 2, 3]) await project.sync([orders(`2024-01-0${String(id)}`), events(id)]);
  }

  test.each([
    [undefined, 2],
    ["1", 1],
    ["2", 2],
  ])("to %s gives the state that was", async (to, expected) => {
    await using project = await createMemoryProject();
    await threeSyncs(project);
    expect(await edit(project, { kind: "rewind", resources: [], to })).toEqual({
      told: [
        ["orders", "at", "2024-01-03", `2024-01-0${String(expected)}`],
        ["events", "id", 3, expected],
      ],
      appended: ["orders", "events"],
      version: 4,
    });
  });

  test("takes a load id or a time, and only the resources that are named", async () => {
    await using project = await createMemoryProject();
    await threeSyncs(project);
    const [[loadId = "", time = ""] = []] = (await project.rows(
      "SELECT load_id, CAST(inserted_at AS VARCHAR) FROM raw_shop._dlt_loads ORDER BY load_id LIMIT 1",
    )) as string[][];
    for (const to of [loadId, time, time.replace("+00", "")]) {
      const { parts, config } = project.pipeline([]);
      const planned = await planState(parts, config, { kind: "rewind", resources: ["events"], to });
      expect(planned.differences).toMatchObject([{ resource: "events", before: 3, after: 1 }]);
    }
  });

  test("to what never was is refused with what there is (exit 2)", async () => {
    await using project = await createMemoryProject();
    await project.sync([events(1)]);
    const rewind: StateEdit = { kind: "rewind", resources: [], to: "1999-01-01" };
    await expect(edit(project, rewind)).rejects.toMatchObject({
      message: 'the pipeline shop has no state of a version, load or moment "1999-01-01"',
      hint: expect.stringMatching(
        /^its states, newest first: version 1 \(load \d+\.\d+, 20.*\+00\)$/,
      ) as string,
      exitCode: 2,
    });
    await expect(edit(project, { ...rewind, to: undefined })).rejects.toMatchObject({
      message: "the pipeline shop has no state before the present one",
    });
  });
});

describe("importing", () => {
  const importing = (document: unknown): StateEdit => ({
    kind: "import",
    text: typeof document === "string" ? document : JSON.stringify(document),
    file: "state.json",
  });

  test("replaces the whole state, exactly", async () => {
    await using project = await createMemoryProject();
    await project.sync([events(7)]);
    const text =
      '{"name":"shop","resources":{"orders":{"incremental":{"at":{"initial_value":null,"last_value":9007199254740993}},"page":{"token":"x"}}}}';
    expect((await edit(project, importing(text))).told).toEqual([
      ["events", "id", 7, null],
      ["orders", "at", null, 9_007_199_254_740_993n],
      ["orders", "page", null, { token: "x" }],
    ]);
    const { parts, config } = project.pipeline([]);
    expect((await planState(parts, config, importing(text))).differences).toEqual([]);
  });

  test.each([
    ["[]", "state.json is no exported state: is not a JSON object"],
    [{ name: "shop" }, 'state.json is no exported state: has no object "resources"'],
    [{ name: "other", resources: {} }, 'state.json holds the state of "other", not of "shop"'],
    [
      { name: "shop", resources: { orders: 1 } },
      "state.json is no exported state: resources.orders is not an object",
    ],
    [
      { name: "shop", resources: { orders: { incremental: { at: { last_value: true } } } } },
      "state.json is no exported state: resources.orders.incremental.at.last_value is neither text nor a number",
    ],
  ])("refuses what is none (exit 2): %j", async (document, message) => {
    await using project = await createMemoryProject();
    await expect(edit(project, importing(document))).rejects.toMatchObject({ message, exitCode: 2 });
  });
});

test.each<[string, unknown, string]>([
  ["a member", { page: "token-secret" }, "the value for orders.page is"],
  [
    "a list deep in a member",
    { page: { seen: [{ next: "/x?key=token-secret" }] } },
    "the value for orders.page is",
  ],
  ["a key deep in a member", { page: { "token-secret": 1 } }, "the value for orders.page is"],
  ["a member's name", { "token-secret": 1 }, "a member of orders is called by"],
])("an imported state with a secret in %s is refused (S2)", async (_, orders, message) => {
  await using project = await createMemoryProject();
  project.pipeline([]).parts.project.redactor.add("token-secret");
  const text = JSON.stringify({ name: "shop", resources: { orders } });
  await expect(edit(project, { kind: "import", text, file: "state.json" })).rejects.toMatchObject({
    message: `${message} a secret of this project: it would be stored`,
    exitCode: 2,
  });
});

test.each(["initial_value", "last_value"])("an imported %s that is a secret is refused (S2)", async (key) => {
  await using project = await createMemoryProject();
  project.pipeline([]).parts.project.redactor.add("token-secret");
  const text = JSON.stringify({
    name: "shop",
    resources: { orders: { incremental: { at: { [key]: "token-secret" } } } },
  });
  await expect(edit(project, { kind: "import", text, file: "state.json" })).rejects.toMatchObject({
    message: "the value for orders.at is a secret of this project: it would be stored",
    exitCode: 2,
  });
});

test("a state that was planned before another sync committed is not written (exit 4)", async () => {
  await using project = await createMemoryProject();
  await project.sync([events(7)]);
  const { parts, config } = project.pipeline([events()]);
  const planned = await planState(parts, config, { kind: "reset", resources: [] });
  await project.sync([events(8)]);
  await expect(applyState(parts, config, planned)).rejects.toMatchObject({ exitCode: 4 });
  expect((await planState(parts, config, set("events", "9"))).differences).toMatchObject([{ before: 8 }]);
});
