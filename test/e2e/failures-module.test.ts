import { afterEach, describe, expect, it } from "vitest";
import { narrate } from "../support/narrate.js";
import { makeProject } from "../support/project.js";
import { sendJson, serve, type TestServer } from "../support/serve.js";

let api: TestServer | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

/** What a sync of one module says; of a file of its own folder unless `name` says otherwise. */
async function syncModule(text: string, name = "my_api_source"): Promise<string> {
  await using project = await makeProject({
    ".dango/sources.yml": `sources:
  - name: mine
    type: dlt_native
    dlt_native:
      source_module: custom_sources.my_api
      source_name: ${name}
      args: {base_url: "${api?.url ?? "http://127.0.0.1:9"}"}
`,
    "custom_sources/my_api.ts": text,
  });
  return narrate(project, await project.dango(["sync"]));
}

describe("a TypeScript source that is wrong", () => {
  it("syntax: exit 2, with file, line and column (004-07)", async () => {
    expect(
      await syncModule(`import { defineSource } from "dango";

export const my_api_source = defineSource({}, () => {
  return [;
});
`),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: custom_sources/my_api.ts:4:11: Syntax error: Unexpected token
      log: <log file>"
    `);
  });

  it("a missing export: exit 2, with those that there are (004-07)", async () => {
    expect(
      await syncModule(
        `import { config, defineSource, resource } from "dango";

export const my_api_source = defineSource({ base_url: config("") }, () =>
  resource({ name: "users" }, function* () { yield { id: 1 }; }));
`,
        "my_api_sorce",
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: .dango/sources.yml:5:7: custom_sources/my_api.ts exports no source "my_api_sorce"
        hint: Did you mean "my_api_source"? Its sources: my_api_source.
      log: <log file>"
    `);
  });

  it("a missing module: exit 2, with the places that were looked at (004-07)", async () => {
    await using project = await makeProject({
      ".dango/sources.yml": `sources:
  - name: mine
    type: dlt_native
    dlt_native: {source_module: custom_sources.my_apy, source_name: my_api_source}
`,
      "custom_sources/my_api.ts": "export {};\n",
    });
    expect(narrate(project, await project.dango(["sync"]))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: .dango/sources.yml:4:17: There is no source module "custom_sources.my_apy"
        hint: Did you mean custom_sources.my_api? Looked for custom_sources/my_apy.ts (or .mts, .js, .mjs). custom_sources/ holds my_api.ts.
      log: <log file>"
    `);
  });

  it("an import that does not exist: exit 2, with the line and the nearest name", async () => {
    expect(
      await syncModule(`import { config, defineSource, resorce } from "dango";

export const my_api_source = defineSource({ base_url: config("") }, () =>
  resorce({ name: "users" }, () => []));
`),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: custom_sources/my_api.ts:4: dango exports no "resorce"
        hint: Did you mean "resource"?
      log: <log file>"
    `);
  });

  it("a throw while it is loaded: exit 2, with file and line", async () => {
    expect(
      await syncModule(`import { config, defineSource } from "dango";

export const my_api_source = defineSource({ base_url: config("") }, () => {
  const settings: { depth?: { limit: number } } = {};
  throw new Error(\`no depth in \${JSON.stringify(settings)}\`);
});
`),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: custom_sources/my_api.ts:5: custom_sources/my_api.ts threw while it was loaded: Error: no depth in {}
      log: <log file>"
    `);
  });

  it("an option that is none: exit 2, with the nearest one", async () => {
    expect(
      await syncModule(`import { config, defineSource, resource } from "dango";

export const my_api_source = defineSource({ base_url: config("") }, () =>
  resource({ name: "users", primarykey: "id" }, function* () { yield { id: 1 }; }));
`),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: custom_sources/my_api.ts:4: resource "users": unknown option \`primarykey\`
        hint: did you mean \`primaryKey\`?
      log: <log file>"
    `);
  });

  it("a throw in a generator: exit 1, with the line of the TypeScript", async () => {
    expect(
      await syncModule(`import { config, defineSource, resource } from "dango";

interface User {
  id: number;
  address?: { city: string };
}

export const my_api_source = defineSource({ base_url: config("") }, () =>
  resource({ name: "users" }, async function* () {
    const users: User[] = [{ id: 1, address: { city: "Oslo" } }, { id: 2 }];
    for (const user of users) {
      yield { id: user.id, city: user.address!.city };
    }
  }),
);
`),
    ).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      mine → raw_mine (nothing committed)
        users: failed, nothing of it was changed, 0 requests, 0 B, <seconds>
      --- stderr
      mine: reading into raw_mine
      mine.users: failed
      error: custom_sources/my_api.ts:12: mine.users: The resource "users" threw TypeError: Cannot read properties of undefined (reading 'city')
      Failed: 1 of 1 resource, nothing was committed (exit 1)
      log: <log file>"
    `);
  });

  it("a status that the API answers to a module: the exit code of a REST source, with the request", async () => {
    api = await serve((_request, response) => {
      sendJson(response, { message: "who are you?" }, 401);
    });
    expect(
      await syncModule(`import { config, defineSource, resource, RestClient } from "dango";

export const my_api_source = defineSource({ base_url: config("") }, ({ base_url }) => {
  const api = new RestClient({ baseUrl: base_url });
  return resource({ name: "users" }, async function* () {
    const body = await api.get<{ data: { id: number }[] }>("/users");
    yield body.data;
  });
});
`),
    ).toMatchInlineSnapshot(`
      "exit 6
      --- stdout
      mine → raw_mine (nothing committed)
        users: failed, nothing of it was changed, 1 request, 0 B, <seconds>
      --- stderr
      mine: reading into raw_mine
      mine.users: failed
      error: mine.users: GET http://<host>/users answered 401 Unauthorized: {"message":"who are you?"}
        hint: The request carried no credentials; add auth, or an Authorization header.
      Failed: 1 of 1 resource, nothing was committed (exit 6)
      log: <log file>"
    `);
  });

  it("a generator that yields undefined: exit 1, with what to look at", async () => {
    api = await serve((_request, response) => {
      sendJson(response, { users: [] });
    });
    expect(
      await syncModule(`import { config, defineSource, resource, RestClient } from "dango";

export const my_api_source = defineSource({ base_url: config("") }, ({ base_url }) => {
  const api = new RestClient({ baseUrl: base_url });
  return resource({ name: "users" }, async function* () {
    const body = await api.get<{ data: { id: number }[] }>("/users");
    yield body.data;
  });
});
`),
    ).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      mine → raw_mine (nothing committed)
        users: failed, nothing of it was changed, 1 request, 12 B, <seconds>
      --- stderr
      mine: reading into raw_mine
      mine.users: failed
      error: custom_sources/my_api.ts:5: mine.users: Not a record: users yielded undefined
        hint: A field that is read from a response may not be there; check its name. To yield nothing, yield [].
      Failed: 1 of 1 resource, nothing was committed (exit 1)
      log: <log file>"
    `);
  });
});
