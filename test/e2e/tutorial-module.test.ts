import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { DEMO_CREDENTIALS, startSampleApi, type SampleApi } from "../../src/sample/server.js";
import { makeProject, type TestProject } from "../support/project.js";
import { sendJson, serve, type TestServer } from "../support/serve.js";

const MODULE = new URL("../../custom_sources/my_api.ts", import.meta.url);

let api: SampleApi | undefined;
let server: TestServer | undefined;
afterEach(async () => {
  await api?.close();
  await server?.close();
  api = undefined;
  server = undefined;
});

/** The tutorial's configuration, beside the address of the API. */
async function moduleProject(text: string, baseUrl: string, key: string): Promise<TestProject> {
  return makeProject({
    ".dango/sources.yml": `sources:
  - name: my_custom_api
    type: dlt_native
    enabled: true
    dlt_native:
      source_module: "custom_sources.my_api"
      source_name: "my_api_source"
`,
    ".dlt/secrets.toml": `[sources.my_api_source]\napi_key = "${key}"\n`,
    ".dlt/config.toml": `[sources.my_api_source]\nbase_url = "${baseUrl}"\n`,
    "custom_sources/my_api.ts": text,
  });
}

interface Table {
  readonly name: string;
}

async function sync(project: TestProject, args: readonly string[] = []): Promise<Record<string, Table>> {
  const ended = await project.dango(["sync", "--source", "my_custom_api", "--json", ...args]);
  expect(ended.stderr).not.toContain("error");
  expect(ended.exitCode).toBe(0);
  const report = JSON.parse(ended.stdout) as { sources: { resources: { tables: Table[] }[] }[] };
  const tables = report.sources.flatMap(({ resources }) => resources.flatMap((resource) => resource.tables));
  return Object.fromEntries(tables.map((table) => [table.name, table]));
}

describe("tutorial, option 2: custom_sources/my_api.ts of this repository, as it is", () => {
  const ORDERS = `SELECT id, customer__name, total, strftime(updated_at, '%Y-%m-%dT%H:%M:%SZ') AS updated_at
    FROM raw_my_custom_api.orders ORDER BY id`;

  async function start(): Promise<TestProject> {
    api = await startSampleApi({ users: 30, orders: 450 });
    return moduleProject(await readFile(MODULE, "utf8"), api.url, DEMO_CREDENTIALS.token);
  }

  function requests(): string[] {
    return (api?.requests ?? []).map(({ method, url }) => `${method} ${url}`);
  }

  function ordersOfApi(): unknown[] {
    return (api?.data.orders.slice({}, 0, Infinity) ?? [])
      .map(
        (text) =>
          JSON.parse(text) as { id: number; customer: { name: string }; total: number; updated_at: string },
      )
      .sort((a, b) => a.id - b.id)
      .map(({ id, customer, total, updated_at }) => ({
        id: String(id),
        customer__name: customer.name,
        total,
        updated_at,
      }));
  }

  it("loads users and orders with exactly these requests, rows and types (004-07, 004-09)", async () => {
    await using project = await start();
    const tables = await sync(project);
    expect(requests()).toEqual([
      "GET /bearer/page/users?per_page=1000",
      "GET /bearer/next/orders?updated_after=2024-01-01T00%3A00%3A00Z&limit=200",
      "GET /bearer/next/orders?updated_after=2024-01-01T00%3A00%3A00Z&limit=200&after=200",
      "GET /bearer/next/orders?updated_after=2024-01-01T00%3A00%3A00Z&limit=200&after=400",
    ]);
    expect(new Set(api?.requests.map(({ headers }) => headers["authorization"]))).toEqual(
      new Set(["Bearer demo-token"]),
    );
    expect(tables).toMatchObject({
      users: { fetched: 30, inserted: 30 },
      orders: { fetched: 450, inserted: 450, updated: 0 },
      orders__items: { inserted: 900 },
    });
    expect(await project.query(ORDERS)).toEqual(ordersOfApi());
    expect(await project.columns("raw_my_custom_api", "orders")).toMatchInlineSnapshot(`
      [
        "id BIGINT",
        "status VARCHAR",
        "customer__id BIGINT",
        "customer__name VARCHAR",
        "customer__email VARCHAR",
        "customer__address__city VARCHAR",
        "customer__address__zip VARCHAR",
        "total DOUBLE",
        "currency VARCHAR",
        "created_at TIMESTAMP WITH TIME ZONE",
        "updated_at TIMESTAMP WITH TIME ZONE",
        "_dlt_load_id VARCHAR",
        "_dlt_id VARCHAR",
      ]
    `);
    expect(await project.columns("raw_my_custom_api", "orders__items")).toMatchInlineSnapshot(`
      [
        "sku VARCHAR",
        "quantity BIGINT",
        "price DOUBLE",
        "_dlt_root_id VARCHAR",
        "_dlt_parent_id VARCHAR",
        "_dlt_list_idx BIGINT",
        "_dlt_id VARCHAR",
      ]
    `);
  });

  it("asks on the second sync from the stored cursor, and changes no order when nothing is new (M2, 004-12)", async () => {
    await using project = await start();
    await sync(project);
    const before = await project.query("SELECT * FROM raw_my_custom_api.orders ORDER BY id");
    api?.requests.splice(0);

    const tables = await sync(project);

    expect(requests()).toMatchInlineSnapshot(`
      [
        "GET /bearer/page/users?per_page=1000",
        "GET /bearer/next/orders?updated_after=2024-01-01T07%3A29%3A00Z&limit=200",
      ]
    `);
    expect(tables).toMatchObject({
      users: { fetched: 30, inserted: 30, deleted: 30 },
      orders: { inserted: 0, updated: 0, deleted: 0, unchanged: 1 },
    });
    expect(await project.query("SELECT * FROM raw_my_custom_api.orders ORDER BY id")).toEqual(before);
  });

  it("takes exactly the 3 changed and the 2 new orders; --full-refresh makes the table equal the API", async () => {
    await using project = await start();
    await sync(project);
    api?.data.changeOrders({ changed: 3, added: 2 });
    expect(await sync(project)).toMatchObject({ orders: { inserted: 2, updated: 3, deleted: 0 } });
    expect(await project.query(ORDERS)).toEqual(ordersOfApi());
    expect(await sync(project, ["--full-refresh"])).toMatchObject({ orders: { fetched: 452 } });
    expect(await project.query(ORDERS)).toEqual(ordersOfApi());
  });

  it("stops paging at --limit, and closes what the generator holds", async () => {
    await using project = await start();
    await sync(project, ["--limit", "10", "--resource", "orders"]);
    expect(requests()).toEqual(["GET /bearer/next/orders?updated_after=2024-01-01T00%3A00%3A00Z&limit=200"]);
    expect(await project.query("SELECT count(*) AS n FROM raw_my_custom_api_limited.orders")).toEqual([
      { n: "10" },
    ]);
  });
});

/** Contract §2.2, with its types filled in. */
const CONTRACT_MODULE = `import { config, defineSource, paginators, resource, RestClient, secret } from "dango";

interface User {
  id: number;
  name: string;
}

export const my_api_source = defineSource(
  { api_key: secret(), base_url: config("https://api.example.com") },
  ({ api_key, base_url }) => {
    const api = new RestClient({ baseUrl: base_url, auth: { type: "bearer", token: api_key }, rateLimit: 10 });

    const users = resource({ name: "users", writeDisposition: "replace" }, async function* () {
      const body = await api.get<{ data: User[] }>("/users");
      yield body.data;                       // an array is a batch; single objects work too
    });

    const orders = resource(
      { name: "orders", writeDisposition: "merge", primaryKey: "id",
        incremental: { cursorPath: "updated_at", initialValue: "2024-01-01T00:00:00Z" } },
      async function* ({ incremental }) {
        yield* api.paginate("/orders", {
          params: { updated_after: incremental.startValue },
          paginator: paginators.jsonLink({ nextUrlPath: "next_page_url" }),
          dataSelector: "data",
        });
      },
    );
    return [users, orders];
  },
);
`;

describe("tutorial, option 2: the module of contract §2.2", () => {
  const ORDERS = [
    { id: 1, updated_at: "2024-02-01T00:00:00Z", total: 10.5 },
    { id: 2, updated_at: "2024-02-02T00:00:00Z", total: 20 },
    { id: 3, updated_at: "2024-02-03T00:00:00Z", total: 30 },
  ];

  /** Two orders a page; the next page's URL holds all parameters. */
  async function startApi(orders: readonly { updated_at: string }[]): Promise<TestServer> {
    return serve((request, response) => {
      const url = new URL(request.url, server?.url);
      if (request.headers.authorization !== "Bearer your-api-key-here") {
        sendJson(response, { error: "unauthorized" }, 401);
      } else if (url.pathname === "/users") {
        sendJson(response, {
          data: [
            { id: 1, name: "Ann" },
            { id: 2, name: "Bo" },
          ],
        });
      } else {
        const page = Number(url.searchParams.get("page") ?? "1");
        const after = url.searchParams.get("updated_after") ?? "";
        const matching = orders.filter(({ updated_at }) => updated_at >= after);
        const next = new URL(url);
        next.searchParams.set("page", String(page + 1));
        sendJson(response, {
          data: matching.slice(page * 2 - 2, page * 2),
          next_page_url: page * 2 < matching.length ? next.href : null,
        });
      }
    });
  }

  it("requests and loads exactly this, on the first run and on the second", async () => {
    const orders = [...ORDERS];
    server = await startApi(orders);
    await using project = await moduleProject(CONTRACT_MODULE, server.url, "your-api-key-here");

    await sync(project);
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET /users",
      "GET /orders?updated_after=2024-01-01T00%3A00%3A00Z",
      "GET /orders?updated_after=2024-01-01T00%3A00%3A00Z&page=2",
    ]);
    const first = server.requests.length;
    orders.push({ id: 4, updated_at: "2024-02-04T00:00:00Z", total: 40 });
    orders[0] = { id: 1, updated_at: "2024-02-05T00:00:00Z", total: 11.5 };

    expect(await sync(project)).toMatchObject({
      orders: { fetched: 3, inserted: 1, updated: 1, unchanged: 1, deleted: 0 },
    });

    expect(server.requests.slice(first).map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET /users",
      "GET /orders?updated_after=2024-02-03T00%3A00%3A00Z",
      "GET /orders?updated_after=2024-02-03T00%3A00%3A00Z&page=2",
    ]);
    const rows = "SELECT id, total, updated_at::VARCHAR AS at FROM raw_my_custom_api.orders ORDER BY id";
    expect(await project.query(rows)).toEqual([
      { id: "1", total: 11.5, at: "2024-02-05 00:00:00+00" },
      { id: "2", total: 20, at: "2024-02-02 00:00:00+00" },
      { id: "3", total: 30, at: "2024-02-03 00:00:00+00" },
      { id: "4", total: 40, at: "2024-02-04 00:00:00+00" },
    ]);
    expect(await project.query("SELECT id, name FROM raw_my_custom_api.users ORDER BY id")).toEqual([
      { id: "1", name: "Ann" },
      { id: "2", name: "Bo" },
    ]);
  });

  it("takes the key from the environment too, in dlt's spelling", async () => {
    server = await startApi(ORDERS);
    await using project = await moduleProject(CONTRACT_MODULE, server.url, "wrong");
    await project.write(".dlt/secrets.toml", "");
    const env = { SOURCES__MY_API_SOURCE__API_KEY: "your-api-key-here" };
    expect((await project.dango(["sync"], env)).exitCode).toBe(0);
  });

  it.each(["custom_sources.my_api", "my_api", "custom_sources/my_api.ts"])(
    "is found under the name %s",
    async (name) => {
      server = await startApi(ORDERS);
      await using project = await moduleProject(CONTRACT_MODULE, server.url, "your-api-key-here");
      await project.write(
        ".dango/sources.yml",
        `sources:
  - name: my_custom_api
    type: dlt_native
    dlt_native: {source_module: "${name}", source_function: my_api_source}
`,
      );
      expect((await project.dango(["sync"])).exitCode).toBe(0);
    },
  );
});
