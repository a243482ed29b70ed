import { mkdir, mkdtemp, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readProject } from "../../../src/config/read-project.js";
import type { Project } from "../../../src/config/project.js";
import type { RestResourceConfig, RestSourceConfig } from "../../../src/model/rest-config.js";
import { ConfigError, type ConfigIssue } from "../../../src/shared/errors.js";

/** What a test project consists of. */
export interface ProjectText {
  readonly yaml: string;
  readonly secrets?: string;
  readonly config?: string;
  /** Other files by their path in the project. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: NodeJS.ProcessEnv;
  readonly environment?: string;
}

/** Writes a project into a new folder and returns its path. */
export async function writeProject(text: ProjectText): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "dango-config-")));
  const files: Record<string, string | undefined> = {
    ".dango/sources.yml": text.yaml,
    ".dlt/secrets.toml": text.secrets,
    ".dlt/config.toml": text.config,
    ...text.files,
  };
  for (const [path, content] of Object.entries(files)) {
    if (content === undefined) continue;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

/** Writes and reads a project. */
export async function read(text: ProjectText): Promise<Project> {
  return readProject({
    startDirectory: await writeProject(text),
    env: text.env ?? {},
    ...(text.environment === undefined ? {} : { environment: text.environment }),
  });
}

/** Everything that is wrong with a project, one issue a line; fails if nothing is. */
export async function issuesOf(text: ProjectText): Promise<string> {
  try {
    await read(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues.map(showIssue).join("\n");
    throw error;
  }
  throw new Error("the project is valid");
}

/** The issues of a project whose one source is this `rest_api` block, which begins on line 5. */
export async function issuesOfRest(block: string, more: Omit<ProjectText, "yaml"> = {}): Promise<string> {
  return issuesOf({ yaml: restProject(block), ...more });
}

/** The `rest_api` block of a project that has this one source. */
export async function readRest(
  block: string,
  more: Omit<ProjectText, "yaml"> = {},
): Promise<RestSourceConfig> {
  const { sources } = await read({ yaml: restProject(block), ...more });
  const definition = sources[0]?.definition;
  if (definition?.type !== "rest_api") throw new Error("not a rest_api source");
  return definition.rest;
}

/** The one resource of a block that says no more than `base_url` and this. */
export async function readResource(resource: string): Promise<RestResourceConfig> {
  const rest = await readRest(`base_url: https://api.example.com\nresources:\n${indent(resource, "  ")}`);
  const [only] = rest.resources;
  if (only === undefined) throw new Error("no resource");
  return only;
}

/** The issues of that resource, which begins on line 7. */
export async function issuesOfResource(resource: string): Promise<string> {
  return issuesOfRest(`base_url: https://api.example.com\nresources:\n${indent(resource, "  ")}`);
}

function restProject(block: string): string {
  return `sources:\n  - name: my_api\n    type: rest_api\n    rest_api:\n${indent(block, "      ")}\n`;
}

function indent(text: string, by: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? line : by + line))
    .join("\n");
}

function showIssue(issue: ConfigIssue): string {
  const { file, line, column } = issue.location ?? {};
  const place = [file, line, column].filter((part) => part !== undefined).join(":");
  const head = [place, issue.path].filter((part) => part !== undefined && part !== "").join(" ");
  const hint = issue.hint === undefined ? "" : ` → ${issue.hint}`;
  return `${head === "" ? "" : `${head}: `}${issue.message}${hint}`;
}
