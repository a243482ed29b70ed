import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findProjectRoot } from "../../../src/config/files/find-project-root.js";
import { readProject } from "../../../src/config/read-project.js";
import { read, readResource, readRest, writeProject } from "./support.js";

describe("a project", () => {
  const yaml = "sources: [{name: a, type: dlt_native, dlt_native: {source_module: m, source_function: f}}]\n";

  it("is found from a folder below its root", async () => {
    const root = await writeProject({ yaml, files: { "custom_sources/deep/x.ts": "" } });
    const startDirectory = join(root, "custom_sources", "deep");
    expect(await findProjectRoot(startDirectory)).toBe(root);
    expect((await readProject({ startDirectory, env: {} })).root).toBe(root);
  });

  it("is the one that DANGO_PROJECT names, relative to the working directory", async () => {
    const root = await writeProject({ yaml });
    const env = { DANGO_PROJECT: "." };
    expect((await readProject({ startDirectory: root, env })).root).toBe(root);
  });

  it("has its warehouse in data/ unless it says otherwise", async () => {
    const { root, warehousePath } = await read({ yaml });
    expect(warehousePath).toBe(join(root, "data/warehouse.duckdb"));
    const other = await read({ yaml: `version: 1\nwarehouse: out/x.duckdb\n${yaml}` });
    expect(other.warehousePath).toBe(join(other.root, "out/x.duckdb"));
  });

  it("has sources with defaults", async () => {
    expect((await read({ yaml })).sources).toEqual([
      {
        name: "a",
        enabled: true,
        datasetName: "raw_a",
        pipelineName: "a",
        schemaName: "a",
        location: { file: ".dango/sources.yml", line: 1, column: 11 },
        definition: {
          type: "dlt_native",
          module: {
            sourceModule: "m",
            sourceName: "f",
            args: {},
            location: { file: ".dango/sources.yml", line: 1, column: 51 },
          },
        },
      },
    ]);
  });
});

describe("the two spellings of rest_api", () => {
  const short = `
base_url: https://api.example.com
headers: {A: b}
auth: {token: secret-token}
timeout: 5s
pagination: {type: page_number, param: p, start: 1}
endpoints:
  - name: users
    endpoint: /users
    method: POST
    params: {status: completed}
    json: {q: 1}
    data_selector: data
    primary_key: id
  - orders`.slice(1);
  const long = `
client:
  base_url: https://api.example.com
  headers: {A: b}
  auth: {type: bearer, token: secret-token}
  timeout: 5
  paginator: {type: page_number, page_param: p, base_page: 1}
resources:
  - name: users
    endpoint:
      path: /users
      method: POST
      params: {status: completed}
      json: {q: 1}
      data_selector: data
    primary_key: [id]
  - name: orders
    endpoint: {path: orders}`.slice(1);

  it("mean the same", async () => {
    const strip = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (key, member: unknown) => (key === "location" ? undefined : member)));
    expect(strip(await readRest(short))).toEqual(strip(await readRest(long)));
  });

  it("resolve to what sources/rest carries out", async () => {
    const { client, resources } = await readRest(short);
    expect(client).toEqual({
      baseUrl: "https://api.example.com",
      headers: { A: "b" },
      auth: { type: "bearer", token: "secret-token" },
      timeoutMs: 5_000,
      retry: { attempts: 5, baseMs: 1_000, maxWaitMs: 300_000, statuses: [408, 429, "5xx"] },
      rateLimit: [],
      allowedOrigins: [],
      redirects: 10,
      concurrency: 4,
      maxBodyBytes: 1_073_741_824,
      maxRecordBytes: 67_108_864,
    });
    const [users] = resources;
    expect(users?.client).toEqual(client);
    expect(users?.endpoint).toMatchObject({
      path: "/users",
      method: "POST",
      params: { status: "completed" },
      json: { q: 1 },
      headers: {},
      paginator: { type: "page_number", target: { in: "query", name: "p" }, start: 1 },
      dataSelector: "data",
      emptyWhenSelectorMissing: false,
      maxPages: undefined,
    });
    expect(users?.options).toEqual({
      name: "users",
      tableName: "users",
      writeDisposition: { kind: "merge", strategy: "delete-insert" },
      primaryKey: ["id"],
      mergeKey: [],
      columns: {},
      allowEmpty: false,
      onNullKey: "error",
      location: { file: ".dango/sources.yml", line: 11, column: 11 },
    });
  });
});

describe("resource_defaults", () => {
  it("merge params, json and columns by key, everything else as a whole; null takes one away", async () => {
    const { resources } = await readRest(
      `
base_url: https://h
paginator: single_page
resource_defaults:
  primary_key: id
  write_disposition: append
  columns: {id: {data_type: bigint, nullable: false}, at: {data_type: date}}
  endpoint:
    params: {per_page: 100, sort: at, v: 1.0}
    json: {a: 1, b: {c: 1}}
    headers: {X: x, Y: y}
    paginator: {type: offset, limit: 5}
resources:
  - name: a
    params: {sort: id}
    json: {b: {d: 1}}
    headers: {X: z}
    columns: {id: {precision: 32}}
  - name: b
    primary_key: null
    paginator: null
    endpoint: {params: null}`.slice(1),
    );
    const [a, b] = resources;
    expect(a?.endpoint).toMatchObject({
      params: { per_page: 100, sort: "id", v: "1.0" },
      json: { a: 1, b: { d: 1 } },
      headers: { X: "z" },
      paginator: { type: "offset", limit: 5 },
    });
    expect(a?.options).toMatchObject({
      primaryKey: ["id"],
      columns: { id: { dataType: "bigint", nullable: false, precision: 32 }, at: { dataType: "date" } },
    });
    expect(b?.options.primaryKey).toEqual([]);
    expect(b?.endpoint.params).toEqual({});
    expect(b?.endpoint.paginator).toEqual({ type: "single_page" });
  });
});

describe("a client", () => {
  it("is overridden by a resource, retry key by key, headers whatever their case (001-17)", async () => {
    const { client, resources } = await readRest(
      `
base_url: https://h
headers: {authorization: one, X: x}
retry: {attempts: 2, base: 2s}
max_pages: 7
allowed_origins: ["https://files.example.com/x"]
resources:
  - name: a
    timeout: PT1M
    retry: {base: 100ms, statuses: [503, 5xx]}
    headers: {Authorization: two}
    path: https://other.example.com/a/{id}
    params: {id: 5}
    max_pages: 9
    auth: {type: api_key, name: k, api_key: value, location: param}
  - b`.slice(1),
    );
    expect(client.timeoutMs).toBe(30_000);
    const [a, b] = resources;
    expect(a?.client).toMatchObject({
      timeoutMs: 60_000,
      retry: { attempts: 2, baseMs: 100, maxWaitMs: 300_000, statuses: [503, "5xx"] },
      headers: { X: "x" },
      allowedOrigins: ["https://files.example.com", "https://other.example.com"],
      auth: { type: "api_key", name: "k", apiKey: "value", location: "query" },
    });
    expect(a?.endpoint).toMatchObject({ headers: { Authorization: "two" }, maxPages: 9 });
    expect(b?.client.headers).toEqual({ authorization: "one", X: "x" });
    expect(b?.endpoint.maxPages).toBe(7);
  });

  it("limits nesting and columns, as every resource may (B2)", async () => {
    const { client, resources } = await readRest(
      "base_url: https://h\nmax_depth: 20\nmax_columns: 500\nresources: [{name: a, max_depth: 1000, max_columns: 20000}, b]",
    );
    expect(client).toMatchObject({ maxDepth: 20, maxColumns: 500 });
    const limits = resources.map(({ client: { maxDepth, maxColumns } }) => [maxDepth, maxColumns]);
    expect(limits).toEqual([
      [1_000, 20_000],
      [20, 500],
    ]);
  });

  it("takes every spelling of rate_limit", async () => {
    const limits = ["10", "{requests: 100, per: 10s}", "[5, {requests: 100, per: 60}]", "0.5"];
    const rates = await Promise.all(
      limits.map(
        async (limit) => (await readRest(`base_url: https://h\nrate_limit: ${limit}\nresources: [a]`)).client,
      ),
    );
    expect(rates.map(({ rateLimit }) => rateLimit)).toEqual([
      [{ requests: 1, perMs: 100 }],
      [{ requests: 100, perMs: 10_000 }],
      [
        { requests: 1, perMs: 200 },
        { requests: 100, perMs: 60_000 },
      ],
      [{ requests: 1, perMs: 2_000 }],
    ]);
  });

  it("takes auth in short and long form, missing fields from the secrets", async () => {
    const secrets =
      '[sources.my_api]\ntoken = "the-token"\napi_key = 123456\nusername = "u"\npassword = "the-pass"\n';
    const forms = [
      "bearer",
      "{}",
      "api_key",
      "{type: api_key, location: cookie, name: sid}",
      "http_basic",
      "null",
    ];
    const clients = await Promise.all(
      forms.map(
        async (auth) =>
          (await readRest(`base_url: https://h\nauth: ${auth}\nresources: [a]`, { secrets })).client,
      ),
    );
    expect(clients.map(({ auth }) => auth)).toEqual([
      { type: "bearer", token: "the-token" },
      { type: "bearer", token: "the-token" },
      { type: "api_key", name: "Authorization", apiKey: "123456", location: "header" },
      { type: "api_key", name: "sid", apiKey: "123456", location: "cookie" },
      { type: "http_basic", username: "u", password: "the-pass" },
      undefined,
    ]);
  });
});

describe("a resource", () => {
  it("sends numbers in parameters and headers as they are written (B5)", async () => {
    const { endpoint } = await readResource(
      "- {name: a, params: {v: 1.0, w: [010, 2], big: 9007199254740993, t: true, n: null}, headers: {V: 2.50}, json: {v: 1.0}}",
    );
    expect(endpoint.params).toEqual({ v: "1.0", w: ["010", 2], big: 9007199254740993n, t: true, n: null });
    expect(endpoint.headers).toEqual({ V: "2.50" });
    expect(endpoint.json).toEqual({ v: 1 });
  });

  it("sends numbers in the form of a token request as they are written", async () => {
    const { client } = await readRest(`base_url: https://api.example.com
auth:
  type: oauth2_client_credentials
  access_token_url: https://api.example.com/token
  client_id: me
  client_secret: s3cret-of-the-client
  access_token_request_data: {version: 2.0}
resources: [a]`);
    expect(client.auth).toMatchObject({ requestData: { version: "2.0" } });
  });

  it("keeps numbers in records, in what a check expects and in claims as numbers, whatever their members are called", async () => {
    const rest = await readRest(`base_url: https://api.example.com
check: {path: health, expect: {data: {version: 2.0}}}
auth: {type: jwt, algorithm: HS256, private_key: s3cret-of-the-api, claims: {data: {limit: 1.50}}}
resources:
  - name: rates
    records: [{id: 1, data: {price: 1.50}, params: [2.0], headers: 1e3}]`);
    expect(rest.resources[0]?.records).toEqual([{ id: 1, data: { price: 1.5 }, params: [2], headers: 1000 }]);
    expect(rest.client.check?.expect).toEqual({ data: { version: 2 } });
    expect(rest.client.auth).toMatchObject({ claims: { data: { limit: 1.5 } } });
  });

  it("takes incremental in both spellings", async () => {
    const own = await readResource(
      "- {name: a, endpoint: {incremental: {cursor_path: meta.at, initial_value: 2024-01-01, start_param: since}}}",
    );
    const old = await readResource(
      "- {name: a, params: {x: 1, since: {type: incremental, cursor_path: meta.at, initial_value: 2024-01-01}}}",
    );
    const expected = {
      cursorPath: "meta.at",
      initialValue: "2024-01-01",
      startParam: "since",
      lastValueFunc: "max",
      rangeStart: "closed",
      rangeEnd: "open",
      onCursorValueMissing: "raise",
    };
    expect(own.options.incremental).toEqual(expected);
    expect(old.options.incremental).toEqual(expected);
    expect(old.endpoint.params).toEqual({ x: 1 });
    expect(old.options.writeDisposition).toEqual({ kind: "append" });
  });

  it("takes columns as a mapping or as a list, with keys among the hints", async () => {
    const list = await readResource(
      "- {name: a, columns: [{name: id, data_type: text, primary_key: true}, {name: day, merge_key: true, precision: 32}]}",
    );
    const mapping = await readResource(
      "- {name: a, columns: {id: {data_type: text, primary_key: true}, day: {merge_key: true, precision: 32}}}",
    );
    expect(mapping.options).toEqual(list.options);
    expect(list.options).toMatchObject({
      primaryKey: ["id"],
      mergeKey: ["day"],
      columns: { id: { dataType: "text" }, day: { precision: 32 } },
      writeDisposition: { kind: "merge" },
    });
  });

  it("leaves placeholders for the request", async () => {
    const { endpoint } = await readResource(
      '- {name: a, incremental: {cursor_path: at}, path: "/a/{id}", params: {id: x, since: "{incremental.start_value}", p: "{paginator.page}"}, paginator: page_number}',
    );
    expect(endpoint).toMatchObject({
      path: "/a/{id}",
      params: { id: "x", since: "{incremental.start_value}", p: "{paginator.page}" },
      paginator: { target: { in: "placeholder" } },
    });
  });
});
