import { describe, expect, it } from "vitest";
import { raw, startSeed } from "./start-seed.js";

const ONE = "paginator: single_page\nresources: [things]";

describe("the records of a response (001-02)", () => {
  it.each([
    ["an object", { id: 1, name: "a" }, [[1n]]],
    ["a list", [{ id: 1 }, { id: 2 }], [[1n], [2n]]],
  ])("are those of %s", async (_, body, rows) => {
    const api = await startSeed(ONE, () => body);
    expect((await api.sync()).exitCode).toBe(0);
    expect(await api.table("id", "things")).toEqual(rows);
  });

  it.each([
    ["null", "null"],
    ["an empty object", "{}"],
    ["an empty list", "[]"],
    ["an empty body", ""],
  ])("are none for %s", async (_, text) => {
    const api = await startSeed(ONE, () => raw(200, text, { "content-type": "application/json" }));
    const { exitCode, resources } = await api.sync();
    expect([exitCode, resources[0]?.tables.map(({ name, fetched }) => [name, fetched])]).toEqual([
      0,
      [["things", 0]],
    ]);
  });
});

describe("the schema", () => {
  it("is learned, and a column that comes later is added and told (001-05)", async () => {
    let rows: unknown[] = [{ id: 1 }];
    const api = await startSeed(ONE, () => rows);
    await api.sync();
    rows = [{ id: 1, email: "a@b" }];
    expect((await api.sync()).resource("things").schemaChanges).toEqual(["things: new column email VARCHAR"]);
    expect(await api.table("id, email", "things")).toEqual([[1n, "a@b"]]);
  });

  it("is what the resource declares, also for columns that never came", async () => {
    const api = await startSeed(
      `paginator: single_page
resources:
  - name: things
    columns: {price: {data_type: decimal, precision: 10, scale: 2}, note: {data_type: text}}`,
      () => [{ id: 1, price: "9.5" }],
    );
    await api.sync();
    expect(
      await api.rows(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'things' AND column_name[1] <> '_' ORDER BY 1",
      ),
    ).toEqual([
      ["id", "BIGINT"],
      ["note", "VARCHAR"],
      ["price", "DECIMAL(10,2)"],
    ]);
  });
});

describe("a full refresh", () => {
  it("reads everything and makes the table equal it, also when it is shorter than before (001-06, 004-10)", async () => {
    let rows: unknown[] = [{ id: 1, tags: ["a"] }, { id: 2 }, { id: 3 }];
    const api = await startSeed(ONE, () => rows);
    await api.sync();
    rows = [{ id: 2 }];
    expect((await api.sync()).resource("things").writeDisposition).toBe("replace");
    expect(api.asked()).toEqual(["GET /things", "GET /things"]);
    expect(await api.table("id", "things")).toEqual([[2n]]);
    expect(await api.table("value", "things__tags")).toEqual([]);
  });
});

describe("what is tried again", () => {
  it("is 429 and any 5xx, five requests in all, with waits that double (001-10)", async () => {
    const api = await startSeed(ONE, (_url, _request, count) => raw(count === 1 ? 429 : 503, "busy"));
    const { exitCode, resources } = await api.sync();
    expect([exitCode, resources[0]?.requests, resources[0]?.retries]).toEqual([8, 5, 4]);
    expect(api.server.requests).toHaveLength(5);
    expect(api.clock.sleeps).toEqual([1000, 2000, 4000, 8000]);
  });

  it("is what the source and the resource say: statuses, a body, and a wait that a header gives (001-11, 001-17)", async () => {
    const answers = [
      raw(404, "not yet"),
      raw(200, '{"state":"pending"}'),
      raw(420, "calm down", { "x-reset": "17" }),
      raw(200, '[{"id":1}]'),
    ];
    const api = await startSeed(
      `paginator: single_page
retry: {attempts: 4, base: 100ms, statuses: [404]}
resources:
  - name: things
    endpoint:
      path: /things
      response_actions:
        - {path: state, content: pending, action: retry}
        - "custom_sources.api:backoff"
  - {name: others, retry: {attempts: 1}}`,
      ({ pathname }) => (pathname === "/others" ? raw(404) : answers.shift()),
      {
        files: {
          "custom_sources/api.ts": `export const backoff = ({ status, headers }) =>
  status === 420 ? { action: "retry", wait: Number(headers["x-reset"]) } : undefined;\n`,
        },
      },
    );
    const synced = await api.sync();
    expect([synced.resource("things").status, synced.resource("others").status]).toEqual(["ok", "failed"]);
    expect(api.asked().sort()).toEqual(["GET /others", ...Array<string>(4).fill("GET /things")]);
    expect(api.clock.sleeps).toEqual([100, 200, 17_000]);
    expect(await api.table("id", "things")).toEqual([[1n]]);
  });

  it("is nothing that succeeds: no request waits, and at most four are under way (001-12)", async () => {
    let underWay = 0;
    let most = 0;
    let open: () => void = () => undefined;
    const full = new Promise<void>((resolve) => (open = resolve));
    const api = await startSeed(
      `paginator: single_page
resources:
  - name: users
  - {name: posts, path: "users/{resources.users.id}/posts"}`,
      async ({ pathname }) => {
        if (pathname === "/users") return Array.from({ length: 12 }, (_, id) => ({ id }));
        underWay += 1;
        most = Math.max(most, underWay);
        if (underWay === 4) open();
        await full;
        underWay -= 1;
        return [{ title: pathname }];
      },
    );
    expect((await api.sync()).exitCode).toBe(0);
    expect([most, api.server.requests.length, api.clock.sleeps]).toEqual([4, 13, []]);
  });
});

describe("slices (001-13)", () => {
  it("are values of a list in the file, in any place of a request, one chain of pages each", async () => {
    const api = await startSeed(
      `resource_defaults: {primary_key: id, params: {limit: 2}}
resources:
  - {name: regions, selected: false, records: [eu, us west]}
  - {name: accounts, records: [{id: 9007199254740993, tier: {name: gold}}]}
  - name: sales
    path: "{resources.regions.value}/sales"
    params: {region: "{resources.regions.value}"}
    headers: {X-Region: "{resources.regions.value}"}
    include_from_parent: [value]
    paginator: page_number
  - {name: tiers, path: "tiers/{resources.accounts.tier.name}/{resources.accounts.id}"}`,
      ({ pathname, searchParams }) => {
        if (pathname.startsWith("/tiers")) return { id: pathname };
        return searchParams.get("page") === "1" ? [{ id: pathname }] : [];
      },
    );
    const synced = await api.sync();
    expect([synced.exitCode, synced.resource("regions").requests, synced.resource("regions").error]).toEqual([
      0,
      0,
      null,
    ]);
    expect(
      api.server.requests.map(({ url, headers }) => `${url} ${String(headers["x-region"])}`).sort(),
    ).toEqual([
      "/eu/sales?limit=2&region=eu&page=1 eu",
      "/eu/sales?limit=2&region=eu&page=2 eu",
      "/tiers/gold/9007199254740993?limit=2 undefined",
      "/us%20west/sales?limit=2&region=us%20west&page=1 us west",
      "/us%20west/sales?limit=2&region=us%20west&page=2 us west",
    ]);
    expect(await api.table("_regions_value, id", "sales")).toEqual([
      ["eu", "/eu/sales"],
      ["us west", "/us%20west/sales"],
    ]);
    expect(await api.table("id, tier__name", "accounts")).toEqual([[9007199254740993n, "gold"]]);
    await expect(api.rows("FROM raw_api.regions")).rejects.toThrow();
  });

  it("are windows of dates and records of a parent, in path, params, headers and body, one chain of pages each", async () => {
    const api = await startSeed(
      `resources:
  - {name: shops, paginator: single_page}
  - name: sales
    primary_key: id
    endpoint:
      path: shops/{resources.shops.id}/sales
      method: POST
      params: {from: "{incremental.start_value}", to: "{incremental.end_value}"}
      headers: {X-Region: "{resources.shops.region}"}
      json: {shop: "{resources.shops.id}"}
      paginator: page_number
      incremental: {cursor_path: day, initial_value: "2024-01-01", end_value: "2024-01-03", step: P1D}`,
      ({ pathname, searchParams }) => {
        if (pathname === "/shops")
          return [
            { id: 1, region: "eu" },
            { id: 2, region: "us" },
          ];
        const [day, page] = [searchParams.get("from") ?? "", searchParams.get("page") ?? ""];
        return page === "1" ? [{ id: `${pathname} ${day}`, day }] : [];
      },
    );
    const synced = await api.sync();
    expect(synced.resources.map(({ error }) => error)).toEqual([null, null]);
    const sales = api.server.requests.filter(({ method }) => method === "POST");
    expect(
      sales.map(({ url, headers, body }) => `${url} ${String(headers["x-region"])} ${body}`).sort(),
    ).toEqual(
      [1, 2].flatMap((shop) =>
        ["from=2024-01-01&to=2024-01-02", "from=2024-01-02&to=2024-01-03"].flatMap((window) =>
          [1, 2].map(
            (page) =>
              `/shops/${String(shop)}/sales?${window}&page=${String(page)} ${shop === 1 ? "eu" : "us"} {"shop":${String(shop)}}`,
          ),
        ),
      ),
    );
    expect(await api.table("id", "sales")).toEqual([
      ["/shops/1/sales 2024-01-01"],
      ["/shops/1/sales 2024-01-02"],
      ["/shops/2/sales 2024-01-01"],
      ["/shops/2/sales 2024-01-02"],
    ]);
  });
});
