import { describe, expect, it } from "vitest";
import { issuesOf, issuesOfRest, read, readRest } from "./support.js";

const block = (value: string): string => `base_url: https://h\nheaders: {X: "${value}"}\nresources: [users]`;

async function header(value: string, more: Parameters<typeof readRest>[1] = {}): Promise<string | undefined> {
  return (await readRest(block(value), more)).client.headers["X"];
}

describe("${NAME}", () => {
  const secrets = `
X = "secrets top"
[sources]
X = "secrets sources"
[sources.rest_api]
X = "secrets type"
[sources.my_api]
X = "secrets name"
`;

  it("is looked for in the environment, secrets.toml and config.toml, from the nearest table outwards (004-04)", async () => {
    const config = secrets.replaceAll("secrets", "config");
    const places: string[] = [];
    const env: NodeJS.ProcessEnv = {
      X: "env",
      SOURCES__MY_API__X: "env name",
      SOURCES__REST_API__X: "env type",
      SOURCES__X: "env sources",
    };
    for (const key of [...Object.keys(env), undefined]) {
      places.push((await header("${X}", { env: { ...env }, secrets, config })) ?? "");
      if (key !== undefined) Reflect.deleteProperty(env, key);
    }
    let rest = secrets;
    for (const table of ["my_api", "rest_api"]) {
      rest = rest.slice(0, rest.indexOf(`[sources.${table === "my_api" ? "my_api" : "rest_api"}]`));
      places.push((await header("${X}", { secrets: rest, config })) ?? "");
    }
    places.push((await header("${X}", { secrets: rest.slice(0, rest.indexOf("[sources]")), config })) ?? "");
    places.push((await header("${X}", { config })) ?? "");
    expect(places).toEqual([
      "env",
      "env name",
      "env type",
      "env sources",
      "secrets name",
      "secrets type",
      "secrets sources",
      "secrets top",
      "config name",
    ]);
  });

  it("is looked up as written, then in lower case in TOML and in upper case in the environment (S4)", async () => {
    expect(await header("${Token}", { secrets: 'token = "low"\n' })).toBe("low");
    expect(await header("${Token}", { secrets: 'token = "low"\nToken = "as is"\n' })).toBe("as is");
    expect(await header("${token}", { env: { TOKEN: "up" } })).toBe("up");
  });

  it("that is set but empty counts as missing, for :- too (S4)", async () => {
    expect(await header("${X:-fallback}", { env: { X: "" }, secrets: 'X = ""\n' })).toBe("fallback");
    expect(await header("${X}", { env: { X: "" }, secrets: 'X = "secret"\n' })).toBe("secret");
    expect(await header("a${X:-}b", { env: { X: "" } })).toBe("ab");
  });

  it("stands within text, several times, and $${ is a literal ${", async () => {
    expect(await header("Bearer ${X}-${X} $${X}", { env: { X: "t" } })).toBe("Bearer t-t ${X}");
  });

  it("is not read a second time in what it stands for", async () => {
    expect(await header("${X}", { env: { X: "${Y}", Y: "no" } })).toBe("${Y}");
  });

  it("that is the whole value may stand for a number or boolean, where one is expected (S4)", async () => {
    const rest = await readRest(
      `
base_url: https://h
timeout: "\${N}"
max_pages: "\${N}"
auth: {token: "\${N}"}
resources:
  - {name: a, selected: "\${B}", max_table_nesting: "\${M}", params: {n: "\${N}"}}`.slice(1),
      { env: { N: "12345678", B: "false" }, config: "M = 3\n" },
    );
    const [resource] = rest.resources;
    expect(rest.client.timeoutMs).toBe(12_345_678_000);
    expect(rest.client.auth).toEqual({ type: "bearer", token: "12345678" });
    expect(resource?.selected).toBe(false);
    expect(resource?.options.maxTableNesting).toBe(3);
    expect(resource?.endpoint.maxPages).toBe(12_345_678);
    expect(resource?.endpoint.params).toEqual({ n: "12345678" });
  });

  it("that is missing is named with the place of its use and every place looked at", async () => {
    const issues = await issuesOfRest(`${block("Bearer ${TOK} ${TOK}")}\nauth: http_basic`, {
      config: "",
      env: { USERNAME: "u" },
    });
    expect(issues).toMatchInlineSnapshot(`
      ".dango/sources.yml:6:28 sources[0].rest_api.headers.X: \`\${TOK}\` is not set → set it in the environment or in .dlt/secrets.toml; looked in environment: TOK, SOURCES__MY_API__TOK, SOURCES__REST_API__TOK, SOURCES__TOK; .dlt/secrets.toml (no such file): [sources.my_api], [sources.rest_api], [sources], top level; .dlt/config.toml: [sources.my_api], [sources.rest_api], [sources], top level
      .dango/sources.yml:6:35 sources[0].rest_api.headers.X: \`\${TOK}\` is not set → set it in the environment or in .dlt/secrets.toml; looked in environment: TOK, SOURCES__MY_API__TOK, SOURCES__REST_API__TOK, SOURCES__TOK; .dlt/secrets.toml (no such file): [sources.my_api], [sources.rest_api], [sources], top level; .dlt/config.toml: [sources.my_api], [sources.rest_api], [sources], top level
      .dango/sources.yml:8:13 sources[0].rest_api.auth.password: \`auth\` has no \`password\`, and no secret of that name is set → set it in the environment or in .dlt/secrets.toml; looked in environment: password, PASSWORD, SOURCES__MY_API__PASSWORD, SOURCES__REST_API__PASSWORD, SOURCES__PASSWORD; .dlt/secrets.toml (no such file): [sources.my_api], [sources.rest_api], [sources], top level"
    `);
  });

  it("that is missing leads to no second message about the same value", async () => {
    const issues = await issuesOfRest(
      "base_url: ${BASE}\ntimeout: ${T}\nauth: {token: '${T}'}\nresources: [a]",
      {
        secrets: "",
        config: "",
      },
    );
    expect(issues.split("\n").map((line) => line.split(" → ")[0])).toEqual([
      ".dango/sources.yml:5:17 sources[0].rest_api.base_url: `${BASE}` is not set",
      ".dango/sources.yml:6:16 sources[0].rest_api.timeout: `${T}` is not set",
      ".dango/sources.yml:7:22 sources[0].rest_api.auth.token: `${T}` is not set",
    ]);
  });

  it("that is a table is refused", async () => {
    expect(await issuesOfRest(block("${X}"), { secrets: "[X]\na = 1\n" })).toBe(
      ".dango/sources.yml:6:21 sources[0].rest_api.headers.X: `${X}` is not a single value in secrets.toml",
    );
  });

  it("may be missing in a disabled source, whose other faults count all the same", async () => {
    const yaml = (key: string): string => `
sources:
  - name: a
    type: rest_api
    enabled: false
    rest_api: {base_url: "\${BASE}", ${key}: 5s, auth: bearer, resources: [users]}
`;
    expect((await read({ yaml: yaml("timeout") })).sources[0]?.enabled).toBe(false);
    expect(await issuesOf({ yaml: yaml("timeot") })).toBe(
      ".dango/sources.yml:6:37 sources[0].rest_api.timeot: unknown key `timeot` → did you mean `timeout`?",
    );
  });

  it("works at the top level and in the arguments of a module", async () => {
    const yaml = `
warehouse: "\${DIR}/w.duckdb"
sources: [{name: m, type: dlt_native, dlt_native: {source_module: m, source_name: s, args: {a: ["\${N}"]}}}]
`;
    const project = await read({ yaml, env: { DIR: "out" }, config: "N = 5\n" });
    expect(project.warehousePath).toBe(`${project.root}/out/w.duckdb`);
    expect(project.sources[0]?.definition).toMatchObject({ module: { args: { a: [5] } } });
  });
});

describe("secrets (S1)", () => {
  async function shown(
    text: string,
    project: { readonly block: string; readonly secrets?: string; readonly env?: NodeJS.ProcessEnv },
  ): Promise<string> {
    const yaml = `sources: [{name: my_api, type: rest_api, rest_api: ${project.block}}]\n`;
    return (await read({ ...project, yaml })).redactor.redact(text);
  }

  it("are the values from secrets.toml, but neither a whole base_url nor user names", async () => {
    const secrets = 'BASE = "https://api.example.com"\nSTATUS = "completed"\nAPI_USER = "marvin42"\n';
    const text = "https://api.example.com completed marvin42";
    const resource = 'resources: [{name: a, params: {status: "${STATUS}", by: "${API_USER}"}}]';
    expect(await shown(text, { block: `{base_url: "\${BASE}", ${resource}}`, secrets })).toBe(
      "https://api.example.com *** marvin42",
    );
  });

  it("are the values from the environment in auth, headers and parameters named like a secret", async () => {
    const env = { A: "auth-value", H: "head-value", P: "parm-value", Q: "open-value" };
    const resource = 'resources: [{name: a, params: {api_key: "${P}", q: "${Q}"}, headers: {X: "v ${H}"}}]';
    const block = `{base_url: "https://h", auth: {token: "\${A}"}, ${resource}}`;
    expect(await shown("auth-value head-value parm-value open-value", { block, env })).toBe(
      "*** *** *** open-value",
    );
  });

  it("are the fields of auth that are looked up by their own names, and the Basic pair", async () => {
    const secrets = '[sources.my_api]\nusername = "marvin42"\npassword = "dont-panic"\n';
    const pair = Buffer.from("marvin42:dont-panic").toString("base64");
    const block = "{base_url: https://h, auth: {type: http_basic}, resources: [a]}";
    expect(await shown(`marvin42 dont-panic ${pair}`, { block, secrets })).toBe("marvin42 *** ***");
  });

  it("are also those of secrets.toml that are called so and that nothing refers to", async () => {
    const secrets = '[other]\nclient_secret = "unused-secret"\nregion = "eu-west-1"\n';
    const block = "{base_url: https://h, resources: [a]}";
    expect(await shown("unused-secret eu-west-1", { block, secrets })).toBe("*** eu-west-1");
  });

  it("stand in no issue", async () => {
    const issues = await issuesOfRest('base_url: https://h\npaginator: "${TOKEN}"\nresources: [a]', {
      secrets: 'TOKEN = "super-secret-value"\n',
    });
    expect(issues).toContain("`***` is not one of page_number");
    expect(issues).not.toContain("super-secret-value");
  });

  it("of auth are not looked for in config.toml", async () => {
    const issues = await issuesOfRest("base_url: https://h\nauth: bearer\nresources: [a]", {
      config: 'token = "in the wrong file"\n',
    });
    expect(issues).toMatchInlineSnapshot(
      `".dango/sources.yml:6:13 sources[0].rest_api.auth.token: \`auth\` has no \`token\`, and no secret of that name is set → set it in the environment or in .dlt/secrets.toml; looked in environment: token, TOKEN, SOURCES__MY_API__TOKEN, SOURCES__REST_API__TOKEN, SOURCES__TOKEN; .dlt/secrets.toml (no such file): [sources.my_api], [sources.rest_api], [sources], top level"`,
    );
  });
});

describe("--env", () => {
  const files = {
    ".dlt/prod.secrets.toml": '[sources.my_api]\nA = "prod"\n',
    ".dlt/stage.config.toml": '[sources]\nB = "stage"\n',
  };
  const secrets = '[sources.my_api]\nA = "base a"\nB = "base b"\n';

  it("lays .dlt/NAME.secrets.toml over secrets.toml, key by key", async () => {
    const more = { secrets, files, environment: "prod" };
    expect(await header("${A} ${B}", more)).toBe("prod base b");
  });

  it("takes the name from DANGO_ENV", async () => {
    expect(await header("${A}", { secrets, files, env: { DANGO_ENV: "prod" } })).toBe("prod");
    expect(await header("${B}", { files, env: { DANGO_ENV: "stage" } })).toBe("stage");
  });

  it("refuses an environment that is not there", async () => {
    expect(await issuesOfRest(block("x"), { files, environment: "prd" })).toMatchInlineSnapshot(
      `"unknown environment \`prd\`: neither .dlt/prd.secrets.toml nor .dlt/prd.config.toml exists → did you mean \`prod\`?"`,
    );
    expect(await issuesOfRest(block("x"), { files, environment: "../prod" })).toMatchInlineSnapshot(
      `"unknown environment \`../prod\`: neither .dlt/../prod.secrets.toml nor .dlt/../prod.config.toml exists → known environments: prod, stage"`,
    );
    expect(await issuesOfRest(block("x"), { environment: "prod" })).toMatchInlineSnapshot(
      `"unknown environment \`prod\`: neither .dlt/prod.secrets.toml nor .dlt/prod.config.toml exists → an environment is a file .dlt/NAME.secrets.toml or .dlt/NAME.config.toml"`,
    );
  });
});

describe("[runtime]", () => {
  const yaml = "sources: [{name: my_api, type: rest_api, rest_api: {base_url: https://h, resources: [a]}}]\n";

  it("has dlt's defaults", async () => {
    expect((await read({ yaml })).runtime).toEqual({ logLevel: "WARNING" });
  });

  it("gives the client its defaults, which sources.yml overrides (H1)", async () => {
    const config = `
[runtime]
log_level = "info"
dlthub_telemetry = true
request_timeout = 7
request_max_attempts = 2
request_backoff_factor = 0.5
request_max_retry_delay = 60
`;
    const { runtime } = await read({ yaml, config });
    expect(runtime.logLevel).toBe("INFO");
    const rest = await readRest("base_url: https://h\nretry: {attempts: 9}\nresources: [a]", { config });
    expect(rest.client.timeoutMs).toBe(7_000);
    expect(rest.client.retry).toEqual({
      attempts: 9,
      baseMs: 500,
      maxWaitMs: 60_000,
      statuses: [408, 429, "5xx"],
    });
  });

  it("is overridden by RUNTIME__ variables", async () => {
    const config = '[runtime]\nlog_level = "INFO"\n';
    const env = { RUNTIME__LOG_LEVEL: "DEBUG", RUNTIME__REQUEST_TIMEOUT: "5" };
    expect((await read({ yaml, config, env })).runtime).toEqual({
      logLevel: "DEBUG",
      requestTimeoutMs: 5_000,
    });
  });

  it("names wrong values and keys", async () => {
    const config = '[runtime]\nlog_level = "LOUD"\nlog_levl = "x"\nsentry_dsn = "x"\n';
    expect(await issuesOf({ yaml, config, env: { RUNTIME__REQUEST_TIMEOUT: "soon" } }))
      .toMatchInlineSnapshot(`
      ".dlt/config.toml runtime.log_levl: unknown key \`log_levl\` → did you mean \`log_level\`?
      .dlt/config.toml runtime.sentry_dsn: \`sentry_dsn\` is not supported yet
      .dlt/config.toml runtime.log_level: expected one of DEBUG, INFO, WARNING, ERROR, CRITICAL
      the variable RUNTIME__REQUEST_TIMEOUT must be a number of at least 0"
    `);
  });
});

describe("the values of a TypeScript source's parameters", () => {
  const yaml = "sources: [{name: shop, type: dlt_native, dlt_native: {source_module: m, source_name: s}}]\n";
  const query = { sourceFunction: "my_api_source", module: "custom_sources.my_api", source: "shop" };

  it("come from the tables of function, module and source, in this order (004-08)", async () => {
    const tables = ["my_api_source", "my_api", "shop"].map(
      (name) => `[sources.${name}]\napi_key = "of ${name}"\n`,
    );
    const found: unknown[] = [];
    for (const secrets of [
      tables.join(""),
      tables.slice(1).join(""),
      tables[2] ?? "",
      '[sources]\napi_key = "all"\n',
    ]) {
      const { values } = await read({ yaml, secrets });
      found.push(values.parameter({ ...query, key: "api_key", isSecret: true }).value);
    }
    expect(found).toEqual(["of my_api_source", "of my_api", "of shop", "all"]);
  });

  it("of secret() go to the redactor, and are not read from config.toml", async () => {
    const text = '[sources.shop]\napi_key = "the-key-itself"\n';
    const project = await read({ yaml, secrets: text });
    project.values.parameter({ ...query, key: "api_key", isSecret: true });
    expect(project.redactor.redact("the-key-itself")).toBe("***");
    const { values } = await read({ yaml, config: text });
    expect(values.parameter({ ...query, key: "api_key", isSecret: true })).toEqual({
      value: undefined,
      places: [
        "environment: SOURCES__MY_API_SOURCE__API_KEY, SOURCES__MY_API__API_KEY, SOURCES__SHOP__API_KEY, SOURCES__API_KEY, api_key, API_KEY",
        ".dlt/secrets.toml (no such file): [sources.my_api_source], [sources.my_api], [sources.shop], [sources]",
      ],
    });
  });

  it("of config() come from both files, with their types, and are no secrets", async () => {
    const project = await read({
      yaml,
      secrets: '[sources]\nbase_url = "https://api.example.com"\n',
      config: "[sources]\nsize = 5\n",
    });
    const value = (key: string): unknown =>
      project.values.parameter({ ...query, key, isSecret: false }).value;
    expect(value("base_url")).toBe("https://api.example.com");
    expect(value("size")).toBe(5);
    expect(project.redactor.redact("https://api.example.com")).toBe("https://api.example.com");
  });

  it("of config() do not come from a variable of the bare name, those of secret() do", async () => {
    const { values } = await read({ yaml, env: { BASE_URL: "/", API_KEY: "k", SOURCES__SHOP__SIZE: "7" } });
    expect(values.parameter({ ...query, key: "base_url", isSecret: false }).value).toBeUndefined();
    expect(values.parameter({ ...query, key: "size", isSecret: false }).value).toBe("7");
    expect(values.parameter({ ...query, key: "api_key", isSecret: true }).value).toBe("k");
  });
});
