import { describe, expect, it } from "vitest";
import { readProject } from "../../../src/config/read-project.js";
import { issuesOf, issuesOfResource, issuesOfRest, writeProject } from "./support.js";

describe("the top of sources.yml", () => {
  it("says that there are no sources", async () => {
    expect(await issuesOf({ yaml: "" })).toMatchInlineSnapshot(
      `".dango/sources.yml:1:1: no sources: there is nothing to sync → add one under \`sources:\`"`,
    );
    expect(await issuesOf({ yaml: "sources: []\n" })).toMatchInlineSnapshot(
      `".dango/sources.yml:1:10 sources: no sources: there is nothing to sync → add one under \`sources:\`"`,
    );
    expect(await issuesOf({ yaml: "- my_api\n" })).toMatchInlineSnapshot(
      `".dango/sources.yml:1:1: expected a mapping, got a list"`,
    );
  });

  it("names unknown keys, wrong versions and what is not built yet", async () => {
    const yaml =
      "version: 2\nwarehose: x\nwarehouse: {type: ducklake, catalog: c}\nextensions_path: e\nsources: 5\n";
    expect(await issuesOf({ yaml })).toMatchInlineSnapshot(`
      ".dango/sources.yml:1:10 version: expected 1, got 2
      .dango/sources.yml:2:1 warehose: unknown key \`warehose\` → did you mean \`warehouse\`?
      .dango/sources.yml:3:19 warehouse.type: \`ducklake\` is not supported yet
      .dango/sources.yml:4:1 extensions_path: \`extensions_path\` is not supported yet
      .dango/sources.yml:5:10 sources: expected a list, got the number 5"
    `);
  });

  it("names what is wrong with each source, all at once (004-01)", async () => {
    const yaml = `
sources:
  - name: a
    type: rest_ap
  - name: a
    type: postgres
    postgres: {host: h}
  - just text
  - name: b
    rest_api: {}
  - name: c
    type: rest_api
    enabled: yes
    data_set: x
  - name: d
    type: dlt_native
    dlt_native: {source_modul: x}
  - type: dlt_native
  - {name: e, type: dlt_native, rest_api: {}, dlt_native: {source_module: m, source_name: n, source_function: n}}
  - {name: ../up, type: dlt_native, dlt_native: {source_module: m, source_name: n}, pipeline_name: p}
  - {name: f, type: tickets}
`;
    expect(await issuesOf({ yaml })).toMatchInlineSnapshot(`
      ".dango/sources.yml:4:11 sources[0].type: unknown source type \`rest_ap\` → did you mean \`rest_api\`?
      .dango/sources.yml:5:11 sources[1].name: the source name \`a\` is taken by the one on line 3
      .dango/sources.yml:6:11 sources[1].type: the source type \`postgres\` is not supported yet
      .dango/sources.yml:8:5 sources[2]: a source is a mapping with \`name\` and \`type\`
      .dango/sources.yml:9:5 sources[3].type: missing \`type\` → add \`type: rest_api\`
      .dango/sources.yml:11:5 sources[4].rest_api: missing block \`rest_api\`
      .dango/sources.yml:13:14 sources[4].enabled: expected true or false, got text
      .dango/sources.yml:14:5 sources[4].data_set: unknown key \`data_set\` → known here: name, enabled, dataset_name, pipeline_name, schema_name, description, tags, type, rest_api
      .dango/sources.yml:17:17 sources[5].dlt_native.source_module: missing \`source_module\`
      .dango/sources.yml:17:18 sources[5].dlt_native.source_modul: unknown key \`source_modul\` → did you mean \`source_module\`?
      .dango/sources.yml:18:5 sources[6].dlt_native: missing block \`dlt_native\`
      .dango/sources.yml:18:5 sources[6].name: missing \`name\`
      .dango/sources.yml:19:33 sources[7].rest_api: unknown key \`rest_api\` → known here: name, enabled, dataset_name, pipeline_name, schema_name, description, tags, type, dlt_native
      .dango/sources.yml:20:12 sources[8].name: \`../up\` cannot be the name of a source → use letters, digits, _, - and dots, beginning with a letter, digit or _
      .dango/sources.yml:21:21 sources[9].type: unknown source type \`tickets\` → known: rest_api, dlt_native; postgres and connectors are not supported yet"
    `);
  });

  it("shows a syntax error with its place, together with the faults of the TOML files", async () => {
    const yaml = "sources:\n  - {name: a, type: ${X}}\n";
    const secrets = "[sources]\npassword = hunter2 is bare\n";
    const config = "[runtime]\nlog_levl = 'x'\nsentry_dsn = 'q'\nrequest_timeout = 'a'\n";
    expect(await issuesOf({ yaml, secrets, config })).toMatchInlineSnapshot(`
      ".dango/sources.yml:2:22: not valid YAML: Unexpected flow-map-start at node end → inside { } and [ ] a value with \${…} needs quotes: {token: "\${TOKEN}"}
      .dlt/secrets.toml:2:12: not valid TOML: Unexpected character, expecting string, number, datetime, boolean, inline array or inline table → put text in quotes
      .dlt/config.toml runtime.log_levl: unknown key \`log_levl\` → did you mean \`log_level\`?
      .dlt/config.toml runtime.sentry_dsn: \`sentry_dsn\` is not supported yet
      .dlt/config.toml runtime.request_timeout: expected a number of at least 0"
    `);
  });

  it("names sources.yml where it cannot be read", async () => {
    const root = await writeProject({ yaml: "", files: { "other/.dango/sources.yml/file": "" } });
    const read = readProject({ startDirectory: root, projectDirectory: "other", env: {} });
    await expect(read).rejects.toMatchObject({
      exitCode: 2,
      issues: [
        {
          message: "cannot be read: it is a folder",
          location: { file: ".dango/sources.yml" },
          hint: `move ${root}/other/.dango/sources.yml away; \`dango init\` writes a file in its place`,
        },
      ],
    });
  });

  it("names the folder in which there is no project", async () => {
    const root = await writeProject({ yaml: "" });
    const read = readProject({ startDirectory: root, projectDirectory: ".dlt", env: {} });
    await expect(read).rejects.toMatchObject({
      exitCode: 2,
      message: `there is no .dango/sources.yml in ${root}/.dlt`,
      hint: "run `dango init` to begin a project, or name one with --project DIR",
    });
  });
});

describe("a rest_api block", () => {
  it("names all faults of client, defaults and resources at once", async () => {
    const block = `
base_ur: https://api.example.com
headers: {A: [1], B: "a\\nb"}
auth: {type: oauth2}
timeout: soon
rate_limit: [{requests: 0}, {requests: 1.5, per: 1h}]
retry: {atempts: 1, statuses: [4xx]}
max_body: lots
allowed_origins: [example.com]
tls: {insecure: maybe}
resource_defaults: {name: x, endpoint: {parms: {}}}
resources:
  - nam: users
  - name: orders
    method: PUT
    paginator: {type: page_number, parm: x, start: -1}
    primary_key: 5
    selected: maybe`.slice(1);
    expect(await issuesOfRest(block)).toMatchInlineSnapshot(`
      ".dango/sources.yml:5:7 sources[0].rest_api.base_ur: unknown key \`base_ur\` → did you mean \`base_url\`?
      .dango/sources.yml:6:20 sources[0].rest_api.headers.A: expected text or a number or true or false, got a list
      .dango/sources.yml:6:28 sources[0].rest_api.headers.B: a header cannot hold a line break → look for a line break at the end of the secret
      .dango/sources.yml:7:20 sources[0].rest_api.auth.type: \`oauth2\` is not one of bearer, api_key, http_basic, oauth2_client_credentials, oauth2_refresh_token, jwt, service_account, session_token, custom
      .dango/sources.yml:8:16 sources[0].rest_api.timeout: not a duration → write 500ms, 30s, 5m, 2h, 3d, PT30S or a number of seconds
      .dango/sources.yml:9:31 sources[0].rest_api.rate_limit[0].requests: must be more than 0
      .dango/sources.yml:9:46 sources[0].rest_api.rate_limit[1].requests: over an hour or more requests are counted → write a whole number
      .dango/sources.yml:10:15 sources[0].rest_api.retry.atempts: unknown key \`atempts\` → did you mean \`attempts\`?
      .dango/sources.yml:10:38 sources[0].rest_api.retry.statuses[0]: \`4xx\` is not 5xx → did you mean \`5xx\`?
      .dango/sources.yml:11:17 sources[0].rest_api.max_body: not a size → write 64MiB, 1GiB or a number of bytes
      .dango/sources.yml:12:25 sources[0].rest_api.allowed_origins[0]: an origin is http:// or https:// with a host, such as https://files.example.com
      .dango/sources.yml:13:23 sources[0].rest_api.tls.insecure: expected true or false, got text
      .dango/sources.yml:14:27 sources[0].rest_api.resource_defaults.name: unknown key \`name\`
      .dango/sources.yml:14:47 sources[0].rest_api.resource_defaults.endpoint.parms: unknown key \`parms\` → did you mean \`params\`?
      .dango/sources.yml:16:11 sources[0].rest_api.resources[0].name: missing \`name\`
      .dango/sources.yml:16:11 sources[0].rest_api.resources[0].nam: unknown key \`nam\` → did you mean \`name\`?
      .dango/sources.yml:18:19 sources[0].rest_api.resources[1].method: the method PUT is refused: dango reads an API, it does not write to it
      .dango/sources.yml:19:42 sources[0].rest_api.resources[1].paginator.parm: unknown key \`parm\` → did you mean \`param\`?
      .dango/sources.yml:19:58 sources[0].rest_api.resources[1].paginator.start: must be at least 0
      .dango/sources.yml:20:24 sources[0].rest_api.resources[1].primary_key: expected text or a list, got the number 5
      .dango/sources.yml:21:21 sources[0].rest_api.resources[1].selected: expected true or false, got text"
    `);
  });

  it("allows 1,000 levels of nesting at most (B2)", async () => {
    expect(await issuesOfRest("base_url: https://h\nmax_depth: 1001\nmax_columns: 0\nresources: [users]"))
      .toMatchInlineSnapshot(`
      ".dango/sources.yml:6:18 sources[0].rest_api.max_depth: must be at most 1000
      .dango/sources.yml:7:20 sources[0].rest_api.max_columns: must be at least 1"
    `);
  });

  it("wants a base_url that is a URL without credentials", async () => {
    expect(await issuesOfRest("resources: [users]")).toMatchInlineSnapshot(
      `".dango/sources.yml:5:7 sources[0].rest_api.base_url: missing \`base_url\`"`,
    );
    expect(await issuesOfRest("base_url: api.example.com\nresources: [users]")).toMatchInlineSnapshot(
      `".dango/sources.yml:5:17 sources[0].rest_api.base_url: must be an http:// or https:// URL"`,
    );
    expect(await issuesOfRest("base_url: https://u:pass@h\nresources: [users]")).toMatchInlineSnapshot(
      `".dango/sources.yml:5:17 sources[0].rest_api.base_url: must not hold credentials → use \`auth: {type: http_basic}\`"`,
    );
  });

  it("wants resources (M4)", async () => {
    expect(await issuesOfRest("base_url: https://h")).toMatchInlineSnapshot(
      `".dango/sources.yml:5:7 sources[0].rest_api.resources: missing \`resources\`"`,
    );
    expect(await issuesOfRest("base_url: https://h\nresources: []")).toMatchInlineSnapshot(
      `".dango/sources.yml:6:18 sources[0].rest_api.resources: \`resources\` is empty: a source needs at least one resource"`,
    );
    expect(await issuesOfRest("base_url: https://h\nendpoints: {a: 1}")).toMatchInlineSnapshot(
      `".dango/sources.yml:6:18 sources[0].rest_api.endpoints: expected a list, got a mapping"`,
    );
  });

  it("refuses a key that is given twice", async () => {
    const block = `
base_url: https://h
client: {base_url: https://h, paginator: auto}
pagination: auto
resources: [{name: a, endpoint: {path: /a}, path: /b, paginator: auto, pagination: auto}]
endpoints: [b]`.slice(1);
    expect(await issuesOfRest(block)).toMatchInlineSnapshot(`
      ".dango/sources.yml:5:7 sources[0].rest_api.base_url: \`base_url\` is given twice: here and under \`client\` → keep one of them
      .dango/sources.yml:7:7 sources[0].rest_api.pagination: \`pagination\` and \`paginator\` are two names of one key → keep one of them
      .dango/sources.yml:8:51 sources[0].rest_api.resources[0].path: \`path\` is given twice: here and under \`endpoint\` → keep one of them
      .dango/sources.yml:8:78 sources[0].rest_api.resources[0].pagination: \`pagination\` and \`paginator\` are two names of one key → keep one of them
      .dango/sources.yml:9:7 sources[0].rest_api.endpoints: \`resources\` and \`endpoints\` are two names of one key → keep one of them"
    `);
  });
});

describe("a resource", () => {
  it("refuses nested objects in params, with the way out (D3)", async () => {
    const resource = "- name: x\n  params: {filter: {a: 1}, filterGroups: [{filters: []}]}";
    expect(await issuesOfResource(resource)).toMatchInlineSnapshot(`
      ".dango/sources.yml:8:28 sources[0].rest_api.resources[0].params.filter: a query parameter cannot hold a mapping → send it in the request body: move it from \`params\` to \`json\`
      .dango/sources.yml:8:51 sources[0].rest_api.resources[0].params.filterGroups[0]: a query parameter cannot hold a mapping → send it in the request body: move it from \`params\` to \`json\`"
    `);
  });

  it.each(["merge: true", "parts: [{path: next, param: after}]"])(
    "has no place for a sync token in a cursor of several values (%s)",
    async (several) => {
      const resource = `- name: a
  paginator: {type: cursor, ${several}}
  incremental: {token_path: token}`;
      expect(await issuesOfResource(resource)).toContain(
        "nothing sends the token: the paginator `cursor` has no place for it",
      );
    },
  );

  it("asks for nothing where its records stand in the file, so keys of requests have no use", async () => {
    expect(
      await issuesOfRest(
        "base_url: https://h\nresources:\n  - {name: a, records: [1], endpoint: {path: /a, method: GET}}",
      ),
    ).toMatchInlineSnapshot(`
      ".dango/sources.yml:7:46 sources[0].rest_api.resources[0].endpoint.path: \`path\` has no use beside \`records\`: nothing is requested → keep one of them
      .dango/sources.yml:7:56 sources[0].rest_api.resources[0].endpoint.method: \`method\` has no use beside \`records\`: nothing is requested → keep one of them"
    `);
  });

  it("refuses what is known and not built yet", async () => {
    const resource = `
- name: a
  sort: {}
  write_disposition: {disposition: merge, strategy: scd2, validity_column_names: [f, t]}
  primary_key: id
  schema_contract: freeze
  columns: {a: {unique: true}}
  endpoint:
    path: /a
    data: {}
    incremental: {cursor_path: "a[0].b"}
    params: {f: {type: json, value: {}}}
- {name: b, paginator: header_cursor}
- {name: c, paginator: {type: custom, class: x}}
- {name: d, paginator: {type: cursor, merge: true}}
- {name: e, paginator: {type: page_number, base_page: 1, page: 3}}
- {name: f, schema_contract: {columns: discard_value}, graphql: {query: q}}`.slice(1);
    expect(await issuesOfResource(resource)).toMatchInlineSnapshot(`
      ".dango/sources.yml:8:11 sources[0].rest_api.resources[0].sort: \`sort\` is not supported yet
      .dango/sources.yml:19:32 sources[0].rest_api.resources[2].paginator.function: missing \`function\`
      .dango/sources.yml:19:47 sources[0].rest_api.resources[2].paginator.class: unknown key \`class\` → known here: type, function, param, cursor_param, cursor_body_path, start, on_repeat, max_empty_pages"
    `);
  });

  it("refuses keys of dlt that mean nothing in DuckDB, and hints that a list's table cannot have, with the reason", async () => {
    const resource = `
- name: a
  parent_table_name: x
  table_format: iceberg
  file_format: parquet
  references: [{columns: [a, b], referenced_table: t, referenced_columns: [a], cardinality: n_to_m}]
  nested_hints:
    items: {primary_key: id, merge_key: id, write_disposition: append, schema_contract: freeze, column: {}}
    parts: {columns: {id: {primary_key: true}, "no": {data_type: number}}}
- {name: b, nested_hints: {parts: {columns: {id: {primary_key: true}}}}}`.slice(1);
    expect(await issuesOfResource(resource)).toMatchInlineSnapshot(`
      ".dango/sources.yml:8:11 sources[0].rest_api.resources[0].parent_table_name: \`parent_table_name\` is not needed: a list's table is named after the table that holds it, and linked to it
      .dango/sources.yml:9:11 sources[0].rest_api.resources[0].table_format: \`table_format\` is for lakes. DuckDB keeps tables in its own format, there is nothing to choose
      .dango/sources.yml:10:11 sources[0].rest_api.resources[0].file_format: \`file_format\` is for staged files. DuckDB keeps tables in its own format, there is nothing to choose
      .dango/sources.yml:11:101 sources[0].rest_api.resources[0].references[0].cardinality: \`n_to_m\` is not one of zero_to_one, one_to_zero, zero_to_many, many_to_zero, one_to_many, many_to_one, one_to_one, many_to_many
      .dango/sources.yml:13:21 sources[0].rest_api.resources[0].nested_hints.items.primary_key: the table of a list has no key: its rows follow those of the table that holds the list
      .dango/sources.yml:13:38 sources[0].rest_api.resources[0].nested_hints.items.merge_key: the table of a list has no key: its rows follow those of the table that holds the list
      .dango/sources.yml:13:53 sources[0].rest_api.resources[0].nested_hints.items.write_disposition: the table of a list has no write disposition: its rows follow those of the table that holds the list
      .dango/sources.yml:13:80 sources[0].rest_api.resources[0].nested_hints.items.schema_contract: one contract holds for all tables of a resource → set \`schema_contract\` of the resource
      .dango/sources.yml:13:105 sources[0].rest_api.resources[0].nested_hints.items.column: unknown key \`column\` → did you mean \`columns\`?
      .dango/sources.yml:14:74 sources[0].rest_api.resources[0].nested_hints.parts.columns.no.data_type: \`number\` is not one of text, bigint, hugeint, double, bool, timestamp, date, time, decimal, wei, binary, json
      .dango/sources.yml:15:53 sources[0].rest_api.resources[1].nested_hints.parts.columns: \`primary_key\` of id belongs to \`columns\` of the resource: the rows of a list follow those of the table that holds it"
    `);
  });

  it("says which paginators and words there are", async () => {
    const resource = `
- {name: a, paginator: pagenumber}
- {name: b, paginator: {param: page}}
- {name: c, paginator: 5}
- {name: d, paginator: {type: ofset, limit: 5}}
- {name: e, on_null_key: drop, write_disposition: upsert}
- {name: f, auth: [bearer]}
- {name: g, method: get}`.slice(1);
    expect(await issuesOfResource(resource)).toMatchInlineSnapshot(`
      ".dango/sources.yml:7:32 sources[0].rest_api.resources[0].paginator: \`pagenumber\` is not one of page_number, offset, cursor, header_cursor, json_link, json_response, header_link, single_page, auto → did you mean \`page_number\`?
      .dango/sources.yml:8:32 sources[0].rest_api.resources[1].paginator.type: missing \`type\`: one of page_number, offset, cursor, header_cursor, json_link, json_response, header_link, single_page, auto, custom
      .dango/sources.yml:9:32 sources[0].rest_api.resources[2].paginator: expected one of page_number, offset, cursor, header_cursor, json_link, json_response, header_link, single_page, auto or a mapping, got the number 5
      .dango/sources.yml:10:39 sources[0].rest_api.resources[3].paginator.type: \`ofset\` is not one of page_number, offset, cursor, header_cursor, json_link, json_response, header_link, single_page, auto, custom → did you mean \`offset\`?
      .dango/sources.yml:11:34 sources[0].rest_api.resources[4].on_null_key: \`drop\` is not one of error, append, skip
      .dango/sources.yml:11:59 sources[0].rest_api.resources[4].write_disposition: \`upsert\` is not one of append, replace, merge, skip
      .dango/sources.yml:12:27 sources[0].rest_api.resources[5].auth: expected one of bearer, api_key, http_basic, oauth2_client_credentials, oauth2_refresh_token, jwt, service_account or a mapping, got a list
      .dango/sources.yml:13:29 sources[0].rest_api.resources[6].method: \`get\` is not one of GET, POST → did you mean \`GET\`?"
    `);
  });

  it("checks what a paginator is told", async () => {
    const resource = `
- {name: a, paginator: {type: page_number, param: p, page_param: q}}
- {name: b, paginator: {type: page_number, size: 100}}
- {name: c, paginator: {type: page_number, size_param: limit}}
- {name: d, paginator: {type: offset, limit: 5, size: 5, offset_body_path: a.b, param: c}}
- {name: e, paginator: {type: cursor, cursor_path: a, last_record: id}}
- {name: f, paginator: {type: json_link, path: a, next_url_path: b}}`.slice(1);
    expect(await issuesOfResource(resource)).toMatchInlineSnapshot(`
      ".dango/sources.yml:7:62 sources[0].rest_api.resources[0].paginator.page_param: \`param\` and \`page_param\` are two names of one key → keep one of them
      .dango/sources.yml:8:52 sources[0].rest_api.resources[1].paginator.size: \`size\` is sent under no name → add \`size_param\`, the parameter that the API takes the page size from
      .dango/sources.yml:9:32 sources[0].rest_api.resources[2].paginator: the page size has a name, but no value → add \`size\`
      .dango/sources.yml:10:32 sources[0].rest_api.resources[3].paginator: the value goes to one place: \`param\` or \`offset_param\`, or \`offset_body_path\`
      .dango/sources.yml:10:57 sources[0].rest_api.resources[3].paginator.size: \`limit\` and \`size\` are two names of one key → keep one of them
      .dango/sources.yml:11:32 sources[0].rest_api.resources[4].paginator: a cursor comes from one place: \`cursor_path\`, \`cursor_header\` or \`last_record\`
      .dango/sources.yml:12:59 sources[0].rest_api.resources[5].paginator.next_url_path: \`path\` and \`next_url_path\` are two names of one key → keep one of them"
    `);
  });

  it("hints at quotes where a placeholder became a mapping", async () => {
    expect(await issuesOfResource("- name: x\n  path: {resources.users.id}")).toMatchInlineSnapshot(
      `".dango/sources.yml:8:17 sources[0].rest_api.resources[0].path: expected text, got a mapping → a value that begins with { needs quotes: "{resources.users.id}""`,
    );
  });

  it("checks placeholders (P9)", async () => {
    const resource = `
- name: x
  path: /a/{id}/{bound}
  params: {bound: 1, q: "{incremental.start_value}", r: "{paginator.pge}", s: "{paginator.cursor}", t: "{{fine}}"}
- name: y
  incremental: {cursor_path: at}
  json: {a: ["{incremental.start_valu}"], b: "{incremental.lag}", c: "{incremental.end_value}"}`.slice(1);
    expect(await issuesOfResource(resource)).toMatchInlineSnapshot(`
      ".dango/sources.yml:7:11 sources[0].rest_api.resources[0].paginator: \`{paginator.cursor}\` has no value with the paginator auto → it needs a paginator of type cursor or header_cursor or custom
      .dango/sources.yml:8:17 sources[0].rest_api.resources[0].path: nothing gives \`{id}\` a value → bind it in \`params\` if it stands in \`path\`; literal braces are written {{id}}
      .dango/sources.yml:9:33 sources[0].rest_api.resources[0].params.q: \`{incremental.start_value}\` needs \`incremental\` on the resource
      .dango/sources.yml:9:65 sources[0].rest_api.resources[0].params.r: there is no \`{paginator.pge}\` → did you mean \`{paginator.page}\`?
      .dango/sources.yml:12:22 sources[0].rest_api.resources[1].json.a[0]: there is no \`{incremental.start_valu}\` → did you mean \`{incremental.start_value}\`?"
    `);
  });

  it("wants each strategy's keys, and history's keys for scd2 only (M5)", async () => {
    const resource = `- {name: a, write_disposition: {disposition: merge, strategy: upsert}, merge_key: day}
- {name: b, write_disposition: {disposition: merge, strategy: scd2}, incremental: {cursor_path: at}}
- {name: c, primary_key: id, write_disposition: {disposition: merge, boundary_timestamp: "2024-01-01"}}
- {name: d, primary_key: id, write_disposition: {disposition: merge, strategy: scd2, boundary_timestamp: soon}}
- {name: e, write_disposition: append, columns: {gone: {hard_delete: true}}}
- {name: f, primary_key: id, columns: {v: {dedup_sort: asc}, w: {dedup_sort: desc}}}`;
    expect(await issuesOfResource(resource)).toMatchInlineSnapshot(`
      ".dango/sources.yml:7:71 sources[0].rest_api.resources[0].write_disposition.strategy: the strategy upsert needs a \`primary_key\` → name the field that tells rows apart: primary_key: id
      .dango/sources.yml:8:71 sources[0].rest_api.resources[1].write_disposition.strategy: scd2 with \`incremental\` needs a \`merge_key\` → rows that a load does not bring would be retired; with a merge key only those of the keys that it brings are
      .dango/sources.yml:9:78 sources[0].rest_api.resources[2].write_disposition.boundary_timestamp: \`boundary_timestamp\` belongs to the strategy scd2
      .dango/sources.yml:10:114 sources[0].rest_api.resources[3].write_disposition.boundary_timestamp: not a timestamp → write it in ISO 8601, such as 2024-01-01T00:00:00Z
      .dango/sources.yml:11:64 sources[0].rest_api.resources[4].columns.gone: \`hard_delete\` belongs to a merge by key, not to this write disposition → set write_disposition: merge and a primary_key
      .dango/sources.yml:12:73 sources[0].rest_api.resources[5].columns.w: only one column can have \`dedup_sort\`; \`v\` has it already"
    `);
  });

  it("wants a key for merge (M5), and a strategy for merge only", async () => {
    const resource =
      "- {name: a, write_disposition: merge}\n- {name: b, write_disposition: {disposition: append, strategy: delete-insert}}";
    expect(await issuesOfResource(resource)).toMatchInlineSnapshot(`
      ".dango/sources.yml:7:40 sources[0].rest_api.resources[0].write_disposition: \`merge\` needs a \`primary_key\` or a \`merge_key\` → name the field that tells rows apart: primary_key: id
      .dango/sources.yml:8:62 sources[0].rest_api.resources[1].write_disposition.strategy: a \`strategy\` belongs to merge, not to append"
    `);
  });

  it("wants a key for append with end_value or with rows that have no cursor (I2)", async () => {
    const resource = `
- {name: a, incremental: {cursor_path: at, on_cursor_value_missing: include}}
- {name: b, incremental: {cursor_path: at, initial_value: 1, end_value: 5}}
- {name: c, incremental: {cursor_path: at, initial_value: 1, end_value: 5, primary_key: []}}
- {name: d, incremental: {cursor_path: at, end_value: 5}, primary_key: id}`.slice(1);
    expect(await issuesOfResource(resource)).toMatchInlineSnapshot(`
      ".dango/sources.yml:7:52 sources[0].rest_api.resources[0].incremental.on_cursor_value_missing: \`on_cursor_value_missing: include\` under append needs a primary key → add \`primary_key\`, so that rows that are there already are not added again
      .dango/sources.yml:8:70 sources[0].rest_api.resources[1].incremental.end_value: \`end_value\` under append needs a primary key → add \`primary_key\`, so that rows that are there already are not added again
      .dango/sources.yml:10:52 sources[0].rest_api.resources[3].incremental.end_value: \`end_value\` needs \`initial_value\`"
    `);
  });

  it("allows one incremental, and in params only its start", async () => {
    const resource = `
- name: a
  incremental: {cursor_path: a}
  params: {since: {type: incremental, cursor_path: b}}
- name: b
  params: {since: {type: incremental, cursor_path: b, end_param: e}}`.slice(1);
    expect(await issuesOfResource(resource)).toMatchInlineSnapshot(`
      ".dango/sources.yml:9:20 sources[0].rest_api.resources[0].params.since: a resource can have one incremental only
      .dango/sources.yml:11:63 sources[0].rest_api.resources[1].params.since.end_param: \`end_param\` cannot stand in a parameter → write \`incremental\` in the endpoint instead"
    `);
  });

  it("must have a name of its own (N1)", async () => {
    expect(await issuesOfResource("- users\n- {name: users, path: /other}")).toMatchInlineSnapshot(
      `".dango/sources.yml:8:18 sources[0].rest_api.resources[1].name: the resource name \`users\` is taken by the one on line 7 → give this one another name; \`table_name\` may be the same"`,
    );
  });
});

describe("parents and children", () => {
  it("names unknown parents, with the nearest that exists", async () => {
    const resource = `
- users
- {name: a, path: "u/{resources.user.id}", params: {x: "{resources.users}"}}
- {name: b, path: "u/{u}", params: {u: {type: resolve, resource: nothing, field: id}}}`.slice(1);
    expect(await issuesOfResource(resource)).toMatchInlineSnapshot(`
      ".dango/sources.yml:8:27 sources[0].rest_api.resources[1].path: \`{resources.user.id}\` refers to the resource \`user\`, which does not exist → did you mean \`users\`?
      .dango/sources.yml:8:64 sources[0].rest_api.resources[1].params.x: \`{resources.users}\` names no field of users → write {resources.users.id} for its field id
      .dango/sources.yml:9:48 sources[0].rest_api.resources[2].params.u: \`{resources.nothing.id}\` refers to the resource \`nothing\`, which does not exist → resources: users, a, b"
    `);
  });

  it("refuses cycles, and fields of two resources of which none is the other's parent", async () => {
    const resource = `
- {name: a, path: "a/{resources.b.id}"}
- {name: b, path: "b/{resources.c.id}"}
- {name: c, path: "c/{resources.a.id}"}
- {name: d, path: "d/{resources.d.id}"}
- {name: e, path: e}
- {name: f, path: f}
- {name: g, path: "g/{resources.e.id}/{resources.f.id}"}`.slice(1);
    expect(await issuesOfResource(resource)).toMatchInlineSnapshot(`
      ".dango/sources.yml:7:27 sources[0].rest_api.resources[0].path: resources that need each other's records can never begin: a → b → c → a
      .dango/sources.yml:10:27 sources[0].rest_api.resources[3].path: \`d\` takes fields of itself
      .dango/sources.yml:13:27 sources[0].rest_api.resources[6].path: \`g\` takes fields of \`e\` and \`f\`, none of which is a parent of the other → a resource has one parent; fields of that parent's own parents can be taken as well"
    `);
  });

  it("refuses resolve without a place in the path, and keys of children on others", async () => {
    const resource = `
- {name: a, include_from_parent: [id], on_missing_parent_field: skip}
- {name: b, path: b, params: {id: {type: resolve, resource: a, field: id}}}
- {name: c, primary_key: id, incremental: {cursor_path: at, shared: true}}`.slice(1);
    expect(await issuesOfResource(resource)).toMatchInlineSnapshot(`
      ".dango/sources.yml:7:21 sources[0].rest_api.resources[0].include_from_parent: \`include_from_parent\` needs a parent, and \`a\` has none → take a field of the parent into the request: {resources.<parent>.<field>}
      .dango/sources.yml:7:48 sources[0].rest_api.resources[0].on_missing_parent_field: \`on_missing_parent_field\` needs a parent, and \`a\` has none → take a field of the parent into the request: {resources.<parent>.<field>}
      .dango/sources.yml:8:39 sources[0].rest_api.resources[1].params.id: the \`resolve\` parameter \`id\` is not bound in \`path\` → write {id} into the path, or send it as a parameter: id: "{resources.a.id}"
      .dango/sources.yml:9:69 sources[0].rest_api.resources[2].incremental.shared: \`shared\` needs a parent, and \`c\` has none → a resource without a parent has one cursor anyway"
    `);
  });
});

describe("columns", () => {
  it("take hints of one's own, and refuse marks that loading sets and digits that no type has", async () => {
    const columns = `{
      a: {row_key: true}, b: {variant: true, x-note: {any: thing}}, c: {data_type: decimal, precision: 39},
      d: {data_type: decimal, precision: 5, scale: 6}, e: {data_type: bigint, precision: 129}, f: {uniqe: true},
      g: {unique: true, x-owner: crm, description: ok}}`;
    expect(await issuesOfResource(`- {name: a, columns: ${columns}}`)).toMatchInlineSnapshot(`
      ".dango/sources.yml:8:19 sources[0].rest_api.resources[0].columns.a.row_key: \`row_key\` marks the column that tells rows apart, \`_dlt_id\`: loading sets it
      .dango/sources.yml:8:39 sources[0].rest_api.resources[0].columns.b.variant: \`variant\` marks the columns of values that do not fit: loading sets it → write \`data_type\` to choose a column's type
      .dango/sources.yml:8:112 sources[0].rest_api.resources[0].columns.c.precision: a decimal has at most 38 digits
      .dango/sources.yml:9:60 sources[0].rest_api.resources[0].columns.d.scale: more digits after the point than \`precision\` has in all
      .dango/sources.yml:9:98 sources[0].rest_api.resources[0].columns.e.precision: an integer has at most 128 bits
      .dango/sources.yml:9:108 sources[0].rest_api.resources[0].columns.f.uniqe: unknown key \`uniqe\` → did you mean \`unique\`?"
    `);
  });
});
