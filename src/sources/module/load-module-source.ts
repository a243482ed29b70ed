import { realpath } from "node:fs/promises";
import { nearestName } from "../../config/nearest.js";
import type { ModuleSourceConfig, Project, SourceConfig } from "../../config/project.js";
import type { HttpClientDependencies } from "../../http/create-http-client.js";
import type { Resource, Source } from "../../model/source.js";
import { ConfigError, UserCodeError, type ConfigIssue } from "../../shared/errors.js";
import { bindParameters } from "./bind-parameters.js";
import { readResource } from "./read-resource.js";
import { isResourceDefinition, type ResourceDefinition } from "./resource-definition.js";
import { resolveModule, type ResolvedModule } from "./resolve-module.js";
import { readResourceOptions } from "./resource-options.js";
import { runInScope, type ModuleHost } from "./run-scope.js";
import { isSourceDefinition, type SourceDefinition } from "./source-definition.js";
import { createModuleHost, useModule } from "./use-module.js";

/** What loading a `dlt_native` source needs. */
export interface ModuleSourceInput {
  readonly project: Project;
  readonly source: SourceConfig;
  readonly http: HttpClientDependencies;
}

const MAX_RECORD_BYTES = 64 * 2 ** 20;

/**
 * Loads a source module, fills in its parameters and lets it declare its resources. Requests nothing. Rejects with
 * UserCodeError (exit 2, file and line of the module) or ConfigError when anything is wrong with it.
 */
export async function loadModuleSource({ project, source, http }: ModuleSourceInput): Promise<Source> {
  if (source.definition.type !== "dlt_native") throw new Error(`${source.name} is no dlt_native source`);
  const config = source.definition.module;
  const root = await realpath(project.root);
  const host = createModuleHost(project, source.name, root, http);
  const module = await resolveModule(root, config);
  const definitions = await useModule(module, { host, project, root }, async (exports) => {
    const definition = findSource(exports, module, config);
    const { values, redactor } = project;
    const names = { source: source.name, module: module.name };
    const bound = bindParameters({ parameters: definition.parameters, config, values, redactor, ...names });
    return toDefinitions(await definition.build(bound), config, definition);
  });
  return {
    name: source.name,
    resources: toResources(definitions, host),
    // Resources of a module may hand things to each other, so they keep their order.
    concurrency: 1,
    async close() {
      await Promise.all([...host.clients.values()].map((client) => client.close()));
    },
  };
}

function findSource(
  exports: Readonly<Record<string, unknown>>,
  module: ResolvedModule,
  config: ModuleSourceConfig,
): SourceDefinition {
  const found = exports[config.sourceName];
  if (isSourceDefinition(found)) return found;
  const known = Object.keys(exports).filter((name) => isSourceDefinition(exports[name]));
  if (found !== undefined) {
    throw new UserCodeError(`The export "${config.sourceName}" of ${module.file} is no source`, "load", {
      hint: "Make it with defineSource.",
      location: { file: module.file },
    });
  }
  const nearest = nearestName(config.sourceName, known);
  throw new UserCodeError(`${module.file} exports no source "${config.sourceName}"`, "load", {
    location: config.location,
    hint: [
      ...(nearest === undefined ? [] : [`Did you mean "${nearest}"?`]),
      known.length === 0
        ? "It exports no source; make one with defineSource."
        : `Its sources: ${known.join(", ")}.`,
    ].join(" "),
  });
}

function toDefinitions(
  built: unknown,
  config: ModuleSourceConfig,
  { location }: SourceDefinition,
): readonly ResourceDefinition[] {
  const list: readonly unknown[] = Array.isArray(built) ? built : [built];
  const stranger = list.findIndex((item) => !isResourceDefinition(item));
  if (list.length > 0 && stranger < 0) return list as readonly ResourceDefinition[];
  const problem =
    list.length === 0
      ? "returned no resources"
      : built === undefined
        ? "returned nothing"
        : `returned something that is no resource${Array.isArray(built) ? ` (number ${String(stranger + 1)} of its list)` : ""}`;
  throw new UserCodeError(`${config.sourceName} ${problem}`, "load", {
    location,
    hint: "Return what resource(…) gave, one or a list of them.",
  });
}

function toResources(definitions: readonly ResourceDefinition[], host: ModuleHost): Resource[] {
  const issues: ConfigIssue[] = [];
  const resources: Resource[] = [];
  const seen = new Map<string, ResourceDefinition>();
  runInScope({ host, reading: undefined }, () => {
    for (const definition of definitions) {
      const read = readResourceOptions(definition);
      if ("issues" in read) {
        issues.push(...read.issues);
        continue;
      }
      const { name } = read.options;
      if (seen.has(name)) issues.push(duplicate(name, definition, seen.get(name)));
      seen.set(name, definition);
      if (!read.selected) continue;
      resources.push({
        options: read.options,
        maxRecordBytes: MAX_RECORD_BYTES,
        read: (context) => readResource({ options: read.options, definition }, context, host),
        describeFirstRequest: () => undefined,
      });
    }
  });
  if (issues.length > 0) throw new ConfigError(issues, issues.length === 1 ? { hint: issues[0]?.hint } : {});
  return resources;
}

function duplicate(
  name: string,
  second: ResourceDefinition,
  first: ResourceDefinition | undefined,
): ConfigIssue {
  const line = first?.location?.line;
  return {
    message: `two resources are named "${name}"`,
    ...(second.location === undefined ? {} : { location: second.location }),
    ...(line === undefined
      ? {}
      : { hint: `the first one stands in line ${String(line)}; give one another name` }),
  };
}
