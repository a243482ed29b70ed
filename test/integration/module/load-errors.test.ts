import { join } from "node:path";
import { symlink } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { ConfigError, DangoError } from "../../../src/shared/errors.js";
import { makeModuleProject, type ModuleOptions } from "./module-project.js";

const GOOD = `import { defineSource, resource } from "dango";
export const my_source = defineSource({}, () => resource({ name: "users" }, () => [{ id: 1 }]));
`;

/** What loading fails with, as one object; fails itself when loading does not. */
async function failureOf(options: ModuleOptions): Promise<Record<string, unknown>> {
  await using project = await makeModuleProject(options);
  try {
    const source = await project.load();
    await source.close();
  } catch (error) {
    if (!(error instanceof DangoError)) throw error;
    const { message, hint, location, exitCode } = error;
    return { message, hint, location, exitCode };
  }
  throw new Error("it was loaded");
}

async function issuesOf(module: string): Promise<ConfigError["issues"]> {
  await using project = await makeModuleProject({ files: { "custom_sources/my_api.ts": module } });
  const failure = await project.load().catch((error: unknown) => error);
  if (failure instanceof ConfigError) return failure.issues;
  throw failure;
}

describe("naming a module (contract §2.2)", () => {
  it.each([
    ["custom_sources.my_api", "custom_sources/my_api.ts"],
    ["my_api", "custom_sources/my_api.ts"],
    ["custom_sources/my_api.ts", "custom_sources/my_api.ts"],
    ["my_api.mjs", "custom_sources/my_api.mjs"],
    ["custom_sources.crm.contacts", "custom_sources/crm/contacts.js"],
    ["crm.contacts", "custom_sources/crm/contacts.mts"],
    ["my_api", "custom_sources/my_api/index.ts"],
    ["./lib/api.ts", "lib/api.ts"],
  ])("loads %s from %s", async (sourceModule, file) => {
    await using project = await makeModuleProject({ files: { [file]: GOOD }, sourceModule });
    const { rows } = await project.read("users");
    expect(rows).toEqual([{ id: 1 }]);
  });

  it("lists what custom_sources holds when there is no such module", async () => {
    const failure = await failureOf({
      files: {
        "custom_sources/my_apis.ts": GOOD,
        "custom_sources/crm.js": GOOD,
        "custom_sources/env.d.ts": "",
      },
    });
    expect(failure).toEqual({
      message: 'There is no source module "custom_sources.my_api"',
      hint: "Did you mean custom_sources.my_apis? Looked for custom_sources/my_api.ts (or .mts, .js, .mjs). custom_sources/ holds crm.js, my_apis.ts.",
      location: { file: ".dango/sources.yml", line: 3, column: 5 },
      exitCode: 2,
    });
  });

  it("says that Python is not read", async () => {
    const failure = await failureOf({ files: { "custom_sources/my_api.py": "import dlt" } });
    expect(failure["hint"]).toBe(
      "custom_sources/my_api.py is Python; dango reads TypeScript and JavaScript. Looked for custom_sources/my_api.ts (or .mts, .js, .mjs). custom_sources/ holds no modules.",
    );
  });

  it.each(["../my_api.ts", "custom_sources/../../my_api.ts", "/etc/my_api.ts"])(
    "never reads %s, outside of the project",
    async (sourceModule) => {
      const failure = await failureOf({ files: { "custom_sources/my_api.ts": GOOD }, sourceModule });
      expect(failure).toMatchObject({ exitCode: 2 });
      expect(failure["message"]).toMatch(/lies outside of the project$|^There is no source module/);
    },
  );

  it("never follows a link out of the project", async () => {
    await using other = await makeModuleProject({ files: { "my_api.ts": GOOD } });
    await using project = await makeModuleProject({ files: { "custom_sources/other.ts": GOOD } });
    await symlink(join(other.root, "my_api.ts"), join(project.root, "custom_sources/my_api.ts"));
    await expect(project.load()).rejects.toThrow(
      'The source module "custom_sources.my_api" lies outside of the project',
    );
  });
});

describe("errors of a module before it runs", () => {
  it("points at a syntax error with file, line and column", async () => {
    const failure = await failureOf({
      files: {
        "custom_sources/my_api.ts":
          'import { x } from "dango";\n\nexport const a = f(1\nexport const b = 2;\n',
      },
    });
    expect(failure).toEqual({
      message: 'Syntax error: Unexpected token, expected ","',
      hint: undefined,
      location: { file: "custom_sources/my_api.ts", line: 4, column: 1 },
      exitCode: 2,
    });
  });

  it("points at what threw at import, below types that are gone", async () => {
    const failure = await failureOf({
      files: {
        "custom_sources/my_api.ts":
          'interface Gone {\n  a: number;\n}\nimport { readKey } from "./lib/key.js";\nexport const key: Gone = readKey();\n',
        "custom_sources/lib/key.ts":
          'export function readKey(): never {\n  throw new TypeError("no key");\n}\n',
      },
    });
    expect(failure).toEqual({
      message: "custom_sources/my_api.ts threw while it was loaded: TypeError: no key",
      hint: undefined,
      location: { file: "custom_sources/lib/key.ts", line: 2 },
      exitCode: 2,
    });
  });

  it("points at an import that leads nowhere", async () => {
    const failure = await failureOf({
      files: {
        "custom_sources/my_api.ts":
          'import { defineSource } from "dango";\nimport { a } from "./missing.js";\nexport { a, defineSource };\n',
      },
    });
    expect(failure).toEqual({
      message: 'Cannot find the file "./missing.js" that is imported here',
      hint: "Paths are relative to the importing file.",
      location: { file: "custom_sources/my_api.ts", line: 2, column: 19 },
      exitCode: 2,
    });
  });

  it("tells a package that is not installed from a file", async () => {
    const failure = await failureOf({
      files: {
        "custom_sources/my_api.ts": 'import { z } from "zod-that-is-not-there";\nexport const a = z;\n',
      },
    });
    expect(failure).toMatchObject({
      message: 'Cannot find the package "zod-that-is-not-there" that is imported here',
      hint: "Packages other than dango come from the project's node_modules; install it there.",
      location: { file: "custom_sources/my_api.ts", line: 1, column: 19 },
    });
  });

  it("suggests the nearest export of dango", async () => {
    const failure = await failureOf({
      files: {
        "custom_sources/my_api.ts":
          'import { defineSorce } from "dango";\nexport const my_source = defineSorce({}, () => []);\n',
      },
    });
    expect(failure).toMatchObject({
      message: 'dango exports no "defineSorce"',
      hint: 'Did you mean "defineSource"?',
      location: { file: "custom_sources/my_api.ts", line: 2 },
    });
  });

  it("lists the module's sources when the named one is not there", async () => {
    const failure = await failureOf({
      files: { "custom_sources/my_api.ts": GOOD.replace("my_source", "my_sources") },
    });
    expect(failure).toEqual({
      message: 'custom_sources/my_api.ts exports no source "my_source"',
      hint: 'Did you mean "my_sources"? Its sources: my_sources.',
      location: { file: ".dango/sources.yml", line: 3, column: 5 },
      exitCode: 2,
    });
  });

  it("refuses an export that is no source", async () => {
    const failure = await failureOf({
      files: { "custom_sources/my_api.ts": "export function my_source() {}\n" },
    });
    expect(failure).toMatchObject({
      message: 'The export "my_source" of custom_sources/my_api.ts is no source',
      hint: "Make it with defineSource.",
    });
  });

  it("points at what the build function threw", async () => {
    const failure = await failureOf({
      files: {
        "custom_sources/my_api.ts":
          'import { defineSource } from "dango";\nexport const my_source = defineSource({}, () => {\n  throw new Error("not today");\n});\n',
      },
    });
    expect(failure).toMatchObject({
      message: "custom_sources/my_api.ts threw while it was loaded: Error: not today",
      location: { file: "custom_sources/my_api.ts", line: 3 },
      exitCode: 2,
    });
  });

  it.each([
    ["undefined", "my_source returned nothing"],
    ["[]", "my_source returned no resources"],
    [
      "[resource({ name: 'a' }, () => []), 5]",
      "my_source returned something that is no resource (number 2 of its list)",
    ],
  ])("refuses a build function that returns %s", async (returned, message) => {
    const failure = await failureOf({
      files: {
        "custom_sources/my_api.ts": `import { defineSource, resource } from "dango";\nvoid resource;\n\nexport const my_source = defineSource({}, () => (${returned}) as never);\n`,
      },
    });
    expect(failure).toMatchObject({
      message,
      hint: "Return what resource(…) gave, one or a list of them.",
      location: { file: "custom_sources/my_api.ts", line: 4 },
    });
  });

  it("names a secret that is set nowhere with every place looked at", async () => {
    const failure = await failureOf({
      files: {
        "custom_sources/my_api.ts":
          'import { defineSource, resource, secret } from "dango";\nexport const my_source = defineSource({ api_key: secret() }, () => resource({ name: "a" }, () => []));\n',
      },
    });
    expect(failure).toMatchObject({
      message: "my_source needs the secret `api_key`, and it is set nowhere",
      hint: "set it in .dlt/secrets.toml under [sources.my_source]; looked in environment: API_KEY",
      exitCode: 2,
    });
  });

  it("makes no request while a source is built", async () => {
    const failure = await failureOf({
      files: {
        "custom_sources/my_api.ts":
          'import { defineSource, resource, RestClient } from "dango";\nexport const my_source = defineSource({}, async () => {\n  const api = new RestClient({ baseUrl: "http://127.0.0.1:9" });\n  await api.get("/forms");\n  return resource({ name: "a" }, () => []);\n});\n',
      },
    });
    expect(failure).toMatchObject({
      message: "A request was made while the source is being built",
      exitCode: 2,
    });
  });
});

describe("options of resources and clients", () => {
  it("reports everything that is wrong with all resources at once, each at its line", async () => {
    const issues = await issuesOf(`import { defineSource, resource } from "dango";
export const my_source = defineSource({}, () => [
  resource({ name: "users", primarykey: "id" } as never, () => []),
  resource({ name: "orders", writeDisposition: "mrge", maxTableNesting: -1 } as never, () => []),
  resource({ name: "items", incremental: { cursorPth: "a" } } as never, () => []),
  resource({ primaryKey: "id" } as never, () => []),
]);
`);
    expect(issues.map(({ location, message, hint }) => [location?.line, message, hint])).toEqual([
      [3, 'resource "users": unknown option `primarykey`', "did you mean `primaryKey`?"],
      [
        4,
        'resource "orders": writeDisposition: `mrge` is not one of append, replace, merge, skip',
        "did you mean `merge`?",
      ],
      [4, 'resource "orders": maxTableNesting: must be at least 0', undefined],
      [5, 'resource "items": incremental.cursorPth: unknown key `cursorPth`', "did you mean `cursorPath`?"],
      [6, "resource: missing `name`", 'the first argument of resource is like { name: "orders" }'],
    ]);
  });

  it("spells the keys of YAML like TypeScript", async () => {
    const issues = await issuesOf(`import { defineSource, resource } from "dango";
export const my_source = defineSource({}, () => [
  resource({ name: "users", writeDisposition: "merge" }, () => []),
  resource({ name: "orders", primary_key: "id" } as never, () => []),
]);
`);
    expect(issues.map(({ message, hint }) => [message, hint])).toEqual([
      [
        'resource "users": writeDisposition: `merge` needs a `primaryKey` or a `mergeKey`',
        "name the field that tells rows apart: primaryKey: id",
      ],
      ['resource "orders": unknown option `primary_key`', "did you mean `primaryKey`?"],
    ]);
  });

  it("refuses what is not supported yet, and what makes requests in YAML", async () => {
    const issues = await issuesOf(`import { defineSource, resource } from "dango";
export const my_source = defineSource({}, () => [
  resource({ name: "a", parallelized: true, filters: {} } as never, () => []),
  resource({ name: "b", incremental: {} } as never, () => []),
  resource({ name: "c", incremental: { cursorPath: "t", startParam: "since" } } as never, () => []),
  resource({ name: "d", incremental: { cursorPath: "t", shared: true } } as never, () => []),
]);
`);
    expect(issues.map(({ message }) => message)).toEqual([
      'resource "a": filters: `filters` is not supported yet',
      'resource "b": incremental: missing `cursorPath`',
      'resource "c": incremental: `startParam` belongs to sources of YAML',
      'resource "d": incremental: `shared` belongs to sources of YAML',
    ]);
    expect(issues.at(-1)?.hint).toBe(
      "a resource of a module has one cursor; keep one for each parent in `state` of the context",
    );
  });

  it("refuses two resources of one name (N1)", async () => {
    const issues = await issuesOf(`import { defineSource, resource } from "dango";
export const my_source = defineSource({}, () => [
  resource({ name: "users" }, () => []),
  resource({ name: "users" }, () => []),
]);
`);
    expect(issues).toEqual([
      {
        message: 'two resources are named "users"',
        location: { file: "custom_sources/my_api.ts", line: 4 },
        hint: "the first one stands in line 3; give one another name",
      },
    ]);
  });

  it("refuses wrong options of RestClient and paginators at their line", async () => {
    const client = await issuesOf(`import { defineSource, resource, RestClient } from "dango";
export const my_source = defineSource({}, () => {
  new RestClient({ baseUrl: "api.example.com", timeot: 5, retry: { attempts: 0 }, auth: { type: "bearer" } } as never);
  return resource({ name: "a" }, () => []);
});
`);
    expect(client.map(({ location, message, hint }) => [location?.line, message, hint])).toEqual([
      [3, "RestClient: unknown option `timeot`", "did you mean `timeout`?"],
      [
        3,
        "RestClient: auth: `token` is missing",
        "is a secret() or an environment variable that is not set used here?",
      ],
      [3, "RestClient: baseUrl: must be an http:// or https:// URL", undefined],
      [3, "RestClient: retry.attempts: must be at least 1", undefined],
    ]);
    const paginator = await issuesOf(`import { defineSource, paginators, resource } from "dango";
export const my_source = defineSource({}, () => {
  paginators.offset({ limt: 5 } as never);
  return resource({ name: "a" }, () => []);
});
`);
    expect(paginator.map(({ location, message, hint }) => [location?.line, message, hint])).toEqual([
      [3, "paginators.offset: limt: unknown key `limt`", "did you mean `limit`?"],
    ]);
  });
});

describe("hints of nested tables and references, in TypeScript's spelling", () => {
  it("are those of YAML", async () => {
    const module = `import { defineSource, resource } from "dango";
export const my_source = defineSource({}, () => resource({
  name: "orders",
  references: [{ columns: ["buyerId"], referencedTable: "users", referencedColumns: ["id"], cardinality: "many_to_one" }],
  nestedHints: { lineItems: { columns: { unitPrice: { dataType: "decimal", precision: 9, scale: 2 } } } },
}, () => [{ id: 1 }]));`;
    await using project = await makeModuleProject({ files: { "custom_sources/my_api.ts": module } });
    const source = await project.load();
    await source.close();
    expect(
      source.resources.map(({ options: { references, nestedHints } }) => ({ references, nestedHints })),
    ).toEqual([
      {
        references: [
          {
            columns: ["buyerId"],
            referencedTable: "users",
            referencedColumns: ["id"],
            cardinality: "many_to_one",
          },
        ],
        nestedHints: {
          lineItems: { columns: { unitPrice: { dataType: "decimal", precision: 9, scale: 2 } } },
        },
      },
    ]);
  });

  it("are refused in the words of TypeScript", async () => {
    const module = `import { defineSource, resource } from "dango";
export const my_source = defineSource({}, () => resource({
  name: "orders",
  tableFormat: "delta",
  references: [{ columns: ["a"], referencedTable: "users", referencedColumns: [], cardinality: "manyToOne" }],
  nestedHints: { items: { primaryKey: "id" } },
}, () => [{ id: 1 }]));`;
    expect((await issuesOf(module)).map(({ message }) => message)).toMatchInlineSnapshot(`
      [
        "resource "orders": nestedHints.items.primaryKey: the table of a list has no key: its rows follow those of the table that holds the list",
        "resource "orders": references[0].referencedColumns: must not be empty",
        "resource "orders": references[0].cardinality: \`manyToOne\` is not one of zero_to_one, one_to_zero, zero_to_many, many_to_zero, one_to_many, many_to_one, one_to_one, many_to_many",
        "resource "orders": tableFormat: \`tableFormat\` is for lakes. DuckDB keeps tables in its own format, there is nothing to choose",
      ]
    `);
  });
});
