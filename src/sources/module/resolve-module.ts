import { readdir, realpath, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { nearestName } from "../../config/nearest.js";
import { UserCodeError, type SourceLocation } from "../../shared/errors.js";
import { relativeInside } from "./user-location.js";

/** A module of the project, found. */
export interface ResolvedModule {
  /** Absolute, symbolic links resolved. */
  readonly path: string;
  /** Relative to the project's root, with forward slashes. */
  readonly file: string;
  /** The name under which settings are looked up: `my_api`, `crm.contacts`. */
  readonly name: string;
}

/** A module as the configuration names it: `custom_sources.my_api`, `my_api` or `custom_sources/my_api.ts`. */
export interface ModuleName {
  readonly sourceModule: string;
  readonly location: SourceLocation;
}

const FOLDER = "custom_sources";
const EXTENSIONS = [".ts", ".mts", ".js", ".mjs"] as const;

/**
 * Finds the file of a `source_module`, or of a custom slot: `custom_sources.my_api`, `my_api` and `custom_sources/my_api.ts` are the same.
 * `root` has its symbolic links resolved. Throws UserCodeError (exit 2) when there is none, or when it lies outside of
 * the project.
 */
export async function resolveModule(root: string, config: ModuleName): Promise<ResolvedModule> {
  const written = config.sourceModule;
  const stem = stemOf(written);
  for (const file of candidatesOf(stem, written)) {
    const path = await realpathOfFile(join(root, file));
    if (path === undefined) continue;
    if (relativeInside(path, root) === undefined) throw outside(config);
    const name = stem.replace(`${FOLDER}/`, "").replaceAll("/", ".");
    return { path, file, name };
  }
  throw await notFound(root, config, stem);

  function candidatesOf(path: string, text: string): string[] {
    if (relativeInside(join(root, path), root) === undefined) throw outside(config);
    const extension = extensionOf(text);
    if (extension !== undefined) return [`${path}${extension}`];
    return [...EXTENSIONS.map((end) => `${path}${end}`), ...EXTENSIONS.map((end) => `${path}/index${end}`)];
  }
}

/** The path without its extension, relative to the root: `custom_sources/crm/contacts`. */
function stemOf(written: string): string {
  const extension = extensionOf(written);
  const bare = extension === undefined ? written : written.slice(0, -extension.length);
  const isPath = bare.includes("/") || bare.includes("\\");
  const path = isPath ? bare.replaceAll("\\", "/").replace(/^\.\//, "") : bare.replaceAll(".", "/");
  return isPath || path === FOLDER || path.startsWith(`${FOLDER}/`) ? path : `${FOLDER}/${path}`;
}

function extensionOf(text: string): string | undefined {
  return EXTENSIONS.find((extension) => text.endsWith(extension) && text.length > extension.length);
}

async function realpathOfFile(path: string): Promise<string | undefined> {
  try {
    return (await stat(path)).isFile() ? await realpath(path) : undefined;
  } catch {
    return undefined;
  }
}

function outside(config: ModuleName): UserCodeError {
  return new UserCodeError(`The source module "${config.sourceModule}" lies outside of the project`, "load", {
    hint: `Put it into ${FOLDER}/ and name it like ${FOLDER}.my_api.`,
    location: config.location,
  });
}

async function notFound(root: string, config: ModuleName, stem: string): Promise<UserCodeError> {
  const modules = await listModules(join(root, FOLDER));
  const names = modules.map((file) => basename(file, extname(file)));
  const nearest = nearestName(basename(stem), names);
  const python = await realpathOfFile(join(root, `${stem}.py`));
  const extension = extensionOf(config.sourceModule);
  const looked =
    extension === undefined
      ? `${stem}${EXTENSIONS[0]} (or ${EXTENSIONS.slice(1).join(", ")})`
      : `${stem}${extension}`;
  const parts = [
    nearest === undefined ? undefined : `Did you mean ${FOLDER}.${nearest}?`,
    python === undefined ? undefined : `${stem}.py is Python; dango reads TypeScript and JavaScript.`,
    `Looked for ${looked}.`,
    modules.length === 0 ? `${FOLDER}/ holds no modules.` : `${FOLDER}/ holds ${modules.join(", ")}.`,
  ];
  return new UserCodeError(`There is no source module "${config.sourceModule}"`, "load", {
    hint: parts.filter((part) => part !== undefined).join(" "),
    location: config.location,
    context: { modules },
  });
}

async function listModules(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder);
    return entries.filter((file) => extensionOf(file) !== undefined && !file.endsWith(".d.ts")).sort();
  } catch {
    return [];
  }
}
