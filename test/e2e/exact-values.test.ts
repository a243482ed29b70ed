import { describe, expect, it } from "vitest";
import { makeProject } from "../support/project.js";
import { serve } from "../support/serve.js";

const SOURCES = (url: string): string => `
sources:
  - name: exact
    type: rest_api
    rest_api: {base_url: "${url}", resources: [{name: things, endpoint: /things, paginator: single_page}]}
`;

/** Syncs one body and gives the project to look at. */
async function load(body: string) {
  const api = await serve((_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  });
  const project = await makeProject({ ".dango/sources.yml": SOURCES(api.url) });
  const ended = await project.dango(["sync"]);
  await api.close();
  return { project, ended };
}

describe("exact values", () => {
  it("keeps integers of any size and decimals as sent", async () => {
    const { project, ended } = await load(
      '[{"id":9007199254740993,"big":123456789012345678901234567890,"tenth":0.1,"wide":1234567890123456789012345678901234567890123}]',
    );
    await using _ = project;
    expect(ended.exitCode).toBe(0);
    expect(await project.columns("raw_exact", "things")).toEqual([
      "id BIGINT",
      "big HUGEINT",
      "tenth DOUBLE",
      "wide VARCHAR",
      "_dlt_load_id VARCHAR",
      "_dlt_id VARCHAR",
    ]);
    expect(await project.query("SELECT id, big, tenth, wide FROM raw_exact.things")).toEqual([
      {
        id: "9007199254740993",
        big: "123456789012345678901234567890",
        tenth: 0.1,
        wide: "1234567890123456789012345678901234567890123",
      },
    ]);
  });

  it("turns lists of objects, three levels deep, into three child tables that join", async () => {
    const { project } = await load(
      JSON.stringify([
        {
          id: 1,
          a: [
            { n: 10, b: [{ n: 100, c: [{ n: 1000 }, { n: 1001 }] }] },
            { n: 11, b: [] },
          ],
        },
        {
          id: 2,
          a: [
            {
              n: 20,
              b: [
                { n: 200, c: [] },
                { n: 201, c: [{ n: 2010 }] },
              ],
            },
          ],
        },
      ]),
    );
    await using _ = project;
    const joined = `SELECT t.id, a.n AS a, b.n AS b, c.n AS c FROM raw_exact.things t
      JOIN raw_exact.things__a a ON a._dlt_parent_id = t._dlt_id
      JOIN raw_exact.things__a__b b ON b._dlt_parent_id = a._dlt_id
      LEFT JOIN raw_exact.things__a__b__c c ON c._dlt_parent_id = b._dlt_id
      ORDER BY t.id, a._dlt_list_idx, b._dlt_list_idx, c._dlt_list_idx`;
    expect(await project.query(joined)).toEqual([
      { id: "1", a: "10", b: "100", c: "1000" },
      { id: "1", a: "10", b: "100", c: "1001" },
      { id: "2", a: "20", b: "200", c: null },
      { id: "2", a: "20", b: "201", c: "2010" },
    ]);
    expect(await project.query("SELECT count(*) AS n FROM raw_exact.things__a")).toEqual([{ n: "3" }]);
    expect(await project.columns("raw_exact", "things__a__b__c")).toEqual([
      "n BIGINT",
      "_dlt_parent_id VARCHAR",
      "_dlt_list_idx BIGINT",
      "_dlt_id VARCHAR",
    ]);
  });

  it.each([
    ["a lone surrogate (B1)", '[{"v":"a\\ud800b"}]', [{ v: "a\ufffdb" }]],
    ["duplicate keys, the last wins (B1)", '[{"v":1,"v":2}]', [{ v: "2" }]],
    ["a NUL in a string (B1)", '[{"v":"a\\u0000b"}]', [{ v: "a\u0000b" }]],
    ["a number beyond DOUBLE, as its digits (B4)", '[{"v":1e400}]', [{ v: "1e400" }]],
    ["a date that is none", '[{"v":"2024-02-30"}]', [{ v: "2024-02-30" }]],
    ["a timestamp that is none", '[{"v":"2024-01-01T25:00:00Z"}]', [{ v: "2024-01-01T25:00:00Z" }]],
    ["numbers beside strings, spelled as sent (B3)", '[{"v":1.10},{"v":"x"}]', [{ v: "1.10" }, { v: "x" }]],
    ["pretty-printed records", '[\n  {\n    "v": 1\n  },\n  {\n    "v": 2\n  }\n]', [{ v: "1" }, { v: "2" }]],
    ["a key named __proto__ (B1)", '[{"__proto__":7,"v":1}]', [{ v: "1" }]],
    ["scalars as records", "[1,2]", [{ value: "1" }, { value: "2" }]],
  ])("loads %s", async (_name, body, rows) => {
    const { project, ended } = await load(body);
    await using _ = project;
    expect(ended.stdout).toContain("Done:");
    const columns = Object.keys(rows[0] ?? {}).join(", ");
    expect(await project.query(`SELECT ${columns} FROM raw_exact.things ORDER BY rowid`)).toEqual(rows);
  });

  it("keeps the empty key and keys that differ only in case apart", async () => {
    const { project, ended } = await load('[{"A":1,"a":2,"":3}]');
    await using _ = project;
    expect(ended.exitCode).toBe(0);
    expect(await project.query("SELECT a, a_2, _empty FROM raw_exact.things")).toEqual([
      { a: "1", a_2: "2", _empty: "3" },
    ]);
  });

  it.each([
    ["invalid UTF-8 (B1)", Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), 1, "UTF-8"],
    ["NaN (B1)", Buffer.from('[{"v":NaN}]'), 1, "NaN"],
    ["nesting of 20,000 levels (B2)", Buffer.from("[".repeat(20_000) + "]".repeat(20_000)), 5, "1,000"],
  ])("refuses %s with its own error, not DuckDB's", async (_name, body, exitCode, word) => {
    const api = await serve((_, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end(body);
    });
    await using project = await makeProject({ ".dango/sources.yml": SOURCES(api.url) });
    const ended = await project.dango(["sync"], { RUNTIME__REQUEST_MAX_ATTEMPTS: "1" });
    await api.close();
    expect(ended.stderr).toContain(word);
    expect(ended.stderr).not.toMatch(/read_json|Invalid Input Error|bug in dango/);
    expect(ended.exitCode).toBe(exitCode);
  });
});
