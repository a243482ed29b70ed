import { afterEach, describe, expect, it } from "vitest";
import { narrate } from "../support/narrate.js";
import { makeProject, type TestProject } from "../support/project.js";
import { sendJson, serve, type TestServer } from "../support/serve.js";

let api: TestServer | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

/** A server that must not be asked, and a project that would ask it. */
async function projectWith(text: (url: string) => string, secrets = ""): Promise<TestProject> {
  api = await serve((_request, response) => {
    sendJson(response, [{ id: 1 }]);
  });
  return makeProject({ ".dango/sources.yml": text(api.url), ".dlt/secrets.toml": secrets });
}

async function sync(project: TestProject, args: readonly string[] = []): Promise<string> {
  const ended = await project.dango(["sync", ...args]);
  expect(api?.requests).toEqual([]);
  return narrate(project, ended);
}

describe("a configuration that is wrong: exit 2, and nothing is requested", () => {
  it("names a missing secret, and every place that was looked at (004-03)", async () => {
    await using project = await projectWith(
      (url) => `sources:
  - name: my_api
    type: rest_api
    rest_api:
      base_url: ${url}
      headers: {Authorization: "Bearer \${MY_API_TOKEN}"}
      resources: [users]
`,
    );
    expect(await sync(project)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: .dango/sources.yml:6:40: sources[0].rest_api.headers.Authorization: \`\${MY_API_TOKEN}\` is not set
        hint: set it in the environment or in .dlt/secrets.toml; looked in environment: MY_API_TOKEN, SOURCES__MY_API__MY_API_TOKEN, SOURCES__REST_API__MY_API_TOKEN, SOURCES__MY_API_TOKEN; .dlt/secrets.toml: [sources.my_api], [sources.rest_api], [sources], top level; .dlt/config.toml (no such file): [sources.my_api], [sources.rest_api], [sources], top level"
    `);
  });

  it("names a missing secret of a module, and every place that was looked at (004-08)", async () => {
    await using project = await projectWith(
      () => `sources:
  - name: my_custom_api
    type: dlt_native
    dlt_native: {source_module: custom_sources.my_api, source_name: my_api_source}
`,
    );
    await project.write(
      "custom_sources/my_api.ts",
      `import { defineSource, resource, secret } from "dango";
export const my_api_source = defineSource({ api_key: secret() }, () =>
  resource({ name: "users" }, function* () { yield { id: 1 }; }));
`,
    );
    expect(await sync(project)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: .dango/sources.yml:4:17: my_api_source needs the secret \`api_key\`, and it is set nowhere
        hint: set it in .dlt/secrets.toml under [sources.my_api_source]; looked in environment: SOURCES__MY_API_SOURCE__API_KEY, SOURCES__MY_API__API_KEY, SOURCES__MY_CUSTOM_API__API_KEY, SOURCES__API_KEY, api_key, API_KEY; .dlt/secrets.toml: [sources.my_api_source], [sources.my_api], [sources.my_custom_api], [sources]
      log: <log file>"
    `);
  });

  it("points at an unknown key, with the nearest known one (004-01)", async () => {
    await using project = await projectWith(
      (url) => `sources:
  - name: my_api
    type: rest_api
    rest_api:
      base_url: ${url}
      resources:
        - name: users
          endpont: /users
`,
    );
    expect(await sync(project)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: .dango/sources.yml:8:11: sources[0].rest_api.resources[0].endpont: unknown key \`endpont\`
        hint: did you mean \`endpoint\`?"
    `);
  });

  it("points at a value of the wrong type (004-01)", async () => {
    await using project = await projectWith(
      (url) => `sources:
  - name: my_api
    type: rest_api
    enabled: "perhaps"
    rest_api:
      base_url: ${url}
      timeout: [30]
      resources: [users]
`,
    );
    expect(await sync(project)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: .dango/sources.yml:4:14: sources[0].enabled: expected true or false, got text
      error: .dango/sources.yml:7:16: sources[0].rest_api.timeout: expected a number or text, got a list"
    `);
  });

  it("tells every error of the file at once", async () => {
    await using project = await projectWith(
      (url) => `sources:
  - name: my_api
    type: rest_api
    rest_api:
      base_url: ${url}
      headers: {X-Key: "\${NOT_THERE}"}
      resources:
        - name: users
          pagination: {type: page_numbr, param: page}
        - name: users
          method: DELETE
        - name: orders
          write_disposition: merge
  - name: my_api
    type: rest_ap
`,
    );
    expect(await sync(project)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: .dango/sources.yml:6:25: sources[0].rest_api.headers.X-Key: \`\${NOT_THERE}\` is not set
        hint: set it in the environment or in .dlt/secrets.toml; looked in environment: NOT_THERE, SOURCES__MY_API__NOT_THERE, SOURCES__REST_API__NOT_THERE, SOURCES__NOT_THERE; .dlt/secrets.toml: [sources.my_api], [sources.rest_api], [sources], top level; .dlt/config.toml (no such file): [sources.my_api], [sources.rest_api], [sources], top level
      error: .dango/sources.yml:9:30: sources[0].rest_api.resources[0].pagination.type: \`page_numbr\` is not one of page_number, offset, cursor, header_cursor, json_link, json_response, header_link, single_page, auto, custom
        hint: did you mean \`page_number\`?
      error: .dango/sources.yml:11:19: sources[0].rest_api.resources[1].method: the method DELETE is refused: dango reads an API, it does not write to it
      error: .dango/sources.yml:13:30: sources[0].rest_api.resources[2].write_disposition: \`merge\` needs a \`primary_key\` or a \`merge_key\`
        hint: name the field that tells rows apart: primary_key: id
      error: .dango/sources.yml:14:11: sources[1].name: the source name \`my_api\` is taken by the one on line 2
      error: .dango/sources.yml:15:11: sources[1].type: unknown source type \`rest_ap\`
        hint: did you mean \`rest_api\`?"
    `);
  });

  it("refuses what is not supported yet instead of ignoring it", async () => {
    await using project = await projectWith(
      (url) => `sources:
  - name: my_api
    type: rest_api
    rest_api:
      base_url: ${url}
      resources:
        - name: users
          sort: {}
  - name: app_db
    type: postgres
    postgres: {host: localhost}
`,
    );
    expect(await sync(project)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: .dango/sources.yml:8:11: sources[0].rest_api.resources[0].sort: \`sort\` is not supported yet
      error: .dango/sources.yml:10:11: sources[1].type: the source type \`postgres\` is not supported yet"
    `);
  });

  it("asks for a JSON body where nested objects stand in params (D3 of the mission)", async () => {
    await using project = await projectWith(
      (url) => `sources:
  - name: hubspot
    type: rest_api
    rest_api:
      base_url: ${url}
      resources:
        - name: contacts
          endpoint: /crm/v3/objects/contacts
          params:
            limit: 100
            filterGroups:
              - filters:
                  - {propertyName: lastmodifieddate, operator: GTE, value: "0"}
`,
    );
    expect(await sync(project)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: .dango/sources.yml:12:17: sources[0].rest_api.resources[0].params.filterGroups[0]: a query parameter cannot hold a mapping
        hint: send it in the request body: move it from \`params\` to \`json\`"
    `);
  });

  it("points at YAML that cannot be read", async () => {
    await using project = await projectWith(() => `sources:\n  - name: "my_api\n    type: rest_api\n`);
    expect(await sync(project)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: .dango/sources.yml:4:1: not valid YAML: Missing closing "quote
        hint: a quote that was opened, here or on a line above, is not closed"
    `);
  });

  it("points at TOML that cannot be read, without showing the line, which may hold a secret (004-04)", async () => {
    await using project = await projectWith(
      (url) => `sources:
  - name: my_api
    type: rest_api
    rest_api: {base_url: ${url}, headers: {Authorization: "\${TOKEN}"}, resources: [users]}
`,
      `[sources.rest_api]\nTOKEN = "secret-with-no-end\n`,
    );
    const said = await sync(project);
    expect(said).not.toContain("secret-with-no-end");
    expect(said).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: .dlt/secrets.toml:2:28: not valid TOML: Unterminated string
        hint: close the quote on the line where it opens"
    `);
  });

  it("lists the known sources for an unknown one, the nearest first (004-05)", async () => {
    await using project = await projectWith(
      (url) => `sources:
  - {name: my_api, type: rest_api, rest_api: {base_url: "${url}", resources: [users]}}
  - {name: shop, type: rest_api, rest_api: {base_url: "${url}", resources: [orders]}}
`,
    );
    expect(await sync(project, ["--source", "my_ap"])).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: There is no source "my_ap" in .dango/sources.yml
        hint: Did you mean "my_api"? Known sources: my_api, shop"
    `);
  });

  it("lists the known resources for an unknown one, the nearest first", async () => {
    await using project = await projectWith(
      (url) => `sources:
  - {name: my_api, type: rest_api, rest_api: {base_url: "${url}", resources: [users, orders]}}
`,
    );
    expect(await sync(project, ["--resource", "user"])).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: There is no resource "user" in the chosen sources
        hint: Did you mean "users"? Known resources: users, orders"
    `);
  });

  it("says where a project was looked for when there is none", async () => {
    await using project = await makeProject({});
    expect(narrate(project, await project.dango(["sync"]))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: there is no .dango/sources.yml in <project> or a folder above it
        hint: run \`dango init\` to begin a project, or name one with --project DIR"
    `);
    expect(narrate(project, await project.dango(["sync", "--project", "nowhere"]))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: there is no .dango/sources.yml in <project>/nowhere
        hint: run \`dango init\` to begin a project, or name one with --project DIR"
    `);
  });

  it("refuses an unknown flag with the nearest one, an unknown command, and a value that is none of the choices", async () => {
    await using project = await projectWith(
      (url) => `sources:
  - {name: my_api, type: rest_api, rest_api: {base_url: "${url}", resources: [users]}}
`,
    );
    expect(await sync(project, ["--full-refersh"])).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: unknown option '--full-refersh'
      (Did you mean --full-refresh?)
        hint: \`dango sync --help\` tells what it takes"
    `);
    expect(await sync(project, ["--limit", "0"])).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: option '--limit <rows>' argument '0' is invalid. It must be a whole number above 0.
        hint: \`dango sync --help\` tells what it takes"
    `);
    expect(await sync(project, ["--progress", "fancy"])).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: option '--progress <kind>' argument 'fancy' is invalid. Allowed choices are auto, bar, log, json, none.
        hint: \`dango sync --help\` tells what it takes"
    `);
    expect(narrate(project, await project.dango(["snyc"]))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: unknown command 'snyc'
      (Did you mean sync?)
        hint: \`dango --help\` tells what it takes"
    `);
  });

  it("refuses an environment that has no files", async () => {
    await using project = await projectWith(
      (url) => `sources:
  - {name: my_api, type: rest_api, rest_api: {base_url: "${url}", resources: [users]}}
`,
    );
    expect(await sync(project, ["--env", "prod"])).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: unknown environment \`prod\`: neither .dlt/prod.secrets.toml nor .dlt/prod.config.toml exists
        hint: an environment is a file .dlt/NAME.secrets.toml or .dlt/NAME.config.toml"
    `);
  });
});
