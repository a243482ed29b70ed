import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { DangoError, InterruptedError } from "../../../src/shared/errors.js";
import { sendJson, serve, type ServeHandler, type TestServer } from "../../support/serve.js";
import { makeModuleProject, type ModuleProject, type ReadOptions } from "./module-project.js";

let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function startServer(handler: ServeHandler): Promise<TestServer> {
  server = await serve(handler);
  return server;
}

/** A module with one resource, `things`; `body` is its generator's. */
function moduleWith(body: string, { options = "", setup = "" } = {}): string {
  return `import { config, defineSource, HttpStatusError, isDangoError, paginators, resource, RestClient, secret } from "dango";
void [config, HttpStatusError, isDangoError, paginators, RestClient, secret];
export const my_source = defineSource({ base_url: config("http://127.0.0.1:9"), token: secret() }, ({ base_url, token }) => {
  ${setup === "" ? "const api = new RestClient({ baseUrl: base_url, auth: { type: 'bearer', token } });" : setup}
  return resource({ name: "things", ${options} }, async function* ({ incremental, state, signal, logger }) {
    void [incremental, state, signal, logger, api];
${body}
  });
});
`;
}

async function project(
  body: string,
  options: { options?: string; setup?: string } = {},
): Promise<ModuleProject> {
  return makeModuleProject({
    files: { "custom_sources/my_api.ts": moduleWith(body, options) },
    values: { token: "secret-token", ...(server === undefined ? {} : { base_url: server.url }) },
  });
}

/** What reading `things` fails with, as one object; fails itself when reading does not. */
async function failureOf(body: string, read: ReadOptions = {}): Promise<Record<string, unknown>> {
  await using made = await project(body);
  try {
    await made.read("things", read);
  } catch (error) {
    if (!(error instanceof DangoError)) throw error;
    const { message, hint, location, exitCode } = error;
    return { message, hint, location, exitCode };
  }
  throw new Error("it was read");
}

describe("what a resource yields", () => {
  it("is loaded in order, lists and single objects alike", async () => {
    await using made = await project(`
      yield { id: 1 };
      yield [{ id: 2 }, { id: 3 }];
      yield null;
      yield [];
      yield { id: 4 };`);
    expect((await made.read("things")).rows).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }]);
  });

  it("may hold bigints, dates, bytes and undefined members (contract §2.2)", async () => {
    await using made = await project(`
      yield { big: 123456789012345678901234567890n, at: new Date(0), bytes: new Uint8Array([1, 2]), none: undefined };`);
    expect((await made.read("things")).rows).toEqual([
      { big: 123456789012345678901234567890n, at: "1970-01-01T00:00:00.000Z", bytes: "AQI=" },
    ]);
  });

  it("may come from a plain generator, a list, or a promise of one", async () => {
    await using made = await makeModuleProject({
      files: {
        "custom_sources/my_api.ts": `import { defineSource, resource } from "dango";
export const my_source = defineSource({}, () => [
  resource({ name: "generator" }, function* () { yield { id: 1 }; yield Promise.resolve([{ id: 2 }]); }),
  resource({ name: "list" }, () => [{ id: 3 }]),
  resource({ name: "promise" }, async () => [{ id: 4 }]),
  resource({ name: "set" }, () => new Set([{ id: 5 }])),
]);
`,
      },
    });
    const read = async (name: string): Promise<readonly unknown[]> => (await made.read(name)).rows;
    expect(await read("generator")).toEqual([{ id: 1 }, { id: 2 }]);
    expect(await read("list")).toEqual([{ id: 3 }]);
    expect(await read("promise")).toEqual([{ id: 4 }]);
    expect(await read("set")).toEqual([{ id: 5 }]);
  });

  it("is kept whole when there are more single records than fit one batch", async () => {
    await using made = await project("for (let id = 0; id < 2500; id++) yield { id };");
    const { rows } = await made.read("things");
    expect(rows).toHaveLength(2500);
    expect(rows[2499]).toEqual({ id: 2499 });
  });

  it("is an error when it is undefined, with a word on field names", async () => {
    expect(await failureOf("const body: any = {}; yield body.data;")).toEqual({
      message: "Not a record: things yielded undefined",
      hint: "A field that is read from a response may not be there; check its name. To yield nothing, yield [].",
      location: { file: "custom_sources/my_api.ts", line: 5 },
      exitCode: 1,
    });
  });

  it("is an error when it is a generator, with a word on yield*", async () => {
    expect(await failureOf('yield api.paginate("/things");')).toMatchObject({
      message: 'The resource "things" yielded a generator instead of its records',
      hint: "Write yield* to yield what it yields.",
    });
  });

  it("lets a generator clean up when what it yielded is refused", async () => {
    await using made = await project("try { yield undefined; } finally { state.cleaned = true; }");
    const state: Record<string, unknown> = {};
    await expect(made.read("things", { state })).rejects.toThrow("Not a record");
    expect(state).toEqual({ cleaned: true });
  });

  it("is an error when a generator returns it instead", async () => {
    expect(await failureOf("return [{ id: 1 }];")).toMatchObject({
      message: 'The generator of the resource "things" returned a list',
      hint: "Only what is yielded is loaded; write yield instead of return.",
    });
  });
});

describe("errors of a running module", () => {
  it("have the file and line of the TypeScript", async () => {
    expect(await failureOf("\n\n    const nothing: any = undefined;\n    yield nothing.foo.bar;")).toEqual({
      message: `The resource "things" threw TypeError: Cannot read properties of undefined (reading 'foo')`,
      hint: undefined,
      location: { file: "custom_sources/my_api.ts", line: 10 },
      exitCode: 1,
    });
  });

  it("have no secrets in them (S2)", async () => {
    const failure = await failureOf('throw new Error("not with " + "secret-token");');
    expect(failure["message"]).toBe('The resource "things" threw Error: not with ***');
  });

  it("keep their own exit code when they come from the API", async () => {
    await startServer((_, response) => {
      sendJson(response, { error: "no" }, 401);
    });
    expect(await failureOf('yield await api.get("/things");')).toMatchObject({ exitCode: 6 });
  });

  it("can be caught by their status: a 404 is skipped", async () => {
    await startServer((request, response) => {
      sendJson(response, { id: 1 }, request.url === "/a" ? 200 : 404);
    });
    await using made = await project(`
      for (const path of ["/gone", "/a"]) {
        try {
          yield await api.get(path);
        } catch (error) {
          if (error instanceof HttpStatusError && isDangoError(error) && error.status === 404) continue;
          throw error;
        }
      }`);
    expect((await made.read("things")).rows).toEqual([{ id: 1 }]);
  });
});

describe("the context of a resource", () => {
  /** Stops the run when its generator has set `state.waits`. */
  const stopOnceItWaits = async (state: Record<string, unknown>, controller: AbortController) => {
    await vi
      .waitUntil(() => state["waits"], { timeout: 20_000 })
      .finally(() => {
        controller.abort(new InterruptedError("stopped", 130));
      });
  };

  it("hands the incremental bounds through", async () => {
    await using made = await project("yield incremental;", {
      options: 'primaryKey: "id", incremental: { cursorPath: "at", initialValue: "2024-01-01" }',
    });
    const bounds = {
      startValue: "2024-02-02",
      lastValue: "2024-02-02",
      initialValue: "2024-01-01",
      endValue: null,
    };
    expect((await made.read("things", { incremental: bounds })).rows).toEqual([bounds]);
  });

  it("has a state whose changes are seen", async () => {
    await using made = await project(
      "yield { before: state.runs }; state.runs = (state.runs as number) + 1;",
    );
    const { rows, state } = await made.read("things", { state: { runs: 1 } });
    expect(rows).toEqual([{ before: 1 }]);
    expect(state).toEqual({ runs: 2 });
  });

  it("has a logger that writes to the run's events, without secrets (S2)", async () => {
    await using made = await project('logger.info("hello"); logger.warn("token is secret-token"); yield [];');
    const { events } = await made.read("things");
    const notice = { event: "notice", source: "my_custom_api", resource: "things" };
    expect(events.filter(({ event }) => event === "notice")).toEqual([
      { ...notice, level: "info", message: "hello" },
      { ...notice, level: "warning", message: "token is ***" },
    ]);
  });

  it("ends a generator that waits for something of its own as soon as the run is stopped", async () => {
    await using made = await project(
      "yield { id: 1 }; state.waits = true; await new Promise(() => undefined);",
    );
    const controller = new AbortController();
    const state: Record<string, unknown> = {};
    const reading = made.read("things", { signal: controller.signal, state });
    void stopOnceItWaits(state, controller);
    await expect(reading).rejects.toThrow(new InterruptedError("stopped", 130));
  });

  it("gives no more requests to a generator that goes on after the run was stopped", async () => {
    const { requests } = await startServer((_, response) => {
      sendJson(response, {});
    });
    await using made = await project(`
      yield { id: 1 };
      state.waits = true;
      while (!state.goOn) await new Promise(setImmediate);
      try { await api.get("/late"); } finally { state.ended = true; }`);
    const controller = new AbortController();
    const state: Record<string, unknown> = {};
    const reading = made.read("things", { signal: controller.signal, state });
    void stopOnceItWaits(state, controller);
    await expect(reading).rejects.toThrow("stopped");
    state["goOn"] = true;
    await expect.poll(() => state["ended"], { timeout: 20_000 }).toBe(true);
    expect(requests).toEqual([]);
  });

  it("stops a request that is under way when the run is stopped", async () => {
    const controller = new AbortController();
    await startServer(() => {
      controller.abort(new InterruptedError("stopped", 130));
    });
    await using made = await project('yield await api.get("/slow");');
    await expect(made.read("things", { signal: controller.signal })).rejects.toThrow("stopped");
  });
});

describe("a limit", () => {
  it("ends a generator in its own cleanup", async () => {
    await using made = await project(`
      try { for (let id = 0; ; id++) yield [{ id }]; } finally { state.cleaned = true; }`);
    const { rows, state } = await made.read("things", { limit: 3 });
    expect(rows).toEqual([{ id: 0 }, { id: 1 }, { id: 2 }]);
    expect(state).toEqual({ cleaned: true });
  });

  it("costs no request too many, whether records are yielded as pages or one by one", async () => {
    const { requests } = await startServer((request, response) => {
      const page = Number(new URL(request.url, "http://x").searchParams.get("page"));
      sendJson(response, { data: [{ id: page * 2 }, { id: page * 2 + 1 }] });
    });
    await using pages = await project(
      'yield* api.paginate("/things", { paginator: paginators.pageNumber() });',
    );
    expect((await pages.read("things", { limit: 3 })).rows).toEqual([{ id: 2 }, { id: 3 }, { id: 4 }]);
    expect(requests.map(({ url }) => url)).toEqual(["/things?page=1", "/things?page=2"]);
    await using singles = await project(`
      for (let page = 1; ; page++) {
        const body = await api.get<any>("/singles", { params: { page } });
        for (const item of body.data) yield item;
      }`);
    expect((await singles.read("things", { limit: 3 })).rows).toEqual([{ id: 2 }, { id: 3 }, { id: 4 }]);
    expect(requests.slice(2).map(({ url }) => url)).toEqual(["/singles?page=1", "/singles?page=2"]);
  });
});

describe("a module without a build step", () => {
  it("is kept transpiled in the project's own cache", async () => {
    await using made = await project("yield { id: 1 };");
    await made.read("things");
    expect(await readdir(join(made.root, ".dango/cache/modules"))).toHaveLength(1);
    await expect(access(join(made.root, "node_modules"))).rejects.toThrow("ENOENT");
  });

  it("may use enums, parameter properties, JSON and top-level await", async () => {
    await using made = await makeModuleProject({
      files: {
        "custom_sources/my_api.ts": `import { defineSource, resource } from "dango";
import numbers from "./numbers.json";
enum Color { Red = "red" }
class Box { constructor(readonly color: Color) {} }
const later = await Promise.resolve(numbers.one);
export const my_source = defineSource({}, () => resource({ name: "things" }, () => [{ ...new Box(Color.Red), later }]));
`,
        "custom_sources/numbers.json": '{"one": 1}',
      },
    });
    expect((await made.read("things")).rows).toEqual([{ color: "red", later: 1 }]);
  });

  it("gives its resources the dispositions of the contract (§2.1)", async () => {
    await using made = await makeModuleProject({
      files: {
        "custom_sources/my_api.ts": `import { defineSource, resource } from "dango";
const none = () => [];
export const my_source = defineSource({}, () => [
  resource({ name: "a", primaryKey: ["x", "y"], tableName: "t", columns: { Some_Name: { dataType: "text" } } }, none),
  resource({ name: "b", incremental: { cursorPath: "at", initialValue: 5, rangeStart: "open" } }, none),
  resource({ name: "c", maxTableNesting: 2, allowEmpty: true, onNullKey: "skip" }, none),
  resource({ name: "d", writeDisposition: { disposition: "append" } }, none),
  resource({ name: "e", selected: false }, none),
]);
`,
      },
    });
    const source = await made.load();
    const options = source.resources.map((resource) => ({ ...resource.options, location: undefined }));
    const plain = {
      location: undefined,
      primaryKey: [],
      mergeKey: [],
      columns: {},
      allowEmpty: false,
      onNullKey: "error",
    };
    expect(options).toEqual([
      {
        ...plain,
        name: "a",
        tableName: "t",
        isTableNamed: true,
        writeDisposition: { kind: "merge", strategy: "delete-insert" },
        primaryKey: ["x", "y"],
        columns: { Some_Name: { dataType: "text" } },
      },
      {
        ...plain,
        name: "b",
        tableName: "b",
        writeDisposition: { kind: "append" },
        incremental: {
          cursorPath: "at",
          initialValue: 5,
          lastValueFunc: "max",
          rangeStart: "open",
          rangeEnd: "open",
          onCursorValueMissing: "raise",
        },
      },
      {
        ...plain,
        name: "c",
        tableName: "c",
        writeDisposition: { kind: "replace" },
        maxTableNesting: 2,
        allowEmpty: true,
        onNullKey: "skip",
      },
      { ...plain, name: "d", tableName: "d", writeDisposition: { kind: "append" } },
    ]);
    await source.close();
  });
});
