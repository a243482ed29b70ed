import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { makeProject, type TestProject } from "../support/project.js";
import { sendJson, serve, type TestServer } from "../support/serve.js";

let api: TestServer | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

const RESOURCES = `
        - {name: users, endpoint: /users, paginator: {type: page_number, param: page}}
        - {name: orders, endpoint: /orders, primary_key: id}`;

/** Users on two pages; orders fail once with 500 if `fails` says so, for ever if it says `always`. */
async function projectOf(fails: "never" | "once" | "always" = "never"): Promise<TestProject> {
  let failed = 0;
  api = await serve((request, response) => {
    const url = new URL(request.url, "http://x");
    if (url.pathname === "/hang") return;
    if (url.pathname === "/users") {
      const page = Number(url.searchParams.get("page"));
      sendJson(response, page > 2 ? [] : [{ id: page }]);
    } else if (fails === "always" || (fails === "once" && failed++ === 0)) {
      sendJson(response, { message: "later" }, 500);
    } else {
      sendJson(response, [{ id: 7, lines: [{ sku: "a" }, { sku: "b" }] }]);
    }
  });
  return makeProject({ ".dango/sources.yml": sources(api.url, RESOURCES) });
}

function sources(url: string, resources: string): string {
  return `sources:
  - name: shop
    type: rest_api
    rest_api:
      base_url: ${url}
      concurrency: 1
      retry: {attempts: 2, base: 10ms}
      resources:${resources}
`;
}

type Line = Record<string, unknown> & { readonly event: string };

/** Lines of `--progress json`; all of stderr must be such. */
function eventsOf(stderr: string): Line[] {
  return stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

/** What is the same in every run: no times, sizes of time, ids and ports. */
function stable(line: Line): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(line)
      .replaceAll(/127\.0\.0\.1:\d+/g, "<host>")
      .replaceAll(/"(seconds|wait_ms)":[\d.]+/g, '"$1":0')
      .replaceAll(/"(time|started_at|run_id|load_id|log)":"[^"]+"/g, '"$1":"<$1>"'),
  ) as Record<string, unknown>;
}

describe("--progress json", () => {
  it("writes the events in order, and one end that is what --json prints", async () => {
    await using project = await projectOf("once");
    const ended = await project.dango(["sync", "--progress", "json", "--json"]);
    expect(ended.exitCode).toBe(0);
    const events = eventsOf(ended.stderr);
    expect(events.map((event) => JSON.stringify(stable(event))).slice(0, -1)).toMatchInlineSnapshot(`
      [
        "{"event":"start","time":"<time>","run_id":"<run_id>","started_at":"<started_at>","sources":["shop"]}",
        "{"event":"source_start","time":"<time>","source":"shop","dataset":"raw_shop"}",
        "{"event":"resource_start","time":"<time>","source":"shop","resource":"users"}",
        "{"event":"request","time":"<time>","source":"shop","resource":"users","method":"GET","url":"http://<host>/users?page=1","status":200,"seconds":0}",
        "{"event":"progress","time":"<time>","source":"shop","resource":"users","rows":1,"pages":1,"requests":1,"bytes":10}",
        "{"event":"request","time":"<time>","source":"shop","resource":"users","method":"GET","url":"http://<host>/users?page=2","status":200,"seconds":0}",
        "{"event":"progress","time":"<time>","source":"shop","resource":"users","rows":2,"pages":2,"requests":2,"bytes":20}",
        "{"event":"request","time":"<time>","source":"shop","resource":"users","method":"GET","url":"http://<host>/users?page=3","status":200,"seconds":0}",
        "{"event":"progress","time":"<time>","source":"shop","resource":"users","rows":2,"pages":3,"requests":3,"bytes":22}",
        "{"event":"resource_end","time":"<time>","source":"shop","resource":"users","status":"ok","rows":2}",
        "{"event":"resource_start","time":"<time>","source":"shop","resource":"orders"}",
        "{"event":"request","time":"<time>","source":"shop","resource":"orders","method":"GET","url":"http://<host>/orders","status":500,"seconds":0}",
        "{"event":"retry","time":"<time>","source":"shop","resource":"orders","reason":"500 Internal Server Error","attempt":1,"wait_ms":0}",
        "{"event":"request","time":"<time>","source":"shop","resource":"orders","method":"GET","url":"http://<host>/orders","status":200,"seconds":0}",
        "{"event":"progress","time":"<time>","source":"shop","resource":"orders","rows":1,"pages":1,"requests":2,"bytes":44}",
        "{"event":"notice","time":"<time>","level":"info","source":"shop","resource":"orders","message":"auto chose single_page: the first page shows no sign of another"}",
        "{"event":"resource_end","time":"<time>","source":"shop","resource":"orders","status":"ok","rows":1}",
        "{"event":"load_start","time":"<time>","source":"shop"}",
        "{"event":"schema_change","time":"<time>","source":"shop","resource":"users","change":"users: new table"}",
        "{"event":"schema_change","time":"<time>","source":"shop","resource":"orders","change":"orders: new table"}",
        "{"event":"schema_change","time":"<time>","source":"shop","resource":"orders","change":"orders__lines: new table"}",
        "{"event":"commit","time":"<time>","source":"shop","load_id":"<load_id>","tables":[{"name":"users","fetched":2,"inserted":2,"updated":0,"deleted":0,"unchanged":0,"discarded":0},{"name":"orders","fetched":1,"inserted":1,"updated":0,"deleted":0,"unchanged":0,"discarded":0},{"name":"orders__lines","fetched":2,"inserted":2,"updated":0,"deleted":0,"unchanged":0,"discarded":0}]}",
      ]
    `);
    const { event, time, log, ...document } = events.at(-1) ?? { event: "" };
    expect(event).toBe("end");
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(log).toMatch(/^\.dango\/logs\/.+\.jsonl$/);
    expect(document).toEqual(JSON.parse(ended.stdout));
  });

  it("writes the same events to the log file", async () => {
    await using project = await projectOf();
    const ended = await project.dango(["sync", "--progress", "json"]);
    const [name = ""] = await readdir(join(project.root, ".dango/logs"));
    const log = eventsOf(await readFile(join(project.root, ".dango/logs", name), "utf8"));
    expect(log.map(({ event }) => event)).toEqual(eventsOf(ended.stderr).map(({ event }) => event));
  });

  it.each([
    ["a configuration error", ["sync"], 2, "sources: [{name: x, type: rest_api}]"],
    ["a missing project", ["sync", "--project", "nowhere"], 2, undefined],
    ["an unknown source", ["sync", "nobody"], 2, undefined],
  ] as const)("ends once on %s", async (_what, args, exitCode, text) => {
    await using project = await projectOf();
    if (text !== undefined) await project.write(".dango/sources.yml", text);
    const ended = await project.dango([...args, "--progress", "json"]);
    expect(ended.exitCode).toBe(exitCode);
    const events = eventsOf(ended.stderr);
    expect(events.map(({ event }) => event)).toEqual(["end"]);
    expect(events[0]).toMatchObject({
      exit_code: exitCode,
      status: "failed",
      error: { type: "configuration" },
    });
  });

  it("ends once when a resource fails, with its error", async () => {
    await using project = await projectOf("always");
    const ended = await project.dango(["sync", "--progress", "json"]);
    expect(ended.exitCode).toBe(3);
    const events = eventsOf(ended.stderr);
    expect(events.filter(({ event }) => event === "end").length).toBe(1);
    expect(events.at(-1)).toMatchObject({
      event: "end",
      exit_code: 3,
      status: "partial",
      sources: [
        {
          status: "partial",
          resources: [{ status: "ok" }, { exit_code: 8, error: { type: "unavailable" } }],
        },
      ],
    });
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("ends once on %s", async (signal, exitCode) => {
    await using project = await projectOf();
    await project.write(
      ".dango/sources.yml",
      sources(api?.url ?? "", "\n        - {name: hang, endpoint: /hang}"),
    );
    const run = project.start(["sync", "--progress", "json", "--json"]);
    while (api?.requests.length === 0) await delay(20);
    run.kill(signal);
    const ended = await run;
    expect(ended.exitCode).toBe(exitCode);
    const events = eventsOf(ended.stderr);
    expect(events.map(({ event }) => event)).toEqual([
      "start",
      "source_start",
      "resource_start",
      "request",
      "end",
    ]);
    const report = { exit_code: exitCode, status: "failed", error: { type: "interrupted" } };
    expect(events.at(-1)).toMatchObject(report);
    expect(JSON.parse(ended.stdout)).toMatchObject(report);
  });
});

describe("--json", () => {
  it("prints the document of rules J, and nothing else on stdout", async () => {
    await using project = await projectOf();
    const ended = await project.dango(["sync", "--json", "--progress", "none"]);
    expect(ended.stderr).toBe("");
    expect(stable(JSON.parse(ended.stdout) as Line)).toMatchInlineSnapshot(`
      {
        "error": null,
        "exit_code": 0,
        "run_id": "<run_id>",
        "schema_version": 1,
        "seconds": 0,
        "sources": [
          {
            "dataset": "raw_shop",
            "error": null,
            "exit_code": 0,
            "load_id": "<load_id>",
            "name": "shop",
            "resources": [
              {
                "bytes": 22,
                "error": null,
                "exit_code": 0,
                "name": "users",
                "pages": 3,
                "paginator": "page_number (page from 1)",
                "requests": 3,
                "retries": 0,
                "schema_changes": [
                  "users: new table",
                ],
                "seconds": 0,
                "status": "ok",
                "tables": [
                  {
                    "deleted": 0,
                    "discarded": 0,
                    "fetched": 2,
                    "inserted": 2,
                    "name": "users",
                    "unchanged": 0,
                    "updated": 0,
                  },
                ],
                "write_disposition": "replace",
              },
              {
                "bytes": 44,
                "error": null,
                "exit_code": 0,
                "name": "orders",
                "pages": 1,
                "paginator": "auto: single_page",
                "requests": 1,
                "retries": 0,
                "schema_changes": [
                  "orders: new table",
                  "orders__lines: new table",
                ],
                "seconds": 0,
                "status": "ok",
                "tables": [
                  {
                    "deleted": 0,
                    "discarded": 0,
                    "fetched": 1,
                    "inserted": 1,
                    "name": "orders",
                    "unchanged": 0,
                    "updated": 0,
                  },
                  {
                    "deleted": 0,
                    "discarded": 0,
                    "fetched": 2,
                    "inserted": 2,
                    "name": "orders__lines",
                    "unchanged": 0,
                    "updated": 0,
                  },
                ],
                "write_disposition": "merge (delete-insert)",
              },
            ],
            "status": "ok",
          },
        ],
        "started_at": "<started_at>",
        "status": "ok",
      }
    `);
  });

  it("prints it on failure too, with every error; people read the same on stderr", async () => {
    await using project = await projectOf("always");
    const ended = await project.dango(["sync", "--json", "--progress", "none", "--resource", "orders"]);
    expect(ended.exitCode).toBe(8);
    expect(stable(JSON.parse(ended.stdout) as Line)).toMatchInlineSnapshot(`
      {
        "error": null,
        "exit_code": 8,
        "run_id": "<run_id>",
        "schema_version": 1,
        "seconds": 0,
        "sources": [
          {
            "dataset": "raw_shop",
            "error": null,
            "exit_code": 8,
            "load_id": null,
            "name": "shop",
            "resources": [
              {
                "bytes": 0,
                "error": {
                  "attempts": 2,
                  "code": "DANGO_SOURCE_UNAVAILABLE",
                  "hint": "The API is failing; sync again later.",
                  "message": "GET http://<host>/orders answered 500 Internal Server Error (2 attempts): {"message":"later"}",
                  "method": "GET",
                  "status": 500,
                  "type": "unavailable",
                  "url": "http://<host>/orders",
                },
                "exit_code": 8,
                "name": "orders",
                "pages": 0,
                "paginator": null,
                "requests": 2,
                "retries": 1,
                "schema_changes": [],
                "seconds": 0,
                "status": "failed",
                "tables": [],
                "write_disposition": "merge (delete-insert)",
              },
            ],
            "status": "failed",
          },
        ],
        "started_at": "<started_at>",
        "status": "failed",
      }
    `);
    expect(ended.stderr.split("\n")[0]).toMatch(
      /^error: shop\.orders: GET .+ answered 500 Internal Server Error/,
    );
  });

  it("prints it for a configuration error, with every issue", async () => {
    await using project = await projectOf();
    await project.write(
      ".dango/sources.yml",
      "sources:\n  - {name: a, type: rest_ap}\n  - {name: b, typ: rest_api}\n",
    );
    const ended = await project.dango(["sync", "--json"]);
    expect(ended.exitCode).toBe(2);
    expect(stable(JSON.parse(ended.stdout) as Line)).toMatchInlineSnapshot(`
      {
        "error": {
          "code": "DANGO_CONFIG",
          "issues": [
            {
              "hint": "did you mean \`rest_api\`?",
              "location": {
                "column": 21,
                "file": ".dango/sources.yml",
                "line": 2,
              },
              "message": "unknown source type \`rest_ap\`",
              "path": "sources[0].type",
            },
            {
              "hint": "did you mean \`type\` by \`typ\`?",
              "location": {
                "column": 5,
                "file": ".dango/sources.yml",
                "line": 3,
              },
              "message": "missing \`type\`",
              "path": "sources[1].type",
            },
          ],
          "location": {
            "column": 21,
            "file": ".dango/sources.yml",
            "line": 2,
          },
          "message": "2 errors in the configuration",
          "type": "configuration",
        },
        "exit_code": 2,
        "run_id": "<run_id>",
        "schema_version": 1,
        "seconds": 0,
        "sources": [],
        "started_at": "<started_at>",
        "status": "failed",
      }
    `);
  });

  it("is not printed for a usage error", async () => {
    await using project = await projectOf();
    const ended = await project.dango(["sync", "nobody", "--json"]);
    expect(ended.exitCode).toBe(2);
    expect(ended.stdout).toBe("");
  });
});

describe("streams", () => {
  it("--quiet says nothing on success, and the errors on failure", async () => {
    await using project = await projectOf();
    expect(await project.dango(["sync", "--quiet"])).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    await using failing = await projectOf("always");
    const ended = await failing.dango(["sync", "--quiet"]);
    expect(ended.exitCode).toBe(3);
    expect(ended.stdout).toBe("");
    expect(ended.stderr.split("\n").map((line) => line.replace(/ .*/, ""))).toEqual([
      "error:",
      "",
      "Failed:",
      "log:",
    ]);
  });

  it("--verbose and RUNTIME__LOG_LEVEL=DEBUG, from the environment or the file, show every request (004-22)", async () => {
    await using project = await projectOf();
    const quiet = await project.dango(["sync"]);
    expect(quiet.stderr).not.toContain("GET ");
    const requests = ["/users?page=1", "/users?page=2", "/users?page=3", "/orders"];
    const shown = (stderr: string): string[] =>
      stderr.split("\n").flatMap((line) => /GET http:..[^/]+(\S+) 200 [\d.]+ s$/.exec(line)?.[1] ?? []);
    expect(shown((await project.dango(["sync", "--verbose"])).stderr)).toEqual(requests);
    expect(shown((await project.dango(["sync"], { RUNTIME__LOG_LEVEL: "DEBUG" })).stderr)).toEqual(requests);
    await project.write(".dlt/config.toml", '[runtime]\nlog_level = "DEBUG"\n');
    expect(shown((await project.dango(["sync"])).stderr)).toEqual(requests);
  });

  it("has no colours in a pipe; FORCE_COLOR brings them, NO_COLOR and --no-color win", async () => {
    await using project = await projectOf("always");
    const escape = "\u001b[";
    const colours = async (args: readonly string[], env: Record<string, string>): Promise<boolean> => {
      const { stdout, stderr } = await project.dango(["sync", ...args], env);
      return (stdout + stderr).includes(escape);
    };
    expect(await colours([], { NO_COLOR: "" })).toBe(false);
    expect(await colours([], { NO_COLOR: "", FORCE_COLOR: "1" })).toBe(true);
    expect(await colours([], { NO_COLOR: "1", FORCE_COLOR: "1" })).toBe(false);
    expect(await colours(["--no-color"], { NO_COLOR: "", FORCE_COLOR: "1" })).toBe(false);
    expect(await colours([], { NO_COLOR: "", FORCE_COLOR: "0" })).toBe(false);
  });

  it("writes data to stdout and nothing else there", async () => {
    await using project = await projectOf();
    await project.dango(["sync"]);
    const say = async (args: readonly string[]): Promise<string> => {
      const ended = await project.dango(args);
      expect(ended.stderr).toBe("");
      return ended.stdout;
    };
    const statement = "SELECT id, 'a,b' AS t, NULL AS n FROM raw_shop.users ORDER BY id";
    expect(await say(["sql", statement])).toMatchInlineSnapshot(`
      "id,t,n
      1,"a,b",
      2,"a,b","
    `);
    expect(await say(["sql", statement, "--output", "table"])).toMatchInlineSnapshot(`
      "id  t    n
       1  a,b
       2  a,b
      (2 rows)"
    `);
    expect(await say(["sql", statement, "--output", "ndjson"])).toMatchInlineSnapshot(`
      "{"id":1,"t":"a,b","n":null}
      {"id":2,"t":"a,b","n":null}"
    `);
    expect(await say(["sql", statement, "--json"])).toMatchInlineSnapshot(
      `"{"schema_version":1,"columns":[{"name":"id","type":"BIGINT"},{"name":"t","type":"VARCHAR"},{"name":"n","type":"INTEGER"}],"rows":[{"id":1,"t":"a,b","n":null},{"id":2,"t":"a,b","n":null}]}"`,
    );
    expect(await say(["sql", "SELECT $1::INT + 1 AS x, $2 AS y", "--param", "41", "--param", "it's"])).toBe(
      "x,y\n42,it's",
    );
  });
});
