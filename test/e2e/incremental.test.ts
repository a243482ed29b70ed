import { afterEach, describe, expect, it } from "vitest";
import { startSampleApi, type SampleApi } from "../../src/sample/server.js";
import { makeProject, type TestProject } from "../support/project.js";

let api: SampleApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

function sources(url: string, extra = ""): string {
  return `
sources:
  - name: shop
    type: rest_api
    rest_api:
      base_url: ${url}
      resources:
        - name: orders
          endpoint: /next/orders
          params: {limit: 40}
          paginator: {type: json_link, next_url_path: next_page_url}
          primary_key: id
          incremental: {cursor_path: updated_at, initial_value: "2024-01-01T00:00:00Z", start_param: updated_after}
${extra}`;
}

interface JsonTable {
  readonly name: string;
  readonly [count: string]: unknown;
}

async function syncTables(project: TestProject, args: readonly string[] = []): Promise<JsonTable[]> {
  const ended = await project.dango(["sync", "--json", ...args]);
  expect(ended.stderr).not.toContain("error");
  const report = JSON.parse(ended.stdout) as {
    exit_code: number;
    sources: { resources: { tables: JsonTable[] }[] }[];
  };
  expect(report.exit_code).toBe(0);
  return report.sources.flatMap((source) => source.resources.flatMap((resource) => resource.tables));
}

/** The table as it should be, straight from the API's data. */
function expectedOrders(
  sample: SampleApi,
): { id: string; status: string; total: number; updated_at: string }[] {
  return sample.data.orders
    .slice({}, 0, Infinity)
    .map((text) => JSON.parse(text) as { id: number; status: string; total: number; updated_at: string })
    .sort((a, b) => a.id - b.id)
    .map(({ id, status, total, updated_at }) => ({ id: String(id), status, total, updated_at }));
}

const ORDERS = `SELECT id, status, total, strftime(updated_at, '%Y-%m-%dT%H:%M:%SZ') AS updated_at
  FROM raw_shop.orders ORDER BY id`;

describe("incremental merge", () => {
  it("loads everything first, with the initial value in the request", async () => {
    api = await startSampleApi({ orders: 100 });
    await using project = await makeProject({ ".dango/sources.yml": sources(api.url) });
    const [orders, items] = await syncTables(project);
    expect(api.requests.map(({ url }) => url)).toEqual([
      "/next/orders?limit=40&updated_after=2024-01-01T00%3A00%3A00Z",
      "/next/orders?limit=40&updated_after=2024-01-01T00%3A00%3A00Z&after=40",
      "/next/orders?limit=40&updated_after=2024-01-01T00%3A00%3A00Z&after=80",
    ]);
    expect(orders).toMatchObject({
      name: "orders",
      fetched: 100,
      inserted: 100,
      updated: 0,
      deleted: 0,
      unchanged: 0,
    });
    expect(items).toMatchObject({ name: "orders__items", inserted: 200 });
    expect(await project.query(ORDERS)).toEqual(expectedOrders(api));
  });

  it("changes no row when nothing is new, and asks with the stored cursor (M2)", async () => {
    api = await startSampleApi({ orders: 100 });
    await using project = await makeProject({ ".dango/sources.yml": sources(api.url) });
    await syncTables(project);
    const everything = "SELECT * FROM raw_shop.orders ORDER BY id";
    const children = "SELECT * FROM raw_shop.orders__items ORDER BY _dlt_id";
    const before = [await project.query(everything), await project.query(children)];
    api.requests.length = 0;

    const [orders] = await syncTables(project);

    expect(api.requests.map(({ url }) => url)).toEqual([
      "/next/orders?limit=40&updated_after=2024-01-01T01%3A39%3A00Z",
    ]);
    expect(orders).toMatchObject({
      name: "orders",
      fetched: 1,
      inserted: 0,
      updated: 0,
      deleted: 0,
      unchanged: 1,
    });
    expect([await project.query(everything), await project.query(children)]).toEqual(before);
  });

  it("takes exactly the 3 changed and 2 new orders", async () => {
    api = await startSampleApi({ orders: 100 });
    await using project = await makeProject({ ".dango/sources.yml": sources(api.url) });
    await syncTables(project);
    api.data.changeOrders({ changed: 3, added: 2 });

    const [orders, items] = await syncTables(project);

    expect(orders).toMatchObject({
      fetched: 6,
      inserted: 2,
      updated: 3,
      deleted: 0,
      unchanged: 1,
      discarded: 0,
    });
    expect(items).toMatchObject({ name: "orders__items" });
    expect(await project.query(ORDERS)).toEqual(expectedOrders(api));
    expect(await project.query("SELECT count(*) AS n FROM raw_shop.orders__items")).toEqual([{ n: "204" }]);
    const orphans = `SELECT count(*) AS n FROM raw_shop.orders__items i
      LEFT JOIN raw_shop.orders o ON i._dlt_parent_id = o._dlt_id WHERE o.id IS NULL`;
    expect(await project.query(orphans)).toEqual([{ n: "0" }]);
    const changed =
      "SELECT count(*) AS n FROM raw_shop.orders WHERE _dlt_load_id = (SELECT max(load_id) FROM raw_shop._dlt_loads)";
    expect(await project.query(changed)).toEqual([{ n: "5" }]);
  });

  it("makes the table equal the API with --full-refresh (M6)", async () => {
    api = await startSampleApi({ orders: 60 });
    await using project = await makeProject({ ".dango/sources.yml": sources(api.url) });
    await syncTables(project);
    await api.close();
    api = await startSampleApi({ orders: 20 });
    await project.write(".dango/sources.yml", sources(api.url));

    await syncTables(project, ["--full-refresh"]);

    expect(api.requests[0]?.url).toBe("/next/orders?limit=40&updated_after=2024-01-01T00%3A00%3A00Z");
    expect(await project.query(ORDERS)).toEqual(expectedOrders(api));
    expect(await project.query("SELECT count(*) AS n FROM raw_shop.orders__items")).toEqual([{ n: "41" }]);
  });

  it("loads --limit rows into <dataset>_limited and moves no state (I7)", async () => {
    api = await startSampleApi({ orders: 100 });
    await using project = await makeProject({ ".dango/sources.yml": sources(api.url) });
    await syncTables(project, ["--limit", "7"]);
    expect(await project.query("SELECT count(*) AS n FROM raw_shop_limited.orders")).toEqual([{ n: "7" }]);
    expect(api.requests.length).toBe(1);
    await syncTables(project, ["--limit", "3"]);
    expect(await project.query("SELECT count(*) AS n FROM raw_shop_limited.orders")).toEqual([{ n: "3" }]);
    api.requests.length = 0;
    await syncTables(project);
    expect(api.requests[0]?.url).toBe("/next/orders?limit=40&updated_after=2024-01-01T00%3A00%3A00Z");
  });

  it("plans and loads nothing with --dry-run", async () => {
    api = await startSampleApi({ orders: 100 });
    await using project = await makeProject({ ".dango/sources.yml": sources(api.url) });
    const ended = await project.dango(["sync", "--dry-run"]);
    expect(ended.exitCode).toBe(0);
    expect(api.requests.length).toBe(1);
    expect(ended.stdout).toContain(
      `GET ${api.url}/next/orders?limit=40&updated_after=2024-01-01T00%3A00%3A00Z`,
    );
    expect(ended.stdout).toMatch(/schema: orders: new table/);
    await expect(project.query("SELECT 1")).rejects.toThrow(/does not exist|Cannot open/);
  });

  it("skips disabled sources and says so (004-01)", async () => {
    api = await startSampleApi({ orders: 10 });
    await using project = await makeProject({
      ".dango/sources.yml": sources(
        api.url,
        `  - name: off
    type: rest_api
    enabled: false
    rest_api: {base_url: "${api.url}", resources: [users]}
`,
      ),
    });
    const ended = await project.dango(["sync"]);
    expect(ended.exitCode).toBe(0);
    expect(ended.stdout).toContain("off → raw_off: skipped, it has `enabled: false`");
    expect(api.requests.map(({ url }) => url.split("?")[0])).toEqual(["/next/orders"]);
  });
});
