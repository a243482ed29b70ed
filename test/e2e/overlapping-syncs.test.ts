import { afterEach, describe, expect, it } from "vitest";
import { makeProject, type Ended, type TestProject } from "../support/project.js";
import { sendJson, serve, type TestServer } from "../support/serve.js";

let api: TestServer | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

/** An API that answers `together` requests at once: none before all of them are there. */
async function startApi(gate: { together: number; ids: number[] }): Promise<TestServer> {
  let waiting: (() => void)[] = [];
  return serve((_, response) => {
    waiting.push(() => {
      sendJson(
        response,
        gate.ids.map((id) => ({ id, at: `2024-01-0${String(id)}`, xs: [id] })),
      );
    });
    if (waiting.length < gate.together) return;
    for (const answer of waiting) answer();
    waiting = [];
  });
}

async function openShop(url: string): Promise<TestProject> {
  return makeProject({
    ".dango/sources.yml": `
sources:
  - name: shop
    type: rest_api
    rest_api:
      base_url: ${url}
      paginator: single_page
      resources:
        - {name: orders, write_disposition: append, incremental: {cursor_path: at}}
`,
  });
}

const FACTS = `SELECT (SELECT list(id ORDER BY id) FROM raw_shop.orders)::VARCHAR AS ids,
  (SELECT count(*) FROM raw_shop.orders__xs) AS items, (SELECT count(*) FROM raw_shop._dango_runs) AS runs,
  (SELECT max(version) FROM raw_shop._dlt_pipeline_state) AS state`;

describe("two syncs of one source that begin at the same moment", () => {
  it("both come to the commit: one commits, the other changes nothing and says so (exit 4), and runs again", async () => {
    const gate = { together: 2, ids: [1, 2] };
    api = await startApi(gate);
    await using project = await openShop(api.url);
    const both = async (): Promise<Ended[]> => {
      gate.together = 2;
      const ended = await Promise.all([project.dango(["sync"]), project.dango(["sync"])]);
      gate.together = 1;
      return ended.sort((a, b) => (a.exitCode ?? 0) - (b.exitCode ?? 0));
    };
    const checkLoser = (loser: Ended | undefined): void => {
      expect(loser?.stderr).toContain(
        "the pipeline shop was changed meanwhile, by another sync or by `dango pipeline`; nothing was changed",
      );
      expect(loser?.stderr).toContain("hint: run again");
    };

    // There is no warehouse yet: one of them makes it.
    const first = await both();
    expect(first.map(({ exitCode }) => exitCode)).toEqual([0, 4]);
    checkLoser(first[1]);
    expect(await project.query(FACTS)).toEqual([{ ids: "[1, 2]", items: "2", runs: "1", state: "1" }]);

    gate.ids = [2, 3, 4];
    const second = await both();
    expect(second.map(({ exitCode }) => exitCode)).toEqual([0, 4]);
    checkLoser(second[1]);
    expect(await project.query(FACTS)).toEqual([{ ids: "[1, 2, 3, 4]", items: "4", runs: "2", state: "2" }]);

    const again = await project.dango(["sync", "--json"]);
    expect(again.exitCode).toBe(0);
    expect(await project.query(FACTS)).toEqual([{ ids: "[1, 2, 3, 4]", items: "4", runs: "3", state: "2" }]);
  });
});
