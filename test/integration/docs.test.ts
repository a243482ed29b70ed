import { generateKeyPairSync } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import type { z } from "zod";
import { buildProgram } from "../../src/cli/program.js";
import { reportToJson } from "../../src/cli/report-json.js";
import { createRunContext } from "../../src/cli/run-context.js";
import { NOT_YET } from "../../src/config/not-yet.js";
import { readProject } from "../../src/config/read-project.js";
import { paginatorSchema } from "../../src/config/schema/schema-paginator.js";
import { clientSchema } from "../../src/config/schema/schema-client.js";
import { resourceSchema } from "../../src/config/schema/schema-rest.js";
import { parseToml } from "../../src/config/files/toml.js";
import { openSource } from "../../src/engine/open-source.js";
import { runSync } from "../../src/engine/run-sync.js";
import type { RunReport } from "../../src/model/report.js";
import { systemClock } from "../../src/shared/async.js";
import { ConfigError } from "../../src/shared/errors.js";
import { EXIT } from "../../src/shared/exit-codes.js";
import { queryWarehouse } from "../../src/warehouse/query-warehouse.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAGES = ["README.md", ...listFiles("docs", ".md")];

/** One fenced block of a page. */
interface Block {
  readonly page: string;
  /** Of its first line of code. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

const BLOCKS = PAGES.flatMap((page) => readBlocks(page, readFileSync(join(ROOT, page), "utf8")));
const at = ({ page, line }: Block): string => `${page}:${String(line)}`;
const blocksIn = (language: string): [string, Block][] =>
  BLOCKS.filter((block) => block.language === language).map((block) => [at(block), block]);

describe("code blocks of README.md and docs/", () => {
  it("are all in a language that a test below knows, or are plain output", () => {
    const known = ["yaml", "toml", "ts", "sh", "sql", "json", "text"];

    expect(BLOCKS.filter(({ language }) => !known.includes(language)).map(at)).toEqual([]);
  });

  it.each(blocksIn("yaml"))("%s is a valid configuration", async (_, block) => {
    expect(await configurationErrors(toSources(block.text), block)).toEqual([]);
  });

  it.each(blocksIn("toml"))("%s is a settings file without faults", async (_, block) => {
    const file = block.text.includes("[runtime]") ? ".dlt/config.toml" : ".dlt/secrets.toml";
    const sources = "sources: [{name: a, type: rest_api, rest_api: {base_url: 'http://x', resources: [b]}}]";

    expect(parseToml(block.text, file).issues).toEqual([]);
    expect(await configurationErrors(sources, block, { [file]: block.text })).toEqual([]);
  });

  it("type-check as modules that import from dango, all of them together", { timeout: 60_000 }, () => {
    const modules = BLOCKS.filter(({ language }) => language === "ts");

    expect(modules.length).toBeGreaterThan(3);
    expect(typeErrors(modules)).toEqual([]);
  });

  // The others hold functions of custom slots; their types are checked above.
  const modules = blocksIn("ts").filter(([, { text }]) => text.includes("defineSource("));

  it.each(modules)("%s loads as a source with resources", async (_, block) => {
    const names = [...block.text.matchAll(/^export const (\w+) = defineSource/gm)].map(
      ([, name]) => name ?? "",
    );
    const sources = names.map(
      (name) => `  - {name: ${name}, type: dlt_native, dlt_native: {source_module: m, source_name: ${name}}}`,
    );
    await using project = await makeProject({
      ".dango/sources.yml": `sources:\n${sources.join("\n")}\n`,
      ".dlt/secrets.toml": '[sources]\napi_key = "secret-of-docs"\npassword = "secret-of-docs"\n',
      "custom_sources/m.ts": block.text,
    });
    const read = await readProject({ startDirectory: project.root, env: {} });

    for (const config of read.sources) {
      const source = await openSource(config, { project: read, clock: systemClock, random: Math.random });
      expect(source.resources.length).toBeGreaterThan(0);
      await source.close();
    }
    expect(read.sources.map(({ name }) => name)).toEqual(names);
    expect(names).not.toEqual([]);
  });

  it.each(commandLines())("%s: %s is understood by the command line", async (_, line) => {
    expect(await commandFault(line)).toBe("understood");
  });

  it.each(blocksIn("json"))("%s is JSON", (_, block) => {
    expect(() => JSON.parse(block.text) as unknown).not.toThrow();
  });
});

describe("the README's example", () => {
  it("finds its secret where the README puts it, with nothing in the environment", async () => {
    const own = BLOCKS.filter(({ page }) => page === "README.md");
    const yaml = own.find(({ language }) => language === "yaml");
    const toml = own.find(({ language }) => language === "toml");
    await using project = await makeProject({
      ".dango/sources.yml": yaml?.text ?? "",
      ".dlt/secrets.toml": toml?.text ?? "",
    });
    const { sources } = await readProject({ startDirectory: project.root, env: {} });
    const [definition] = sources.map((source) => source.definition);

    expect(definition?.type === "rest_api" ? definition.rest.client.headers : undefined).toEqual({
      Authorization: "Bearer your-api-token-here",
    });
  });
});

describe("docs/warehouse.md", () => {
  const page = readFileSync(join(ROOT, "docs/warehouse.md"), "utf8");
  const own = BLOCKS.filter((block) => block.page === "docs/warehouse.md");

  it("shows the tables that its record becomes, and statements that run on them", async () => {
    const record = own.find(({ language }) => language === "json")?.text ?? "";
    await using project = await makeProject({
      ".dango/sources.yml":
        "sources: [{name: my_api, type: dlt_native, dlt_native: {source_module: m, source_name: s}}]",
      "custom_sources/m.ts": `import { defineSource, resource } from "dango";
export const s = defineSource({}, () => resource({ name: "orders", primaryKey: "id" }, function* () {
  yield ${record.trim()};
}));`,
    });
    const report = await syncAll(project.root);

    expect(report.status).toBe("ok");
    const path = join(project.root, "data/warehouse.duckdb");
    const { signal } = new AbortController();
    const ask = async (sql: string) => (await queryWarehouse(path, sql, { lockWaitMs: 0, signal })).rows;
    const columns = await ask(`SELECT table_name, string_agg(column_name, ', ' ORDER BY column_index)
      FROM duckdb_columns() WHERE schema_name = 'raw_my_api' AND table_name LIKE 'orders%' GROUP BY 1 ORDER BY 1`);
    expect(columns).toEqual(tablesOf(page));
    const statements = own.filter(({ language }) => language === "sql").map(({ text }) => text);
    const answers = await Promise.all(statements.map(ask));
    expect(answers.map((rows) => rows.length)).toEqual([2, 3]);
  });
});

describe("docs/rest-sources.md", () => {
  const page = readFileSync(join(ROOT, "docs/rest-sources.md"), "utf8");
  const [supported = "", refused = ""] = page.split("## Not supported yet");

  it("names, with the pages that it leads to, every key that is carried out", () => {
    const later = new Set<string>(Object.values(NOT_YET).flat());
    const keys = [...keysOf(clientSchema), ...keysOf(resourceSchema), ...keysOf(paginatorSchema)];
    const named = wordsIn(PAGES.map((file) => readFileSync(join(ROOT, file), "utf8")).join("\n"));

    expect([...new Set(keys)].filter((key) => !later.has(key) && !named.has(key))).toEqual([]);
  });

  it("lists exactly what is refused", () => {
    const { runtime, sourceTypes, ...known } = NOT_YET;
    const listed = new Set(spansIn(refused.split("Checked, but")[0] ?? ""));
    const beside = ["{resources.…}", "resolve", "json", "cursor", "cursor_path"];
    const words = Object.values(known).flat();

    expect([...listed].filter((word) => !beside.includes(word)).sort()).toEqual(
      [...new Set<string>(words)].sort(),
    );
    expect([runtime.length, sourceTypes.length]).not.toContain(0);
  });

  it("shows messages in the words of the code", () => {
    expect(unknownMessages(supported.slice(supported.indexOf("## Guards and what to do")), 5)).toEqual([]);
  });
});

describe("docs/paginators.md", () => {
  const page = readFileSync(join(ROOT, "docs/paginators.md"), "utf8");
  const [newcomers = ""] = page.split("## `page_number`");

  it("has every type and key", () => {
    const named = wordsIn(page);
    const types = paginatorSchema.options[0].options;

    expect([...keysOf(paginatorSchema), ...types].filter((key) => !named.has(key))).toEqual([]);
  });

  it("shows messages in the words of the code", () => {
    const tables = newcomers.slice(newcomers.indexOf("### From an error message to a setting"));

    expect(unknownMessages(tables, 20)).toEqual([]);
  });

  it("names settings that are valid", async () => {
    const settings = spansIn(newcomers).filter((span) => /^\{type: /.test(span));
    const resources = settings.map(
      (setting, index) => `- {name: r${String(index)}, paginator: ${setting.replaceAll("…", "x")}}`,
    );
    const block = { page: "docs/paginators.md", line: 1, language: "yaml", text: resources.join("\n") };

    expect(settings.length).toBeGreaterThan(20);
    expect(await configurationErrors(toSources(block.text), block)).toEqual([]);
  });
});

describe("docs/command-line.md", () => {
  const page = readFileSync(join(ROOT, "docs/command-line.md"), "utf8");

  it("names every command, flag and variable", () => {
    const commands = commandsOf(program()).filter(
      (command) => command.parent !== null && command.commands.length === 0,
    );
    const flags = [program(), ...commands]
      .flatMap(({ options }) => options)
      .filter(({ long }) => long !== "--version");
    const wanted = [
      ...commands.map((command) => `dango ${pathOf(command)}`),
      ...flags.map(({ flags: spelled }) => spelled),
      ...flags.flatMap(({ envVar }) => (envVar === undefined ? [] : [envVar])),
    ];

    expect(wanted.filter((text) => !page.includes(`\`${text}`))).toEqual([]);
  });

  it("shows the document that sync --json prints", async () => {
    const shown = BLOCKS.find(
      ({ page: own, language }) => own === "docs/command-line.md" && language === "json",
    );
    await using project = await makeProject({
      ".dango/sources.yml":
        "sources: [{name: shop, type: dlt_native, dlt_native: {source_module: m, source_name: s}}]",
      "custom_sources/m.ts": `import { defineSource, resource } from "dango";
export const s = defineSource({}, () => resource({ name: "orders" }, () => [{ id: 1 }]));`,
    });

    const printed = reportToJson(await syncAll(project.root));

    expect(memberNames(JSON.parse(shown?.text ?? ""))).toEqual(memberNames(printed));
  });

  it("lists every exit code but that of --timeout, which is not there yet", () => {
    const table = page.slice(page.indexOf("## Exit codes"));
    const codes = [...table.matchAll(/^\|\s*(\d+) \|/gm)].map(([, code]) => Number(code));

    expect(codes).toEqual(Object.values(EXIT).filter((code) => code !== EXIT.timeout));
  });
});

describe("links of README.md and docs/", () => {
  const links = PAGES.flatMap((page) =>
    [...readFileSync(join(ROOT, page), "utf8").matchAll(/\]\(([^)\s]+)\)/g)].map(
      ([, link = ""]) => [page, link] as const,
    ),
  ).filter(([, link]) => !/^https?:/.test(link));

  it.each(links)("%s leads to %s", (page, link) => {
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? join(ROOT, page) : resolve(ROOT, dirname(page), path);

    expect(existsSync(target)).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(readFileSync(target, "utf8"))).toContain(anchor);
  });
});

describe("messages of src/", () => {
  const literals = listFiles("src", ".ts")
    .filter((file) => !file.endsWith(".test.ts"))
    .flatMap((file) => literalsOf(file));

  it("name only commands that exist", () => {
    const commands = commandsOf(program()).map((command) => command.name());
    const named = literals.flatMap(({ file, text }) =>
      [...text.matchAll(/\bdango ([a-z]+)/g)].map(([, word = ""]) => ({ file, word })),
    );

    expect(named.some(({ word }) => word === "sync")).toBe(true);
    expect(named.filter(({ word }) => !commands.includes(word) && !PROSE.has(word))).toEqual([]);
  });

  it("name only flags that exist", () => {
    const flags = commandsOf(program()).flatMap(({ options }) => options.map(({ long }) => long));
    const known = [...flags, "--help", "--env"];
    const named = literals
      .filter(({ file }) => file !== "src/cli/program.ts")
      .flatMap(({ file, text }) =>
        [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => ({ file, flag })),
      );

    expect(named.some(({ flag }) => flag === "--full-refresh")).toBe(true);
    expect(named.filter(({ flag }) => !known.includes(flag))).toEqual([]);
  });
});

/** Messages in the first column of the tables in `text`, of which there are more than `least`, that no code has. */
function unknownMessages(text: string, least: number): string[] {
  const messages = [...text.matchAll(/^\| (`[^|]*`)\s*\|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, message = ""]) => message),
  );
  const code = listFiles("src", ".ts")
    .map((file) => readFileSync(join(ROOT, file), "utf8"))
    .join("\n");
  const pieces = messages.flatMap((message) => message.split(/…|"/).map((piece) => piece.trim()));

  expect(messages.length).toBeGreaterThan(least);
  return pieces.filter((piece) => /[a-z]{3}/.test(piece) && !hasWords(code, piece));
}

/** What stands behind "dango" in a sentence. */
const PROSE = new Set(["come", "exports", "expects", "itself", "reads", "cannot", "does", "has", "is"]);

/** Paths from the project's root, with forward slashes; decisions are not documentation of what is. */
function listFiles(folder: string, extension: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((file) => `${folder}/${file.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(extension) && !file.startsWith("docs/adr/"))
    .sort();
}

function readBlocks(page: string, text: string): Block[] {
  return [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```$/gm)].map((match) => ({
    page,
    line: text.slice(0, match.index).split("\n").length + 1,
    language: match[2] ?? "",
    text: match[3] ?? "",
  }));
}

/** A block as a whole file: a list is one of resources, everything else has `sources`. */
function toSources(text: string): string {
  if (!Array.isArray(parseYaml(text))) return text;
  const resources = text.replace(/^(?=.)/gm, "        ");
  return `sources:
  - name: docs
    type: rest_api
    rest_api:
      base_url: "https://api.example.com"
      resources:
${resources}`;
}

const PEM = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
  type: "pkcs8",
  format: "pem",
}) as string;
/** Values of variables that have to be keys. */
const KEYS: Readonly<Record<string, string>> = {
  APP_PRIVATE_KEY: PEM,
  GOOGLE_SERVICE_ACCOUNT: JSON.stringify({ client_email: "a@b", private_key: PEM }),
};

/** Everything that is wrong with a configuration whose `${NAME}`s all have values. */
async function configurationErrors(
  sources: string,
  block: Block,
  files: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const names = [...block.text.matchAll(/(?<!\$)\$\{(\w+)\}/g)].map(([, name = ""]) => name);
  const env = Object.fromEntries(names.map((name) => [name, KEYS[name] ?? "123456"]));
  await using project = await makeProject({ ".dango/sources.yml": sources, ...files });
  try {
    await readProject({ startDirectory: project.root, env });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ path, message }) => `${path ?? ""}: ${message}`);
  }
}

async function makeProject(
  files: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { readonly root: string }> {
  const root = await mkdtemp(join(tmpdir(), "dango-docs-"));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}

async function syncAll(root: string): Promise<RunReport> {
  const { signal } = new AbortController();
  const project = await readProject({ startDirectory: root, env: {} });
  return runSync(await createRunContext(project, { emit: () => undefined, signal }), {
    sources: [],
    resources: [],
    fullRefresh: false,
    limit: undefined,
    allowEmptyReplace: false,
    allowHistoryLoss: false,
    lockWaitMs: 0,
    dryRun: false,
  });
}

/** The names of all members, in order, without those of empty lists. */
function memberNames(value: unknown): string[] {
  if (Array.isArray(value)) return value.slice(0, 1).flatMap(memberNames);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [name, ...memberNames(member)]);
}

/** The compiler's errors in modules that stand beside the project's own files, with its own settings. */
function typeErrors(modules: readonly Block[]): string[] {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const virtual = new Map(
    modules.map((block) => [
      join(ROOT, `docs-${String(block.line)}-${block.page.replace(/\W/g, "-")}.ts`),
      block,
    ]),
  );
  const host = ts.createCompilerHost(options);
  const inner = { readFile: host.readFile.bind(host), fileExists: host.fileExists.bind(host) };
  const getSourceFile = host.getSourceFile.bind(host);
  host.readFile = (file) => virtual.get(file)?.text ?? inner.readFile(file);
  host.fileExists = (file) => virtual.has(file) || inner.fileExists(file);
  host.getSourceFile = (file, language, ...rest) => {
    const block = virtual.get(file);
    return block === undefined
      ? getSourceFile(file, language, ...rest)
      : ts.createSourceFile(file, block.text, language);
  };
  const compiled = ts.createProgram([...virtual.keys()], { ...options, skipLibCheck: true }, host);
  return [...virtual].flatMap(([file, block]) => {
    const source = compiled.getSourceFile(file);
    return [...compiled.getSyntacticDiagnostics(source), ...compiled.getSemanticDiagnostics(source)].map(
      ({ start, messageText }) => {
        const line = source?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0;
        return `${block.page}:${String(block.line + line)} ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
      },
    );
  });
}

function commandLines(): [string, string][] {
  return blocksIn("sh").flatMap(([place, block]) =>
    block.text
      .split("\n")
      .map((line) => line.replace(/\s+#.*$/, "").trim())
      .filter((line) => line !== "")
      .map((line): [string, string] => [place, line]),
  );
}

/** `understood`, or what is wrong with a line of a shell: a command of dango, or of npm with a script that exists. */
async function commandFault(line: string): Promise<string> {
  for (const part of line.split(" && ")) {
    const words = shellWords(part).filter((word, index, all) => !isAssignment(word, index, all));
    const redirect = words.findIndex((word) => [">", "|"].includes(word));
    const [name, ...args] = redirect < 0 ? words : words.slice(0, redirect);
    const fault = name === "dango" ? await dangoFault(args) : await npmFault(name, args);
    if (fault !== undefined) return fault;
  }
  return "understood";
}

function isAssignment(word: string, index: number, all: readonly string[]): boolean {
  return /^[A-Z_]+=/.test(word) && all.slice(0, index).every((earlier) => /^[A-Z_]+=/.test(earlier));
}

function shellWords(text: string): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double?.replace(/\\(.)/g, "$1") ?? single ?? bare ?? "",
  );
}

async function dangoFault(args: readonly string[]): Promise<string | undefined> {
  const silent = program();
  for (const command of commandsOf(silent)) {
    command.configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
    if (command.commands.length === 0) command.action(() => undefined);
  }
  try {
    await silent.parseAsync(args, { from: "user" });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function npmFault(name: string | undefined, args: readonly string[]): Promise<string | undefined> {
  const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
    scripts: Readonly<Record<string, string>>;
  };
  const script = args[0] === "run" ? args[1] : args[0];
  const isKnown = name === "npm" && (script === "ci" || (script !== undefined && script in scripts));
  return isKnown ? undefined : `${String(name)} ${args.join(" ")} is no command that the docs may use`;
}

function program(): Command {
  return buildProgram(() => undefined);
}

function commandsOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commandsOf)];
}

function pathOf(command: Command): string {
  const parent = command.parent;
  return parent?.parent == null ? command.name() : `${pathOf(parent)} ${command.name()}`;
}

/** Every key that a schema takes, at any depth; keys of the user's own choice are none. */
function keysOf(schema: unknown): string[] {
  const { def } = (schema as z.ZodType)._zod as unknown as { def: Readonly<Record<string, unknown>> };
  switch (def["type"]) {
    case "object":
      return Object.entries(def["shape"] as Readonly<Record<string, unknown>>).flatMap(([key, inner]) => [
        key,
        ...keysOf(inner),
      ]);
    case "union":
      return (def["options"] as readonly unknown[]).flatMap(keysOf);
    case "optional":
    case "nullable":
      return keysOf(def["innerType"]);
    case "array":
      return keysOf(def["element"]);
    case "record":
      return keysOf(def["valueType"]);
    default:
      return [];
  }
}

/** What stands between backticks, code blocks left out. */
function spansIn(text: string): string[] {
  return [...text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span);
}

/** The words of {@link spansIn}, lists and examples taken apart. */
function wordsIn(text: string): Set<string> {
  return new Set(spansIn(text).flatMap((span) => [span, ...span.split(/[^\w-]+/), ...span.split(/\W+/)]));
}

/** True if the code has these words, where it may have anything between quotes or braces. */
function hasWords(code: string, piece: string): boolean {
  const words = piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(words.replaceAll(" ", "\\s+")).test(code);
}

/** Table and columns of the table in "From a record to tables". */
function tablesOf(page: string): [string, string][] {
  const section = page.slice(page.indexOf("## From a record to tables"));
  return [...section.matchAll(/^\| `(orders\w*)`\s*\| (.*?)\s*\|$/gm)].map(([, table = "", columns = ""]) => [
    table,
    columns.replaceAll("`", ""),
  ]);
}

function anchorsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

function literalsOf(file: string): { readonly file: string; readonly text: string }[] {
  const source = ts.createSourceFile(file, readFileSync(join(ROOT, file), "utf8"), ts.ScriptTarget.ESNext);
  const found: { file: string; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      found.push({ file, text: node.text });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
