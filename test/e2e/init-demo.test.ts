import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { PROJECT_FILES } from "../../src/cli/templates/project-files.js";
import { narrate } from "../support/narrate.js";
import { makeProject, type TestProject } from "../support/project.js";

const REPOSITORY = new URL("../../", import.meta.url);

async function filesOf(project: TestProject): Promise<Record<string, string>> {
  const entries = await readdir(project.root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    paths.map(async (path) => [path.slice(project.root.length + 1), await readFile(path, "utf8")] as const),
  );
  return Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe("dango init", () => {
  it("writes a project; a second time it leaves every file as it is", async () => {
    await using project = await makeProject({});
    expect(narrate(project, await project.dango(["init"]))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      created  .dango/sources.yml
      created  .dlt/secrets.toml
      created  custom_sources/my_api.ts
      created  .gitignore

      Next: dango demo    # a complete run against the bundled sample API"
    `);
    const files = await filesOf(project);
    expect(files).toEqual(Object.fromEntries(PROJECT_FILES.map(({ path, text }) => [path, text])));
    expect((await stat(join(project.root, ".dlt/secrets.toml"))).mode & 0o777).toBe(0o600);

    await project.write(".dango/sources.yml", "# mine\n");
    expect(narrate(project, await project.dango(["init"]))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      kept     .dango/sources.yml
      kept     .dlt/secrets.toml
      kept     custom_sources/my_api.ts
      kept     .gitignore

      Next: dango demo    # a complete run against the bundled sample API"
    `);
    expect(await filesOf(project)).toEqual({ ...files, ".dango/sources.yml": "# mine\n" });
  });

  it("makes a folder that it is given, and says how to go on", async () => {
    await using project = await makeProject({});
    expect(narrate(project, await project.dango(["init", "my-project"]))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      created  my-project/.dango/sources.yml
      created  my-project/.dlt/secrets.toml
      created  my-project/custom_sources/my_api.ts
      created  my-project/.gitignore

      Next: cd my-project && dango demo    # a complete run against the bundled sample API"
    `);
    expect((await project.dango(["validate", "--project", "my-project"])).exitCode).toBe(0);
  });

  it("adds to a .gitignore what keeps secrets and data out of git", async () => {
    await using project = await makeProject({ ".gitignore": "node_modules/\ndata/" });
    const ended = await project.dango(["init"]);
    expect(ended.stdout).toContain("updated  .gitignore");
    const text = await readFile(join(project.root, ".gitignore"), "utf8");
    expect(text).toMatchInlineSnapshot(`
      "node_modules/
      data/
      .dlt/secrets.toml
      .dlt/*.secrets.toml
      .dlt/.*.tmp
      .dlt/pipelines/
      .dango/logs/
      .dango/cache/
      "
    `);
    expect((await project.dango(["init"])).stdout).toContain("kept     .gitignore");
    expect(await readFile(join(project.root, ".gitignore"), "utf8")).toBe(text);
  });
});

describe("dango validate", () => {
  it("says that a project is valid, without a request and without a warehouse", async () => {
    await using project = await makeProject({});
    await project.dango(["init"]);
    const refused = createServer();
    await new Promise<void>((resolve) => refused.listen(0, "127.0.0.1", resolve));
    let connections = 0;
    refused.on("connection", () => (connections += 1));
    const port = String((refused.address() as { port: number }).port);
    const env = { SAMPLE_API_URL: `http://127.0.0.1:${port}` };
    expect(narrate(project, await project.dango(["validate"], env))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      valid: 2 sources (shop, my_custom_api)"
    `);
    expect(JSON.parse((await project.dango(["validate", "--json"], env)).stdout)).toMatchInlineSnapshot(`
      {
        "errors": [],
        "schema_version": 1,
        "sources": [
          {
            "enabled": true,
            "name": "shop",
            "type": "rest_api",
          },
          {
            "enabled": true,
            "name": "my_custom_api",
            "type": "dlt_native",
          },
        ],
        "valid": true,
      }
    `);
    refused.close();
    expect(connections).toBe(0);
    await expect(stat(join(project.root, "data"))).rejects.toThrow("ENOENT");
  });

  it("tells the errors of every module at once", async () => {
    const source = (name: string): string => `  - name: ${name}
    type: dlt_native
    dlt_native: {source_module: ${name}, source_name: ${name}_source}
`;
    await using project = await makeProject({
      ".dango/sources.yml": `sources:\n${source("one")}${source("two")}${source("three")}`,
      "custom_sources/one.ts": "export const one_source = ;\n",
      "custom_sources/two.ts": `import { defineSource, resource, secret } from "dango";
export const two_source = defineSource({ api_key: secret() }, () => resource({ name: "a" }, () => []));
`,
      "custom_sources/three.ts": `import { defineSource, resource } from "dango";
export const three_source = defineSource({}, () => resource({ name: "a" }, () => []));
`,
    });
    expect(narrate(project, await project.dango(["validate"]))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: custom_sources/one.ts:1:27: Syntax error: Unexpected token
      error: .dango/sources.yml:7:17: two_source needs the secret \`api_key\`, and it is set nowhere
        hint: set it in .dlt/secrets.toml under [sources.two_source]; looked in environment: SOURCES__TWO_SOURCE__API_KEY, SOURCES__TWO__API_KEY, SOURCES__API_KEY, api_key, API_KEY; .dlt/secrets.toml (no such file): [sources.two_source], [sources.two], [sources]"
    `);
    const json = await project.dango(["validate", "--json"]);
    expect(json.exitCode).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchInlineSnapshot(`
      {
        "errors": [
          {
            "location": {
              "column": 27,
              "file": "custom_sources/one.ts",
              "line": 1,
            },
            "message": "Syntax error: Unexpected token",
          },
          {
            "hint": "set it in .dlt/secrets.toml under [sources.two_source]; looked in environment: SOURCES__TWO_SOURCE__API_KEY, SOURCES__TWO__API_KEY, SOURCES__API_KEY, api_key, API_KEY; .dlt/secrets.toml (no such file): [sources.two_source], [sources.two], [sources]",
            "location": {
              "column": 17,
              "file": ".dango/sources.yml",
              "line": 7,
            },
            "message": "two_source needs the secret \`api_key\`, and it is set nowhere",
          },
        ],
        "schema_version": 1,
        "valid": false,
      }
    `);
  });
});

describe("dango demo", () => {
  it("ends in an empty folder with exit 0 and tables that were loaded, however often it is run", async () => {
    await using project = await makeProject({});
    // A proxy that the machine names has nothing to do with it.
    const first = await project.dango(["demo"], { HTTP_PROXY: "http://127.0.0.1:1" });
    expect(narrate(project, first)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      sample API on http://<host>, project in dango-demo

      First sync: everything

      shop → raw_shop (load <load id>)
        resource  table          fetched  inserted  updated  deleted  unchanged  discarded
        users     users              100       100        0        0          0          0
                  users__tags        134       134        0        0          0          0
        orders    orders           1,000     1,000        0        0          0          0
                  orders__items    2,000     2,000        0        0          0          0
        users: replace, page_number (page from 1), 3 requests, 17.6 kB, <seconds>
        orders: merge (delete-insert), json_link (next_page_url), 5 requests, 349.1 kB, <seconds>
        schema: users: new table
        schema: users__tags: new table
        schema: orders: new table
        schema: orders__items: new table

      my_custom_api → raw_my_custom_api (load <load id>)
        resource  table          fetched  inserted  updated  deleted  unchanged  discarded
        users     users              100       100        0        0          0          0
                  users__tags        134       134        0        0          0          0
        orders    orders           1,000     1,000        0        0          0          0
                  orders__items    2,000     2,000        0        0          0          0
        users: replace, 1 request, 17.5 kB, <seconds>
        orders: merge (delete-insert), 5 requests, 349.1 kB, <seconds>
        schema: users: new table
        schema: users__tags: new table
        schema: orders: new table
        schema: orders__items: new table

      Done: 4 resources, 2,200 records fetched in <seconds>

      The API now has 3 changed and 2 new orders. Second sync: only these

      shop → raw_shop (load <load id>)
        resource  table          fetched  inserted  updated  deleted  unchanged  discarded
        users     users              100       100        0      100          0          0
                  users__tags        134       134        0      134          0          0
        orders    orders               6         2        3        0          1          0
                  orders__items       12        10        0        6          2          0
        users: replace, page_number (page from 1), 3 requests, 17.6 kB, <seconds>
        orders: merge (delete-insert), json_link (next_page_url), 1 request, 2.1 kB, <seconds>

      my_custom_api → raw_my_custom_api (load <load id>)
        resource  table          fetched  inserted  updated  deleted  unchanged  discarded
        users     users              100       100        0      100          0          0
                  users__tags        134       134        0      134          0          0
        orders    orders               6         2        3        0          1          0
                  orders__items       12        10        0        6          2          0
        users: replace, 1 request, 17.5 kB, <seconds>
        orders: merge (delete-insert), 1 request, 2.1 kB, <seconds>

      Done: 4 resources, 212 records fetched in <seconds>

      data/warehouse.duckdb: SELECT status, count(*) AS orders, round(sum(total), 2) AS total FROM raw_shop.orders GROUP BY status ORDER BY orders DESC, status

      status     orders     total
      refunded      201  35112.92
      shipped       201   35298.3
      completed     200  35029.69
      paid          200     35215
      pending       200     35153
      (5 rows)

      data/warehouse.duckdb: SELECT o.id, o.customer__name, o.updated_at, i.sku, i.quantity, i.price FROM raw_my_custom_api.orders o JOIN raw_my_custom_api.orders__items i ON i._dlt_parent_id = o._dlt_id ORDER BY o.updated_at DESC, o.id, i._dlt_list_idx LIMIT 5

        id  customer__name  updated_at              sku       quantity  price
      1002  Margaret 839    2024-01-01 16:44:00+00  SKU-2034         3  15.01
      1001  Ada 920         2024-01-01 16:43:00+00  SKU-2017         2     15
      1001  Ada 920         2024-01-01 16:43:00+00  SKU-2118         3  15.01
      1001  Ada 920         2024-01-01 16:43:00+00  SKU-2219         4  15.02
         3  Donald 758      2024-01-01 16:42:00+00  SKU-0051         4   5.02
      (5 rows)

      Ask for more: dango sql "SELECT …" --project dango-demo"
    `);
    const rows = `SELECT (SELECT count(*) FROM raw_shop.orders) AS shop,
      (SELECT count(*) FROM raw_my_custom_api.orders) AS module,
      (SELECT count(*) FROM raw_shop.orders o ANTI JOIN raw_my_custom_api.orders m USING (id, status, total, updated_at)) AS unlike`;
    const sql = await project.dango(["sql", rows, "--project", "dango-demo"]);
    expect(sql.stdout).toBe("shop,module,unlike\n1002,1002,0");
    const second = await project.dango(["demo"]);
    expect(second.exitCode).toBe(0);
    expect(withoutFirst(narrate(project, second))).toBe(withoutFirst(narrate(project, first)));
    expect(await readdir(project.root)).toEqual(["dango-demo"]);
  });

  it("runs in the project that dango init made, and leaves one of the user's own alone", async () => {
    await using project = await makeProject({});
    await project.dango(["init"]);
    expect((await project.dango(["demo"])).exitCode).toBe(0);
    expect(await project.query("SELECT count(*) AS n FROM raw_shop.users")).toEqual([{ n: "100" }]);

    await using own = await makeProject({});
    await own.dango(["init"]);
    const path = join(own.root, ".dango/sources.yml");
    await writeFile(path, `${await readFile(path, "utf8")}# mine now\n`);
    expect((await own.dango(["demo"])).exitCode).toBe(0);
    expect((await readdir(own.root)).sort()).toEqual([
      ".dango",
      ".dlt",
      ".gitignore",
      "custom_sources",
      "dango-demo",
    ]);
  });

  it("serves the sample API for a project of one's own until it is interrupted", async () => {
    await using project = await makeProject({});
    await project.dango(["init"]);
    const serving = project.start(["demo", "--serve", "--port", "0"]);
    let said = "";
    serving.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    while (!said.includes("Ctrl-C")) await delay(20);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? "";
    expect((await project.dango(["sync"], { SAMPLE_API_URL: url })).exitCode).toBe(0);
    const port = new URL(url).port;
    const second = narrate(project, await project.dango(["demo", "--serve", "--port", port]));
    expect(second.replace(port, "<port>")).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: port <port> cannot be used for the sample API (EADDRINUSE)
        hint: name another one with --port; --port 0 takes any that is free"
    `);
    serving.kill("SIGINT");
    expect((await serving).exitCode).toBe(0);
  });
});

/** Without what the first of two runs alone says, the new tables, and the rows before it that only a second one deletes. */
function withoutFirst(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.trim().startsWith("schema:"))
    .map((line) =>
      line.replace(/^( .*[\d,]+ +[\d,]+ +[\d,]+ +)[\d,]+( +[\d,]+ +[\d,]+)$/, "$1_$2").replace(/ +/g, " "),
    )
    .join("\n");
}

describe("this repository", () => {
  it.each(PROJECT_FILES.filter(({ path }) => path !== ".gitignore"))(
    "is the example project of dango init: $path",
    async ({ path, text }) => {
      expect(await readFile(new URL(path, REPOSITORY), "utf8")).toBe(text);
    },
  );

  it("ignores what a project ignores, but its demonstration credentials", async () => {
    const own = (await readFile(new URL(".gitignore", REPOSITORY), "utf8")).split("\n");
    const template =
      PROJECT_FILES.find(({ path }) => path === ".gitignore")
        ?.text.trim()
        .split("\n") ?? [];
    expect(template.filter((line) => !own.includes(line))).toEqual([".dlt/secrets.toml", "data/"]);
    expect(own).toContain("/data/*");
  });
});

describe("a pipe that is closed early", () => {
  it("is no error of dango", async () => {
    await using project = await makeProject({});
    await project.dango(["init"]);
    await project.dango(["demo"]);
    const run = project.start(["sql", "SELECT * FROM range(2000000)"]);
    run.stdout.once("data", () => {
      run.stdout.destroy();
    });
    const ended = await run;
    expect(ended.stderr).toBe("");
    expect(ended.exitCode).toBe(0);
  });
});
