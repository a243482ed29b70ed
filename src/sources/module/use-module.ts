import { join } from "node:path";
import type { Project } from "../../config/project.js";
import { createAuthHost } from "../../http/auth/auth-host.js";
import type { HttpClientDependencies } from "../../http/create-http-client.js";
import { explainLoadFailure } from "./explain-load-failure.js";
import { importModule } from "./import-module.js";
import type { ResolvedModule } from "./resolve-module.js";
import { runInScope, type ModuleHost } from "./run-scope.js";
import { USER_API } from "./user-api.js";

/** What surrounds the modules of one source; `root` has its symbolic links resolved. */
export function createModuleHost(
  { runtime }: Project,
  source: string,
  root: string,
  http: HttpClientDependencies,
): ModuleHost {
  return { ...http, auth: http.auth ?? createAuthHost(), source, root, runtime, clients: new Map() };
}

/**
 * Imports a module of the project and gives what `use` makes of its exports, in a scope in which nothing can be
 * requested. Whatever goes wrong is told with file and line of the module.
 */
export async function useModule<Result>(
  module: ResolvedModule,
  place: { readonly host: ModuleHost; readonly project: Project; readonly root: string },
  use: (exports: Readonly<Record<string, unknown>>) => Result | Promise<Result>,
): Promise<Result> {
  const { host, project, root } = place;
  return runInScope({ host, reading: undefined }, async () => {
    try {
      const exports = await importModule(module.path, {
        cacheDirectory: join(project.root, ".dango", "cache", "modules"),
        provided: { dango: USER_API },
      });
      return await use(exports);
    } catch (error) {
      throw await explainLoadFailure(error, module, root);
    }
  });
}
