import { afterEach, describe, expect, it } from "vitest";
import { makeProject, type TestProject } from "../support/project.js";
import { sendJson, serve, type TestServer } from "../support/serve.js";

const USERS = [1, 2, 3, 4, 5].map((id) => ({ id, name: `User ${String(id)}`, vip: id % 2 === 0 }));
const ORDERS = [
  { id: 10, status: "completed", total: 12.5, placed_at: "2024-01-02T03:04:05Z" },
  { id: 11, status: "completed", total: 7, placed_at: "2024-01-03T00:00:00+02:00" },
];

/** The tutorial's API: users by page number, two a page, and orders filtered by status. */
async function tutorialApi(): Promise<TestServer> {
  return serve((request, response) => {
    const url = new URL(request.url, "http://x");
    if (request.headers.authorization !== "Bearer s3cret-token") {
      sendJson(response, { error: "unauthorized" }, 401);
    } else if (url.pathname === "/users") {
      const page = Number(url.searchParams.get("page"));
      sendJson(response, { data: USERS.slice((page - 1) * 2, page * 2) });
    } else {
      sendJson(
        response,
        ORDERS.filter((order) => order.status === url.searchParams.get("status")),
      );
    }
  });
}

function tutorialProject(baseUrl: string, token = "s3cret-token"): Promise<TestProject> {
  return makeProject({
    ".dango/sources.yml": `
sources:
  - name: my_api
    type: rest_api
    enabled: true
    rest_api:
      base_url: "${baseUrl}"
      headers:
        Authorization: "Bearer \${MY_API_TOKEN}"
      resources:
        - name: users
          endpoint: /users
          method: GET
          pagination:
            type: page_number
            param: page
            start: 1
        - name: orders
          endpoint: /orders
          method: GET
          params:
            status: completed
`,
    ".dlt/secrets.toml": `[sources.rest_api]\nMY_API_TOKEN = "${token}"\n`,
  });
}

let api: TestServer | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

describe("tutorial, option 1: a REST source in YAML", () => {
  it("loads both resources with exactly the requests, rows and types of the tutorial (004-02, 004-05, 004-06)", async () => {
    api = await tutorialApi();
    await using project = await tutorialProject(api.url);

    const ended = await project.dango(["sync", "--source", "my_api"]);

    expect(ended.stderr).not.toContain("error");
    expect(ended.exitCode).toBe(0);
    expect(
      api.requests.map(({ method, url }) => `${method} ${url}`).filter((line) => line.includes("users")),
    ).toEqual(["GET /users?page=1", "GET /users?page=2", "GET /users?page=3", "GET /users?page=4"]);
    expect(api.requests.map(({ url }) => url).filter((url) => url.includes("orders"))).toEqual([
      "/orders?status=completed",
    ]);
    expect(await project.query("SELECT id, name, vip FROM raw_my_api.users ORDER BY id")).toEqual(
      USERS.map(({ id, name, vip }) => ({ id: String(id), name, vip })),
    );
    expect(
      await project.query(
        "SELECT id, status, total, placed_at::VARCHAR AS at FROM raw_my_api.orders ORDER BY id",
      ),
    ).toEqual([
      { id: "10", status: "completed", total: 12.5, at: "2024-01-02 03:04:05+00" },
      { id: "11", status: "completed", total: 7, at: "2024-01-02 22:00:00+00" },
    ]);
    expect(await project.columns("raw_my_api", "users")).toEqual([
      "id BIGINT",
      "name VARCHAR",
      "vip BOOLEAN",
      "_dlt_load_id VARCHAR",
      "_dlt_id VARCHAR",
    ]);
    expect(await project.columns("raw_my_api", "orders")).toEqual([
      "id BIGINT",
      "status VARCHAR",
      "total DOUBLE",
      "placed_at TIMESTAMP WITH TIME ZONE",
      "_dlt_load_id VARCHAR",
      "_dlt_id VARCHAR",
    ]);
  });

  it("sends User-Agent and the configured header, over one connection for the pages of a chain", async () => {
    api = await tutorialApi();
    await using project = await tutorialProject(api.url);
    await project.dango(["sync", "my_api", "--resource", "users"]);
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual(
      Array(4).fill("Bearer s3cret-token"),
    );
    expect(api.requests[0]?.headers["user-agent"]).toBe("dango/0.1.0");
    expect(api.connections()).toBe(1);
  });

  it("replaces on the second sync: the tables equal the API again, nothing doubled (004-10)", async () => {
    api = await tutorialApi();
    await using project = await tutorialProject(api.url);
    await project.dango(["sync"]);
    const second = await project.dango(["sync", "--json"]);
    expect(second.exitCode).toBe(0);
    expect(await project.query("SELECT count(*) AS n FROM raw_my_api.users")).toEqual([{ n: "5" }]);
    expect(
      await project.query("SELECT count(*) AS n, count(DISTINCT load_id) AS l FROM raw_my_api._dlt_loads"),
    ).toEqual([{ n: "2", l: "2" }]);
  });

  it("never shows the token, also when the API echoes it", async () => {
    api = await serve((request, response) => {
      sendJson(response, { error: `bad token ${String(request.headers.authorization)}` }, 400);
    });
    await using project = await tutorialProject(api.url);
    const ended = await project.dango(["sync", "--verbose"]);
    expect(ended.exitCode).toBe(1);
    expect(ended.stdout + ended.stderr).not.toContain("s3cret-token");
    expect(ended.stderr).toContain("bad token Bearer ***");
  });

  it("shows what was loaded with pipeline show, in both word orders, and with sql", async () => {
    api = await tutorialApi();
    await using project = await tutorialProject(api.url);
    await project.dango(["sync"]);
    const show = await project.dango(["pipeline", "show", "my_api"]);
    const swapped = await project.dango(["pipeline", "my_api", "show"]);
    expect(show.exitCode).toBe(0);
    expect(swapped.stdout).toBe(show.stdout);
    expect(show.stdout).toMatch(/^users +5 +id BIGINT, name VARCHAR, vip BOOLEAN/m);
    const sql = await project.dango(["sql", "SELECT id, name FROM raw_my_api.users ORDER BY id LIMIT 2"]);
    expect(sql.stdout).toBe("id,name\n1,User 1\n2,User 2");
    const json = await project.dango(["sql", "--json", "SELECT 9007199254740993 AS big"]);
    expect(json.stdout).toBe(
      '{"schema_version":1,"columns":[{"name":"big","type":"BIGINT"}],"rows":[{"big":9007199254740993}]}',
    );
  });
});
