import { realpath } from "node:fs/promises";
import { nearestName } from "../../config/nearest.js";
import type { Project } from "../../config/project.js";
import type { HttpClientDependencies } from "../../http/create-http-client.js";
import type { FunctionLookup, FunctionReference, UserFunction } from "../../model/user-function.js";
import { isDangoError, UserCodeError } from "../../shared/errors.js";
import { resolveModule, type ResolvedModule } from "./resolve-module.js";
import { createModuleHost, useModule } from "./use-module.js";
import { locateInProject } from "./user-location.js";

/** What loading the functions of a source's custom slots needs. */
export interface FunctionsInput {
  readonly project: Project;
  readonly source: string;
  readonly references: readonly FunctionReference[];
  readonly http: HttpClientDependencies;
}

/**
 * Loads the functions that a source's custom slots name. Requests nothing. Rejects with UserCodeError (exit 2) when
 * a module or export is missing, or is no function.
 */
export async function loadFunctions({
  project,
  source,
  references,
  http,
}: FunctionsInput): Promise<FunctionLookup> {
  const functions = new Map<string, UserFunction>();
  if (references.length > 0) {
    const root = await realpath(project.root);
    const host = createModuleHost(project, source, root, http);
    for (const reference of references) {
      const name = nameOf(reference);
      if (functions.has(name)) continue;
      const module = await resolveModule(root, {
        sourceModule: reference.module,
        location: reference.location,
      });
      const found = await useModule(module, { host, project, root }, (exports) =>
        findFunction(exports, reference, module),
      );
      const explain = (error: unknown): unknown => {
        if (isDangoError(error)) return error;
        const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        const location = locateInProject(error, root) ?? { file: module.file };
        return new UserCodeError(`${name} threw ${http.redactor.redact(text)}`, "run", {
          location,
          cause: error,
        });
      };
      functions.set(name, toUserFunction(name, found, explain));
    }
  }
  return (reference) => {
    const found = functions.get(nameOf(reference));
    if (found === undefined) throw new Error(`${nameOf(reference)} was not loaded`);
    return found;
  };
}

function nameOf(reference: FunctionReference): string {
  return `${reference.module}:${reference.export}`;
}

type AnyFunction = (...args: readonly unknown[]) => unknown;

function findFunction(
  exports: Readonly<Record<string, unknown>>,
  reference: FunctionReference,
  module: ResolvedModule,
): AnyFunction {
  const found = exports[reference.export];
  if (typeof found === "function") return found as AnyFunction;
  const { location } = reference;
  if (found !== undefined) {
    throw new UserCodeError(`The export "${reference.export}" of ${module.file} is no function`, "load", {
      location,
    });
  }
  const known = Object.keys(exports).filter((name) => typeof exports[name] === "function");
  const nearest = nearestName(reference.export, known);
  const hint = [
    ...(nearest === undefined ? [] : [`Did you mean "${nearest}"?`]),
    known.length === 0 ? "It exports no function." : `Its functions: ${known.join(", ")}.`,
  ].join(" ");
  throw new UserCodeError(`${module.file} exports no function "${reference.export}"`, "load", {
    location,
    hint,
  });
}

function toUserFunction(
  name: string,
  found: AnyFunction,
  explain: (error: unknown) => unknown,
): UserFunction {
  return {
    name,
    call(...args) {
      try {
        const result = found(...args);
        if (!(result instanceof Promise)) return result;
        return result.catch((error: unknown) => {
          throw explain(error);
        });
      } catch (error) {
        throw explain(error);
      }
    },
  };
}
