import { join } from "node:path";
import type { FunctionLookup, FunctionReference } from "../model/user-function.js";
import type { HttpClientDependencies } from "../http/create-http-client.js";
import type { Project, SourceConfig } from "../config/project.js";
import type { Source } from "../model/source.js";
import type { Clock } from "../shared/async.js";
import { checkTables } from "./check-tables.js";
import { checkSteps } from "./steps/check-steps.js";
import { readVersion } from "../shared/version.js";

/** What sources are given from outside. */
export interface SourceDeps {
  readonly project: Project;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Makes a configured source ready to be read. Rejects with UserCodeError or ConfigError when something is wrong with it. */
export async function openSource(config: SourceConfig, deps: SourceDeps): Promise<Source> {
  const source = await createSource(config, deps);
  try {
    const loaded = source.resources.filter(({ isSelected }) => isSelected !== false);
    checkTables(loaded.map(({ options }) => options));
    await checkSteps(source.resources.map(({ processingSteps = [] }) => processingSteps));
    return source;
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function createSource(config: SourceConfig, deps: SourceDeps): Promise<Source> {
  const { createHttpClient } = await import("../http/create-http-client.js");
  const { createAuthHost } = await import("../http/auth/auth-host.js");
  const { createTraffic } = await import("../http/limits/traffic.js");
  const directory = join(deps.project.root, ".dlt", "pipelines", config.name);
  const http = {
    traffic: createTraffic({ clock: deps.clock, directory }),
    directory,
    clock: deps.clock,
    random: deps.random,
    redactor: deps.project.redactor,
    userAgent: `dango/${readVersion()}`,
  };
  const refreshTokens = deps.project.refreshTokens(config.name);
  if (config.definition.type === "rest_api") {
    const { createRestSource } = await import("../sources/rest/create-rest-source.js");
    const { rest } = config.definition;
    const input = { source: config.name, project: deps.project, http };
    const functions = await openFunctions(rest.functions, input);
    const auth = createAuthHost({ functions, refreshTokens });
    return createRestSource({
      name: config.name,
      config: rest,
      functions,
      createClient: (client) => createHttpClient(client, { ...http, auth }),
    });
  }
  const { loadModuleSource } = await import("../sources/module/load-module-source.js");
  const auth = createAuthHost({ refreshTokens });
  return loadModuleSource({ project: deps.project, source: config, http: { ...http, auth } });
}

async function openFunctions(
  references: readonly FunctionReference[],
  input: { readonly source: string; readonly project: Project; readonly http: HttpClientDependencies },
): Promise<FunctionLookup> {
  if (references.length === 0) return ({ module }) => neverLoaded(module);
  // Loading modules costs time that sources without functions need not spend.
  const { loadFunctions } = await import("../sources/module/load-functions.js");
  return loadFunctions({ ...input, references });
}

function neverLoaded(module: string): never {
  throw new Error(`${module} was not loaded`);
}
