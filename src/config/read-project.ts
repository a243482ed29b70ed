import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ConfigError, type ConfigIssue } from "../shared/errors.js";
import { createRedactor, type Redactor } from "../shared/redact.js";
import type { ConfigPath } from "./config-path.js";
import { findProjectRoot, isProjectRoot, SOURCES_FILE } from "./files/find-project-root.js";
import { interpolate } from "./files/interpolate.js";
import { isMapping } from "./is-mapping.js";
import { createIssueList, type IssueList } from "./issue-list.js";
import type { Project, RuntimeSettings, SourceConfig } from "./project.js";
import { identifySource, readSource } from "./read-source.js";
import { createRefreshTokenStore } from "./files/refresh-token-store.js";
import { readRuntimeSettings } from "./files/runtime-settings.js";
import { projectSchema } from "./schema/schema-project.js";
import { isSecretName } from "./files/secret-place.js";
import { readSettings, type Settings } from "./files/settings.js";
import { isTomlTable, type TomlTable } from "./files/toml.js";
import { validateValue } from "./validate-value.js";
import { createValueLookup } from "./files/value-lookup.js";
import { parseYaml, type YamlFile } from "./files/yaml.js";

/** Where to look for a project, and in which environment. */
export interface ReadProjectOptions {
  readonly startDirectory: string;
  /** `--project`; default: `DANGO_PROJECT`, else the nearest folder at or above `startDirectory`. */
  readonly projectDirectory?: string;
  readonly env: NodeJS.ProcessEnv;
  /** `--env`; default: `DANGO_ENV`. */
  readonly environment?: string;
}

/** Reads and checks a whole project. Throws ConfigError with everything that is wrong with its files. */
export async function readProject(options: ReadProjectOptions): Promise<Project> {
  const root = await locateRoot(options);
  const settings = await readSettings(root, options.env, options.environment ?? options.env["DANGO_ENV"]);
  const { runtime, issues: runtimeIssues } = readRuntimeSettings(settings);
  const file = parseYaml(await readSourcesFile(root), SOURCES_FILE);
  const redactor = createRedactor();
  const reading: Reading = {
    file,
    root,
    settings,
    runtime,
    redactor,
    issues: createIssueList(file),
    whole: new Map(),
  };
  const content = file.value === undefined ? undefined : readContent(reading);
  const issues: ConfigIssue[] = [
    ...file.issues,
    ...reading.issues.issues,
    ...settings.issues,
    ...runtimeIssues,
  ];
  if (issues.length > 0 || content === undefined)
    throw new ConfigError(issues.map((issue) => redacted(issue, redactor)));
  addNamedSecrets(settings.secrets.table, content.sources, redactor);
  return {
    root,
    sources: content.sources,
    warehousePath: resolve(root, content.warehouse),
    runtime,
    redactor,
    values: createValueLookup(settings, redactor),
    refreshTokens: (pipeline) => createRefreshTokenStore(root, pipeline, settings),
  };
}

interface Reading {
  readonly root: string;
  readonly file: YamlFile;
  readonly settings: Settings;
  readonly runtime: RuntimeSettings;
  readonly redactor: Redactor;
  readonly issues: IssueList;
  readonly whole: Map<string, ConfigPath>;
}

async function locateRoot(options: ReadProjectOptions): Promise<string> {
  const named = options.projectDirectory ?? options.env["DANGO_PROJECT"];
  if (named !== undefined && named !== "") {
    const root = resolve(options.startDirectory, named);
    if (await isProjectRoot(root)) return root;
    throw missingProject(`there is no ${SOURCES_FILE} in ${root}`);
  }
  const root = await findProjectRoot(options.startDirectory);
  if (root === undefined) {
    throw missingProject(
      `there is no ${SOURCES_FILE} in ${resolve(options.startDirectory)} or a folder above it`,
    );
  }
  return root;
}

async function readSourcesFile(root: string): Promise<string> {
  try {
    return await readFile(join(root, SOURCES_FILE), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "EISDIR" ? "it is a folder" : String(code);
    const hint =
      code === "EISDIR"
        ? `move ${join(root, SOURCES_FILE)} away; \`dango init\` writes a file in its place`
        : `see that ${join(root, SOURCES_FILE)} is a file that you may read`;
    throw new ConfigError([{ message: `cannot be read: ${reason}`, location: { file: SOURCES_FILE }, hint }]);
  }
}

function missingProject(message: string): ConfigError {
  const hint = "run `dango init` to begin a project, or name one with --project DIR";
  return new ConfigError([{ message, hint }], { hint });
}

function readContent(reading: Reading): { readonly sources: SourceConfig[]; readonly warehouse: string } {
  const { file, issues, whole } = reading;
  const raw = file.value ?? {};
  const list = isMapping(raw) ? raw["sources"] : undefined;
  const context = { ...reading, source: undefined, reportMissing: canReportMissing(reading) };
  const top = isMapping(raw) ? interpolateTop(raw, context) : raw;
  const input = validateValue(projectSchema, top, [], { issues, whole });
  const sources = Array.isArray(list) ? list.map((entry, index) => readEntry(entry, index, reading)) : [];
  const isEmpty = list === undefined || list === null || (Array.isArray(list) && list.length === 0);
  if (isEmpty && isMapping(raw)) {
    issues.add(list === undefined ? [] : ["sources"], "no sources: there is nothing to sync", {
      hint: "add one under `sources:`",
    });
  }
  checkSourceNames(list, issues, file);
  const warehouse = typeof input?.warehouse === "string" ? input.warehouse : "data/warehouse.duckdb";
  return { sources: sources.filter((source) => source !== undefined), warehouse };
}

function interpolateTop(
  raw: Record<string, unknown>,
  context: Parameters<typeof interpolate>[2],
): Record<string, unknown> {
  const { sources, ...others } = raw;
  const top = interpolate(others, [], context) as Record<string, unknown>;
  return sources === undefined ? top : { ...top, sources };
}

function readEntry(raw: unknown, index: number, reading: Reading): SourceConfig | undefined {
  const path = ["sources", index];
  const { enabled, ...source } = identifySource(raw);
  const reportMissing = enabled && canReportMissing(reading);
  const context = { ...reading, source, functions: [], reportMissing };
  return readSource(interpolate(raw, path, context), path, context);
}

/** With a settings file that cannot be read, every value would seem to be missing. */
function canReportMissing(reading: Reading): boolean {
  return reading.settings.issues.length === 0;
}

function checkSourceNames(list: unknown, issues: IssueList, file: YamlFile): void {
  if (!Array.isArray(list)) return;
  const seen = new Map<string, number>();
  list.forEach((entry: unknown, index) => {
    const { name } = identifySource(entry);
    const first = seen.get(name);
    if (name === "") return;
    if (first === undefined) {
      seen.set(name, index);
      return;
    }
    const { line } = file.locate(["sources", first, "name"]);
    issues.add(
      ["sources", index, "name"],
      `the source name \`${name}\` is taken by the one on line ${String(line)}`,
    );
  });
}

/** Registers what secrets.toml calls a secret although nothing refers to it: a module may send it all the same. */
function addNamedSecrets(table: TomlTable, sources: readonly SourceConfig[], redactor: Redactor): void {
  const baseUrls = new Set(
    sources.flatMap(({ definition }) =>
      definition.type === "rest_api" ? [definition.rest.client.baseUrl] : [],
    ),
  );
  for (const [key, value] of Object.entries(table)) {
    if (isTomlTable(value)) addNamedSecrets(value, sources, redactor);
    else if (typeof value === "string" && isSecretName(key) && !baseUrls.has(value)) redactor.add(value);
  }
}

function redacted(issue: ConfigIssue, redactor: Redactor): ConfigIssue {
  const hint = issue.hint === undefined ? {} : { hint: redactor.redact(issue.hint) };
  return { ...issue, message: redactor.redact(issue.message), ...hint };
}
