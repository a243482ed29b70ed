import { readFile } from "node:fs/promises";
import { nearestName } from "../../config/nearest.js";
import { isDangoError, UserCodeError, type SourceLocation } from "../../shared/errors.js";
import type { ResolvedModule } from "./resolve-module.js";
import { USER_API } from "./user-api.js";
import { locateInProject, relativeInside } from "./user-location.js";

/**
 * What went wrong while a module was imported or its source built, with file and line of the module. DangoErrors stay
 * what they are.
 */
export async function explainLoadFailure(
  error: unknown,
  module: ResolvedModule,
  root: string,
): Promise<unknown> {
  if (isDangoError(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  return (
    explainSyntax(text, root) ??
    (await explainMissingImport(error, text, root)) ??
    explainWrongImport(error, text, root) ??
    new UserCodeError(`${module.file} threw while it was loaded: ${describe(error)}`, "load", {
      location: locateInProject(error, root) ?? { file: module.file },
      cause: error,
    })
  );
}

const SYNTAX = /^ParseError: (?:.*?: )?([^\n]*)\n\s*(.+):(\d+):(\d+)/;

function explainSyntax(text: string, root: string): UserCodeError | undefined {
  const [, problem, file, line, column] = SYNTAX.exec(text) ?? [];
  if (problem === undefined || file === undefined) return undefined;
  const location = {
    file: relativeInside(file, root) ?? file,
    line: Number(line),
    column: Number(column) + 1,
  };
  return new UserCodeError(`Syntax error: ${problem.trim()}`, "load", { location });
}

/** An import of a file or package that is not there; its error has no line, so the line is looked up. */
async function explainMissingImport(
  error: unknown,
  text: string,
  root: string,
): Promise<UserCodeError | undefined> {
  const missing = /^Cannot find (?:module|package) '([^']+)'/.exec(text)?.[1];
  if (missing === undefined) return undefined;
  const importer = importerOf(error, text);
  const file = importer === undefined ? undefined : relativeInside(importer, root);
  const location =
    file === undefined || importer === undefined ? undefined : await findImport(importer, file, missing);
  const isFile = missing.startsWith(".") || missing.startsWith("/");
  return new UserCodeError(
    `Cannot find ${isFile ? "the file" : "the package"} "${missing}" that is imported here`,
    "load",
    {
      location,
      hint: isFile
        ? "Paths are relative to the importing file."
        : "Packages other than dango come from the project's node_modules; install it there.",
      cause: error,
    },
  );
}

function importerOf(error: unknown, text: string): string | undefined {
  if (
    typeof error === "object" &&
    error !== null &&
    "requireStack" in error &&
    Array.isArray(error.requireStack)
  ) {
    const [first] = error.requireStack as unknown[];
    if (typeof first === "string") return first;
  }
  return / imported from '?([^'\n]+?)'?$/m.exec(text)?.[1];
}

async function findImport(path: string, file: string, specifier: string): Promise<SourceLocation> {
  const lines = (await readFile(path, "utf8").catch(() => "")).split("\n");
  for (const [index, line] of lines.entries()) {
    const at = [`"${specifier}"`, `'${specifier}'`]
      .map((quoted) => line.indexOf(quoted))
      .find((found) => found >= 0);
    if (at !== undefined) return { file, line: index + 1, column: at + 1 };
  }
  return { file };
}

const NOT_CALLABLE =
  /^\(0 , _(\w+)\.(\w+)\) is not a (function|constructor)$|^_(\w+)\.(\w+) is not a (constructor)$/;

/** A name that a module does not export is undefined there; the transpiled spelling of it would tell nobody anything. */
function explainWrongImport(error: unknown, text: string, root: string): UserCodeError | undefined {
  const match = NOT_CALLABLE.exec(text);
  if (match === null) return undefined;
  const from = match[1] ?? match[4] ?? "";
  const name = match[2] ?? match[5] ?? "";
  const location = locateInProject(error, root);
  if (from !== "dango")
    return new UserCodeError(`The import "${name}" is not a ${match[3] ?? match[6] ?? ""}`, "load", {
      location,
    });
  const known = Object.keys(USER_API);
  const nearest = nearestName(name, known);
  return new UserCodeError(`dango exports no "${name}"`, "load", {
    location,
    hint: nearest === undefined ? `It exports ${known.join(", ")}.` : `Did you mean "${nearest}"?`,
  });
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
