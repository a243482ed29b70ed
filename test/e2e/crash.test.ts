import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { startSampleApi, type SampleApi } from "../../src/sample/server.js";
import { makeProject, type TestProject } from "../support/project.js";

let api: SampleApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

const SOURCES = (url: string): string => `
sources:
  - name: shop
    type: rest_api
    rest_api:
      base_url: ${url}
      resources:
        - name: orders
          endpoint: /next/orders
          params: {limit: 1000}
          paginator: {type: json_link, next_url_path: next_page_url}
          primary_key: id
          incremental: {cursor_path: updated_at, initial_value: "2024-01-01T00:00:00Z", start_param: updated_after}
        - name: events
          endpoint: /cursor/events
          params: {limit: 1000}
          paginator: {type: cursor, path: next_cursor, param: cursor}
          write_disposition: replace
`;

const COUNTS = `SELECT (SELECT count(*) FROM raw_shop.orders) AS orders,
  (SELECT count(*) FROM raw_shop.orders__items) AS items, (SELECT count(*) FROM raw_shop.events) AS events,
  (SELECT count(*) FROM raw_shop._dlt_loads) AS loads, (SELECT max(version) FROM raw_shop._dlt_pipeline_state) AS state`;

/** Starts a sync and kills it with SIGKILL `delayMs` after it announced `event`. */
async function killAfter(project: TestProject, event: string, delayMs: number): Promise<void> {
  const run = project.start(["sync", "--progress", "json"]);
  await new Promise<void>((resolve) => {
    let seen = "";
    run.stderr.on("data", (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes(`"event":"${event}"`)) resolve();
    });
    void run.then(() => {
      resolve();
    });
  });
  await delay(delayMs);
  run.kill("SIGKILL");
  await run;
}

describe("kill -9", () => {
  it("during extraction leaves the warehouse as it was, and the next sync ends right (002-01)", async () => {
    api = await startSampleApi({ orders: 3_000, events: 10 });
    await using project = await makeProject({ ".dango/sources.yml": SOURCES(api.url) });
    expect((await project.dango(["sync"])).exitCode).toBe(0);
    const before = await project.query(COUNTS);
    api.data.changeOrders({ changed: 2_500, added: 500 });
    api.injectFault({ path: "/next/orders", after: 1, kind: "hang" });

    await killAfter(project, "progress", 50);

    expect(await project.query(COUNTS)).toEqual(before);
    expect((await project.dango(["sync"])).exitCode).toBe(0);
    expect(await project.query(COUNTS)).toMatchObject([{ orders: "3500", events: "10", loads: "2" }]);
    expect(await readdir(join(project.root, ".dlt/pipelines/shop"))).toEqual(["traces"]);
  });

  it("at any moment of the load leaves the old warehouse or the new one (002-01)", async () => {
    api = await startSampleApi({ orders: 20_000, events: 5_000, recordRequests: false });
    await using project = await makeProject({ ".dango/sources.yml": SOURCES(api.url) });
    expect((await project.dango(["sync"])).exitCode).toBe(0);
    let known = await project.query(COUNTS);
    for (const delayMs of [0, 60, 140, 220, 320]) {
      api.data.changeOrders({ changed: 10_000, added: 100 });
      const complete = [
        {
          ...known[0],
          orders: String(Number(known[0]?.["orders"]) + 100),
          loads: String(Number(known[0]?.["loads"]) + 1),
        },
      ];
      await killAfter(project, "load_start", delayMs);
      const after = await project.query(COUNTS);
      const isOld = after[0]?.["loads"] === known[0]?.["loads"];
      if (isOld) expect(after).toEqual(known);
      else expect(after).toMatchObject([{ orders: complete[0]?.orders, loads: complete[0]?.loads }]);
      expect((await project.dango(["sync"])).exitCode).toBe(0);
      known = await project.query(COUNTS);
      expect(known[0]?.["orders"]).toBe(complete[0]?.orders);
      expect(await project.query("SELECT count(DISTINCT id) AS n FROM raw_shop.orders")).toEqual([
        { n: complete[0]?.orders },
      ]);
      const items = `SELECT count(*) AS n FROM raw_shop.orders__items i ANTI JOIN raw_shop.orders o ON o._dlt_id = i._dlt_parent_id`;
      expect(await project.query(items)).toEqual([{ n: "0" }]);
    }
  }, 120_000);

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s stops, commits nothing and exits %i, naming the log file", async (signal, exitCode) => {
    api = await startSampleApi({ orders: 3_000, events: 10 });
    await using project = await makeProject({ ".dango/sources.yml": SOURCES(api.url) });
    api.injectFault({ path: "/next/orders", after: 1, kind: "hang" });
    const run = project.start(["sync"]);
    while (api.requests.length < 3) await delay(20);
    run.kill(signal);
    const ended = await run;
    expect(ended.exitCode).toBe(exitCode);
    expect(ended.stderr.trim().split("\n").at(-1)).toMatch(/^log: \.dango\/logs\/.*\.jsonl$/);
    await expect(project.query("SELECT 1")).rejects.toThrow(/does not exist|Cannot open/);
  });
});
