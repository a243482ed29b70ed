import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConfigIssue } from "../../shared/errors.js";
import { nearestName } from "../nearest.js";
import { mergeTables, parseToml, valueAt, type TomlTable, type TomlValue } from "./toml.js";

/** The environment and the files of `.dlt/`, as they are looked through for a value (contract §3). */
export interface Settings {
  readonly env: NodeJS.ProcessEnv;
  readonly secrets: SettingsFile;
  readonly config: SettingsFile;
  readonly issues: readonly ConfigIssue[];
}

/** secrets.toml or config.toml, with the overlay of the chosen environment merged over it. */
export interface SettingsFile {
  /** The files that exist, or the one that does not: `.dlt/secrets.toml (no such file)`. */
  readonly label: string;
  readonly table: TomlTable;
  /** What `table` is made of; a file wins over those after it. */
  readonly files: readonly { readonly path: string; readonly table: TomlTable }[];
}

/** What is looked up, and where. */
export interface SettingsQuery {
  readonly key: string;
  /** Tables in the order of looking, `["sources", "my_api"]`; `[]` is the top level. */
  readonly tables: readonly (readonly string[])[];
  /** Whether the environment variable of the key's bare name counts, and when. */
  readonly bareVariable: "first" | "last" | "never";
  readonly secretOnly: boolean;
}

/** What was found, and in which kind of place; and every place looked at, in words. */
export interface SettingsAnswer {
  readonly found:
    { readonly value: TomlValue; readonly from: "environment" | "secrets" | "config" } | undefined;
  readonly places: readonly string[];
}

/** Reads `.dlt/secrets.toml` and `.dlt/config.toml` with their overlay; files that are missing are empty. */
export async function readSettings(
  root: string,
  env: NodeJS.ProcessEnv,
  environment: string | undefined,
): Promise<Settings> {
  const issues: ConfigIssue[] = [];
  const overlay = environment === undefined || environment === "" ? undefined : environment;
  const [secrets, config] = await Promise.all([
    readFileWithOverlay(root, "secrets.toml", overlay, issues),
    readFileWithOverlay(root, "config.toml", overlay, issues),
  ]);
  if (overlay !== undefined && !secrets.hasOverlay && !config.hasOverlay) {
    issues.push(await unknownEnvironment(root, overlay));
  }
  return { env, secrets, config, issues };
}

/** Looks in the environment, then secrets.toml, then config.toml. What is set but empty counts as missing (rule S4). */
export function lookUp(settings: Settings, query: SettingsQuery): SettingsAnswer {
  const variables = variablesOf(query);
  const tableNames = query.tables.map((table) => (table.length === 0 ? "top level" : `[${table.join(".")}]`));
  const files = query.secretOnly ? [settings.secrets] : [settings.secrets, settings.config];
  const places = [
    `environment: ${variables.join(", ")}`,
    ...files.map((file) => `${file.label}: ${tableNames.join(", ")}`),
  ];
  for (const name of variables) {
    const value = settings.env[name];
    if (value !== undefined && value !== "") return { found: { value, from: "environment" }, places };
  }
  for (const file of files) {
    const value = valueIn(file.table, query);
    if (value !== undefined) {
      return { found: { value, from: file === settings.secrets ? "secrets" : "config" }, places };
    }
  }
  return { found: undefined, places };
}

function valueIn(table: TomlTable, query: SettingsQuery): TomlValue | undefined {
  const names = [...new Set([query.key, query.key.toLowerCase()])];
  for (const path of query.tables) {
    for (const name of names) {
      const value = valueAt(table, [...path, name]);
      if (value !== undefined && value !== "") return value;
    }
  }
  return undefined;
}

function variablesOf(query: SettingsQuery): string[] {
  const bare = [query.key, query.key.toUpperCase()];
  const sectioned = query.tables
    .filter((table) => table.length > 0)
    .map((table) => variableName([...table, query.key]));
  const ordered = {
    first: [...bare, ...sectioned],
    last: [...sectioned, ...bare],
    never: sectioned,
  }[query.bareVariable];
  return [...new Set(ordered)];
}

/** dlt's spelling: `SOURCES__MY_API__TOKEN`. */
function variableName(path: readonly string[]): string {
  return path.map((part) => part.toUpperCase().replace(/[^A-Z0-9_]/g, "_")).join("__");
}

async function readFileWithOverlay(
  root: string,
  name: string,
  overlay: string | undefined,
  issues: ConfigIssue[],
): Promise<SettingsFile & { readonly hasOverlay: boolean }> {
  const base = await readTable(root, name, issues);
  const isPlainName = overlay !== undefined && !/[\\/]/.test(overlay);
  const over = isPlainName ? await readTable(root, `${overlay}.${name}`, issues) : undefined;
  const present = [
    ...(over === undefined ? [] : [{ file: `.dlt/${String(overlay)}.${name}`, table: over }]),
    ...(base === undefined ? [] : [{ file: `.dlt/${name}`, table: base }]),
  ];
  const labels = present.map(({ file }) => file);
  return {
    label: labels.length === 0 ? `.dlt/${name} (no such file)` : labels.join(" over "),
    table: mergeTables(base ?? {}, over ?? {}),
    files: present.map(({ file, table }) => ({ path: join(root, file), table })),
    hasOverlay: over !== undefined,
  };
}

async function readTable(root: string, name: string, issues: ConfigIssue[]): Promise<TomlTable | undefined> {
  const file = `.dlt/${name}`;
  try {
    const parsed = parseToml(await readFile(join(root, ".dlt", name), "utf8"), file);
    issues.push(...parsed.issues);
    return parsed.table;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") issues.push({ message: `cannot be read: ${String(code)}`, location: { file } });
    return code === "ENOENT" ? undefined : {};
  }
}

async function unknownEnvironment(root: string, overlay: string): Promise<ConfigIssue> {
  const files = await readdir(join(root, ".dlt")).catch((): string[] => []);
  const known = new Set(files.flatMap((file) => /^(.+)\.(?:secrets|config)\.toml$/.exec(file)?.[1] ?? []));
  const nearest = nearestName(overlay, known);
  const hint =
    nearest !== undefined
      ? `did you mean \`${nearest}\`?`
      : known.size > 0
        ? `known environments: ${[...known].sort().join(", ")}`
        : "an environment is a file .dlt/NAME.secrets.toml or .dlt/NAME.config.toml";
  return {
    message: `unknown environment \`${overlay}\`: neither .dlt/${overlay}.secrets.toml nor .dlt/${overlay}.config.toml exists`,
    hint,
  };
}
