import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeProject, type TestProject } from "../support/project.js";
import { sendJson, serve, type TestServer } from "../support/serve.js";

const MODULE = `
import { defineSource, resource } from "dango";
export const things = defineSource({}, () => [
  resource({ name: "squares" }, async function* () { yield [{ n: 1, sq: 1 }, { n: 2, sq: 4 }]; }),
]);
`;

let server: TestServer;
let project: TestProject;
let refused: string;

beforeAll(async () => {
  const gone = await serve((_, response) => {
    response.end();
  });
  refused = gone.url;
  await gone.close();
  server = await serve(({ url }, response) => {
    if (url.startsWith("/users")) {
      const rows = [
        { id: 1, tags: ["a", "b"] },
        { id: 12345678901234567890n, at: "2024-01-01T10:00:00Z" },
      ];
      const body = JSON.stringify({ data: rows, next: null }, (_, value: unknown) =>
        typeof value === "bigint" ? `#${String(value)}#` : value,
      );
      response.writeHead(200, { "content-type": "application/json" }).end(body.replace(/"#(\d+)#"/g, "$1"));
    } else if (url.startsWith("/none")) sendJson(response, { data: [] });
    else if (url === "/health") sendJson(response, { status: "healthy" });
    else if (url === "/sick") sendJson(response, { status: "degraded" });
    else sendJson(response, { message: "missing scope read:secret" }, 403);
  });
  project = await makeProject({
    ".dango/sources.yml": `
sources:
  - name: api
    type: rest_api
    rest_api:
      base_url: ${server.url}
      resources: [{name: users, primary_key: id, params: {token: abcdefgh}}, none, secret]
  - {name: well, type: rest_api, rest_api: {base_url: ${server.url}, check: {path: /health, expect: {status: healthy}}, resources: [a, b]}}
  - {name: ill, type: rest_api, rest_api: {base_url: ${server.url}, check: {path: /sick, expect: {status: healthy}}, resources: [a]}}
  - {name: gone, type: rest_api, rest_api: {base_url: "${refused}", retry: {attempts: 1}, resources: [a]}}
  - {name: own, type: dlt_native, dlt_native: {source_module: custom_sources.things, source_name: things}}
`,
    "custom_sources/things.ts": MODULE,
  });
});
afterAll(async () => {
  await server.close();
  await project[Symbol.asyncDispose]();
});

/** Nothing was loaded and nothing was left. */
function expectNoTrace(): void {
  expect(existsSync(join(project.root, "data"))).toBe(false);
  const pipelines = join(project.root, ".dlt/pipelines");
  expect(readdirSync(pipelines).flatMap((name) => readdirSync(join(pipelines, name)))).toEqual([]);
}

describe("dango check", () => {
  it("says for each resource OK, empty or unavailable, with reason and remedy (001-18, 002-12)", async () => {
    const { stdout, stderr, exitCode } = await project.dango(["check"]);
    const place = join(project.root, "data/warehouse.duckdb");
    expect(stdout.replace(/, [\d.]+ [kMGTP]?B free/, "")).toBe(
      `
check        status       records  asked
warehouse    ok                    ${place}
api.users    ok                 2  GET ${server.url}/users?token=***, auto: single_page
api.none     empty              0  GET ${server.url}/none, auto: single_page
api.secret   unavailable           GET ${server.url}/secret
well.a       ok                    GET ${server.url}/health
well.b       ok                    GET ${server.url}/health
ill.a        unavailable           GET ${server.url}/sick
gone.a       unavailable           GET ${refused}/a
own.squares  ok                 2  read by a TypeScript module

error: api.secret: GET ${server.url}/secret answered 403 Forbidden: {"message":"missing scope read:secret"}
  hint: The credentials lack the permission for this; grant it, or leave the resource out.
error: ill.a: GET ${server.url}/sick answered 200, but status is "degraded", expected "healthy"
  hint: The API says that it is not healthy; see its operator's status page. If the answer is fine, correct \`expect\` of \`check\`.
error: gone.a: GET ${refused}/a failed: ${new URL(refused).host} refused the connection
  hint: Check host and port of base_url, and that the server is running.`.slice(1),
    );
    expect(server.requests.filter(({ url }) => url === "/health")).toHaveLength(1);
    expect(stderr).toBe("Failed: 3 of 9 checks (exit 1)");
    expect(exitCode).toBe(1);
    expectNoTrace();
  });

  it("--json gives healthy, last_check and error for each (002-26)", async () => {
    const { stdout, exitCode } = await project.dango(["check", "--json", "api", "well"]);
    const document = JSON.parse(stdout) as Record<string, unknown>;
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown;
    const fine = { healthy: true, exit_code: 0, last_check: time, error: null };
    expect(document).toMatchObject({
      schema_version: 1,
      healthy: false,
      exit_code: 6,
      last_check: time,
      warehouse: fine,
      sources: [
        {
          name: "api",
          healthy: false,
          last_check: time,
          error: { type: "permission" },
          resources: [
            { name: "users", status: "ok", ...fine, records: 2 },
            { name: "none", status: "empty", ...fine, records: 0 },
            {
              name: "secret",
              status: "unavailable",
              healthy: false,
              error: { type: "permission", status: 403 },
            },
          ],
        },
        {
          name: "well",
          ...fine,
          resources: [
            { name: "a", status: "ok", ...fine, records: null, request: `GET ${server.url}/health` },
            { name: "b", status: "ok", ...fine },
          ],
        },
      ],
    });
    expect(exitCode).toBe(6);
  });
});

describe("dango preview", () => {
  it("shows request, paginator, selector, tables and first records of a resource, and loads nothing", async () => {
    const { stdout, stderr, exitCode } = await project.dango(["preview", "api.users", "--limit", "2"]);
    expect(stdout).toBe(
      `
api.users
  request    GET ${server.url}/users?token=*** → 200
  records    2 records read, under data
  paginator  auto: single_page
  load       merge (delete-insert) into raw_api, primary key id
  note       auto chose single_page: next is empty

  table users
    column        type
    id            HUGEINT NOT NULL
    at            TIMESTAMP WITH TIME ZONE
    _dlt_load_id  VARCHAR NOT NULL
    _dlt_id       VARCHAR NOT NULL

  table users__tags (rows of users)
    column          type
    value           VARCHAR
    _dlt_root_id    VARCHAR NOT NULL
    _dlt_parent_id  VARCHAR NOT NULL
    _dlt_list_idx   BIGINT NOT NULL
    _dlt_id         VARCHAR NOT NULL

  first 2 records
  {"id":1,"tags":["a","b"]}
  {"id":12345678901234567890,"at":"2024-01-01T10:00:00Z"}`.slice(1),
    );
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expectNoTrace();
  });

  it("--json keeps all digits, and shows a module's resources too", async () => {
    const rest = await project.dango(["preview", "api", "--json", "--limit", "1"]);
    expect(rest.stdout).toContain('"records":[{"id":1,"tags":["a","b"]}]');
    expect(rest.exitCode).toBe(6);
    const own = await project.dango(["preview", "own.squares", "--json"]);
    expect(JSON.parse(own.stdout)).toMatchObject({
      source: "own",
      resources: [
        {
          name: "squares",
          paginator: null,
          rows: 2,
          records: [
            { n: 1, sq: 1 },
            { n: 2, sq: 4 },
          ],
        },
      ],
    });
  });
});
