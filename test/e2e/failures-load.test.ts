import { spawn } from "node:child_process";
import { on, once } from "node:events";
import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { narrate } from "../support/narrate.js";
import { makeProject, type TestProject } from "../support/project.js";
import { sendJson, serve, type TestServer } from "../support/serve.js";

let api: TestServer | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

/** What the server answers, by path: a body, or a status. May be changed between runs. */
type Answers = Record<string, unknown>;

async function projectOf(answers: Answers, resources: string): Promise<TestProject> {
  api = await serve((request, response) => {
    const answer = answers[new URL(request.url, "http://x").pathname];
    if (typeof answer === "number") sendJson(response, { message: "refused" }, answer);
    else sendJson(response, answer);
  });
  return makeProject({
    ".dango/sources.yml": `sources:
  - name: my_api
    type: rest_api
    rest_api:
      base_url: ${api.url}
      retry: {attempts: 1}
      concurrency: 1
      resources:
${resources.replace(/^/gm, "        ")}
`,
  });
}

async function sync(project: TestProject, args: readonly string[] = []): Promise<string> {
  return narrate(project, await project.dango(["sync", ...args]));
}

describe("some resources fail", () => {
  const RESOURCES = `- {name: users, endpoint: /users}
- name: orders
  endpoint: /orders
  primary_key: id
  incremental: {cursor_path: updated_at, initial_value: "2024-01-01"}`;

  it("exit 3: the others are committed, and tables and state of the failed one stay as they were", async () => {
    const answers: Answers = {
      "/users": [{ id: 1 }],
      "/orders": [{ id: 10, updated_at: "2024-02-01" }],
    };
    await using project = await projectOf(answers, RESOURCES);
    expect((await project.dango(["sync"])).exitCode).toBe(0);
    const orders = await project.query("SELECT * FROM raw_my_api.orders");
    const cursor = await showCursor(project);
    answers["/users"] = [{ id: 1 }, { id: 2 }];
    answers["/orders"] = 403;

    expect(await sync(project)).toMatchInlineSnapshot(`
      "exit 3
      --- stdout
      my_api → raw_my_api (load <load id>)
        resource  table  fetched  inserted  updated  deleted  unchanged  discarded
        users     users        2         2        0        1          0          0
        users: replace, auto: single_page, 1 request, 19 B, <seconds>
        orders: failed, nothing of it was changed, 1 request, 0 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: auto chose single_page: the first page shows no sign of another
      my_api.users: read 2 rows
      my_api.orders: failed
      my_api: loading
      my_api: committed load <load id>
      error: my_api.orders: GET http://<host>/orders answered 403 Forbidden: {"message":"refused"}
        hint: The credentials lack the permission for this; grant it, or leave the resource out.
      Failed: 1 of 2 resources, the others are committed (exit 3)
      log: <log file>"
    `);

    expect(await project.query("SELECT id FROM raw_my_api.users ORDER BY id")).toEqual([
      { id: "1" },
      { id: "2" },
    ]);
    expect(await project.query("SELECT * FROM raw_my_api.orders")).toEqual(orders);
    expect(await showCursor(project)).toEqual(cursor);
    expect(cursor).toBe("2024-02-01");
    expect(await readdir(join(project.root, ".dlt/pipelines/my_api"))).toEqual(["traces"]);
  });

  it("exit 3 as well when a whole source fails and another is committed (004-26)", async () => {
    await using project = await projectOf({ "/users": [{ id: 1 }] }, "- users");
    await project.write(
      ".dango/sources.yml",
      `sources:
  - {name: good, type: rest_api, rest_api: {base_url: "${api?.url ?? ""}", resources: [users]}}
  - {name: bad, type: rest_api, rest_api: {base_url: "http://127.0.0.1:9", retry: {attempts: 1}, resources: [users]}}
`,
    );
    expect(await sync(project)).toMatchInlineSnapshot(`
      "exit 3
      --- stdout
      good → raw_good (load <load id>)
        resource  table  fetched  inserted  updated  deleted  unchanged  discarded
        users     users        1         1        0        0          0          0
        users: replace, auto: single_page, 1 request, 10 B, <seconds>
        schema: users: new table

      bad → raw_bad (nothing committed)
        users: failed, nothing of it was changed, 1 request, 0 B, <seconds>
      --- stderr
      good: reading into raw_good
      good.users: auto chose single_page: the first page shows no sign of another
      good.users: read 1 row
      good: loading
      good: committed load <load id>
      bad: reading into raw_bad
      bad.users: failed
      error: bad.users: GET http://<host>/users failed: <host> refused the connection
        hint: Check host and port of base_url, and that the server is running.
      Failed: 1 of 2 resources, the others are committed (exit 3)
      log: <log file>"
    `);
  });

  it("the code that all failures share when nothing is committed, 1 when they differ (R8)", async () => {
    const answers: Answers = { "/users": 401, "/orders": 403 };
    await using project = await projectOf(answers, RESOURCES);
    expect((await project.dango(["sync"])).exitCode).toBe(6);
    answers["/orders"] = 500;
    expect(await sync(project)).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 1 request, 0 B, <seconds>
        orders: failed, nothing of it was changed, 1 request, 0 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: failed
      my_api.orders: failed
      error: my_api.users: GET http://<host>/users answered 401 Unauthorized: {"message":"refused"}
        hint: The request carried no credentials; add auth, or an Authorization header.
      error: my_api.orders: GET http://<host>/orders answered 500 Internal Server Error: {"message":"refused"}
        hint: The API is failing; sync again later.
      Failed: 2 of 2 resources, nothing was committed (exit 1)
      log: <log file>"
    `);
    await expect(project.query("SELECT 1")).rejects.toThrow("does not exist");
  });
});

describe("an interruption", () => {
  it("keeps what was committed before it, and says so in the last line (R6)", async () => {
    await using project = await projectOf({ "/users": [{ id: 1 }] }, "- users");
    const hanging = await serve(() => new Promise(() => undefined));
    await project.write(
      ".dango/sources.yml",
      `sources:
  - {name: good, type: rest_api, rest_api: {base_url: "${api?.url ?? ""}", resources: [users]}}
  - {name: slow, type: rest_api, rest_api: {base_url: "${hanging.url}", resources: [users]}}
  - {name: later, type: rest_api, rest_api: {base_url: "${api?.url ?? ""}", resources: [users]}}
`,
    );
    const run = project.start(["sync"]);
    while (hanging.requests.length === 0) await delay(20);
    run.kill("SIGINT");
    const ended = await run;
    await hanging.close();
    expect(narrate(project, ended)).toMatchInlineSnapshot(`
      "exit 130
      --- stdout
      good → raw_good (load <load id>)
        resource  table  fetched  inserted  updated  deleted  unchanged  discarded
        users     users        1         1        0        0          0          0
        users: replace, auto: single_page, 1 request, 10 B, <seconds>
        schema: users: new table

      slow → raw_slow (nothing committed)
      --- stderr
      good: reading into raw_good
      good.users: auto chose single_page: the first page shows no sign of another
      good.users: read 1 row
      good: loading
      good: committed load <load id>
      slow: reading into raw_slow
      error: interrupted by SIGINT
        hint: nothing more was committed; it is safe to run the same command again
      Interrupted, not all is committed (exit 130)
      committed: good; log: <log file>"
    `);
    expect(await project.query("SELECT id FROM raw_good.users")).toEqual([{ id: "1" }]);
    expect(api?.requests.length).toBe(1);
  });
});

describe("a replace by zero rows (M3)", () => {
  it("is refused with exit 5, until --allow-empty-replace or allow_empty permits it", async () => {
    const answers: Answers = { "/users": [{ id: 1 }, { id: 2 }] };
    await using project = await projectOf(answers, "- {name: users, endpoint: /users}");
    expect((await project.dango(["sync"])).exitCode).toBe(0);
    answers["/users"] = [];

    expect(await sync(project)).toMatchInlineSnapshot(`
      "exit 5
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 1 request, 2 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: auto chose single_page: the first page shows no sign of another
      my_api.users: read 0 rows
      my_api: loading
      error: my_api.users: no record is left to replace the 2 rows of raw_my_api.users; nothing was changed
        hint: if the API is empty on purpose, run with --allow-empty-replace or set allow_empty: true on the resource
      Failed: 1 of 1 resource, nothing was committed (exit 5)
      log: <log file>"
    `);
    expect(await project.query("SELECT count(*) AS n FROM raw_my_api.users")).toEqual([{ n: "2" }]);

    expect(await sync(project, ["--allow-empty-replace"])).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      my_api → raw_my_api (load <load id>)
        resource  table  fetched  inserted  updated  deleted  unchanged  discarded
        users     users        0         0        0        2          0          0
        users: replace, auto: single_page, 1 request, 2 B, <seconds>

      Done: 1 resource, 0 records fetched in <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: auto chose single_page: the first page shows no sign of another
      my_api.users: read 0 rows
      my_api: loading
      my_api: committed load <load id>"
    `);
    expect(await project.query("SELECT count(*) AS n FROM raw_my_api.users")).toEqual([{ n: "0" }]);
  });

  it("is done where the resource has allow_empty", async () => {
    const answers: Answers = { "/users": [{ id: 1 }] };
    await using project = await projectOf(answers, "- {name: users, endpoint: /users, allow_empty: true}");
    await project.dango(["sync"]);
    answers["/users"] = [];
    expect((await project.dango(["sync"])).exitCode).toBe(0);
    expect(await project.query("SELECT count(*) AS n FROM raw_my_api.users")).toEqual([{ n: "0" }]);
  });
});

describe("values that break a rule: exit 1, and nothing of the resource is changed", () => {
  it("a null in the primary key, with the record that has it (M1)", async () => {
    await using project = await projectOf(
      { "/users": [{ id: 1 }, { id: null }, { id: 3 }] },
      "- {name: users, endpoint: /users, primary_key: id}",
    );
    expect(await sync(project)).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 1 request, 31 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: auto chose single_page: the first page shows no sign of another
      my_api.users: read 3 rows
      my_api: loading
      error: my_api.users: the primary key id is missing or null in 1 of 3 records, first in record 2 of page 1 (keys present: none that is not null)
        hint: correct primary_key, or set on_null_key: skip (leave such records out) or append (load them without a key)
      Failed: 1 of 1 resource, nothing was committed (exit 1)
      log: <log file>"
    `);
  });

  it("a primary key that no record has, with the keys that they have", async () => {
    await using project = await projectOf(
      { "/users": [{ user_id: 1, name: "Ann" }] },
      "- {name: users, endpoint: /users, primary_key: id}",
    );
    expect(await sync(project)).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 1 request, 28 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: auto chose single_page: the first page shows no sign of another
      my_api.users: read 1 row
      my_api: loading
      error: my_api.users: the primary key id is missing or null in 1 of 1 records, first in record 1 of page 1 (keys present: user_id, name)
        hint: correct primary_key, or set on_null_key: skip (leave such records out) or append (load them without a key)
      Failed: 1 of 1 resource, nothing was committed (exit 1)
      log: <log file>"
    `);
  });

  it("a cursor field that no record has, with the keys that they have (D1 of the mission)", async () => {
    await using project = await projectOf(
      { "/contacts": [{ id: 1, email: "a@b.c", updated_at: "2024-01-01T00:00:00Z" }] },
      `- name: contacts
  endpoint: /contacts
  primary_key: id
  incremental: {cursor_path: updatedAt, initial_value: "2023-01-01T00:00:00Z"}`,
    );
    expect(await sync(project)).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      my_api → raw_my_api (nothing committed)
        contacts: failed, nothing of it was changed, 1 request, 62 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.contacts: auto chose single_page: the first page shows no sign of another
      my_api.contacts: read 1 row
      my_api: loading
      error: my_api.contacts: the cursor updatedAt is missing or null in 1 of 1 records, first in record 1 of page 1 (keys present: id, email, updated_at)
        hint: correct cursor_path, or set on_cursor_value_missing: include (load such records) or exclude (leave them out)
      Failed: 1 of 1 resource, nothing was committed (exit 1)
      log: <log file>"
    `);
  });

  it("an initial value that does not compare with the cursor's values (D2 of the mission, I1)", async () => {
    await using project = await projectOf(
      { "/contacts": [{ id: 1, updated_at: "2024-01-01T00:00:00Z" }] },
      `- name: contacts
  endpoint: /contacts
  primary_key: id
  incremental: {cursor_path: updated_at, initial_value: 0}`,
    );
    expect(await sync(project)).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      my_api → raw_my_api (nothing committed)
        contacts: failed, nothing of it was changed, 1 request, 46 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.contacts: auto chose single_page: the first page shows no sign of another
      my_api.contacts: read 1 row
      my_api: loading
      error: my_api.contacts: the values of the cursor updated_at do not compare: record 1 of page 1 has "2024-01-01T00:00:00Z", the value it is compared with is 0
        hint: numbers compare with numbers, timestamps with timestamps: correct initial_value or end_value, or take another cursor_path
      Failed: 1 of 1 resource, nothing was committed (exit 1)
      log: <log file>"
    `);
  });

  it("cursor values that do not compare with each other (I1)", async () => {
    await using project = await projectOf(
      {
        "/contacts": [
          { id: 1, at: "2024-01-01T00:00:00Z" },
          { id: 2, at: "yesterday" },
        ],
      },
      `- name: contacts
  endpoint: /contacts
  primary_key: id
  incremental: {cursor_path: at}`,
    );
    expect(await sync(project)).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      my_api → raw_my_api (nothing committed)
        contacts: failed, nothing of it was changed, 1 request, 64 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.contacts: auto chose single_page: the first page shows no sign of another
      my_api.contacts: read 2 rows
      my_api: loading
      error: my_api.contacts: the values of the cursor at do not compare: record 1 of page 1 has "2024-01-01T00:00:00Z", record 2 of page 1 has "yesterday"
        hint: numbers compare with numbers, timestamps with timestamps: correct initial_value or end_value, or take another cursor_path
      Failed: 1 of 1 resource, nothing was committed (exit 1)
      log: <log file>"
    `);
  });
});

describe("a warehouse that another process holds", () => {
  it("is waited for; the sync goes on as soon as it is let go", async () => {
    await using project = await projectOf({ "/users": [{ id: 1 }] }, "- {name: users, endpoint: /users}");
    expect((await project.dango(["sync"])).exitCode).toBe(0);
    const holder = await holdWarehouse(project);
    const run = project.start(["sync"]);
    await waitFor(run.stderr, "waiting");
    expect(api?.requests.length).toBe(1);
    holder.kill("SIGKILL");
    expect(narrate(project, await run)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      my_api → raw_my_api (load <load id>)
        resource  table  fetched  inserted  updated  deleted  unchanged  discarded
        users     users        1         1        0        1          0          0
        users: replace, auto: single_page, 1 request, 10 B, <seconds>

      Done: 1 resource, 1 record fetched in <seconds>
      --- stderr
      my_api: reading into raw_my_api
      warning: my_api: waiting, because the warehouse <project>/data/warehouse.duckdb is held by process <pid> (<program>)
      my_api.users: auto chose single_page: the first page shows no sign of another
      my_api.users: read 1 row
      my_api: loading
      my_api: committed load <load id>"
    `);
    expect(await project.query("SELECT count(*) AS n FROM raw_my_api._dlt_loads")).toEqual([{ n: "2" }]);
  });

  it("is waited for by dango sql too", async () => {
    await using project = await projectOf({ "/users": [{ id: 1 }] }, "- {name: users, endpoint: /users}");
    await project.dango(["sync"]);
    const holder = await holdWarehouse(project);
    const question = project.start(["sql", "SELECT count(*) AS n FROM raw_my_api.users"]);
    await waitFor(question.stderr, "waiting");
    holder.kill("SIGKILL");
    expect(narrate(project, await question)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      n
      1
      --- stderr
      waiting, because the warehouse <project>/data/warehouse.duckdb is held by process <pid> (<program>)"
    `);
  });
});

describe("dango sql reads only", () => {
  it("refuses statements that write, several at once, and other files: exit 2", async () => {
    await using project = await projectOf({ "/users": [{ id: 1 }] }, "- {name: users, endpoint: /users}");
    await project.dango(["sync"]);
    const say = async (sql: string): Promise<string> => narrate(project, await project.dango(["sql", sql]));
    expect(await say("DELETE FROM raw_my_api.users")).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: only statements that read can be run: SELECT, FROM, WITH, SHOW, DESCRIBE, SUMMARIZE, EXPLAIN
        hint: to change data, open the file with DuckDB itself"
    `);
    expect(await say("SELECT 1; DROP TABLE raw_my_api.users")).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: one statement at a time: this is 2
        hint: to change data, open the file with DuckDB itself"
    `);
    expect(await say("COPY raw_my_api.users TO 'out.csv'")).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: the statement leads out of the warehouse: Cannot access file "out.csv" - file system operations are disabled by configuration
        hint: \`dango sql\` reads the warehouse and nothing else; \`--output csv\` or \`json\` writes rows to stdout"
    `);
    expect(await say("SELECT * FROM read_csv('/etc/passwd')")).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: the statement leads out of the warehouse: Cannot access file "/etc/passwd" - file system operations are disabled by configuration
        hint: \`dango sql\` reads the warehouse and nothing else; \`--output csv\` or \`json\` writes rows to stdout"
    `);
    expect(await say("SELECT nam FROM raw_my_api.users")).toMatchInlineSnapshot(`
      "exit 1
      --- stderr
      error: Binder Error: Referenced column "nam" not found in FROM clause!
      Candidate bindings: "id"

      LINE 1: SELECT nam FROM raw_my_api.users
                     ^
        hint: \`dango pipeline show NAME\` lists the tables and columns"
    `);
    expect(await project.query("SELECT count(*) AS n FROM raw_my_api.users")).toEqual([{ n: "1" }]);
  });

  it("says what to do when there is no warehouse yet", async () => {
    await using project = await projectOf({}, "- users");
    expect(narrate(project, await project.dango(["sql", "SELECT 1"]))).toMatchInlineSnapshot(`
      "exit 1
      --- stderr
      error: there is no warehouse at <project>/data/warehouse.duckdb
        hint: run \`dango sync\` first: it creates the file"
    `);
  });
});

async function waitFor(stream: NodeJS.ReadableStream, text: string): Promise<void> {
  let seen = "";
  for await (const chunk of on(stream, "data")) {
    seen += String(chunk);
    if (seen.includes(text)) return;
  }
}

async function showCursor(project: TestProject): Promise<unknown> {
  const shown = await project.dango(["pipeline", "show", "my_api", "--json"]);
  const { resources } = JSON.parse(shown.stdout) as {
    resources: { name: string; incremental: { last_value: unknown }[] }[];
  };
  return resources.find(({ name }) => name === "orders")?.incremental[0]?.last_value;
}

/** A process that has the file open for writing, as a SQL shell would. */
async function holdWarehouse(project: TestProject): Promise<ReturnType<typeof spawn>> {
  const duckdb = createRequire(import.meta.url).resolve("@duckdb/node-api");
  const holder = spawn(
    process.execPath,
    [
      "-e",
      `require(${JSON.stringify(duckdb)}).DuckDBInstance.create("data/warehouse.duckdb").then(() => {
        process.stdout.write("held");
        setInterval(() => undefined, 1000);
      });`,
    ],
    { cwd: project.root, stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(holder.stdout, "data");
  return holder;
}
