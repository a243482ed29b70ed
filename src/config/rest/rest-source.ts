import type { RestSourceConfig } from "../../model/rest-config.js";
import type { ConfigPath } from "../config-path.js";
import {
  flattenClient,
  flattenResource,
  mergeDefaults,
  type FlatClient,
  type FlatKeys,
  type FlatResource,
} from "./flat-keys.js";
import { resolveClient } from "./client-config.js";
import { linkParents } from "./parent-config.js";
import { resolveRestResource } from "./rest-resource.js";
import { isMapping } from "../is-mapping.js";
import { clientSchema } from "../schema/schema-client.js";
import {
  resourceDefaultsSchema,
  resourceSchema,
  restBlockSchema,
  type RestBlockInput,
} from "../schema/schema-rest.js";
import { resourceKeys } from "../schema/schema-resource.js";
import type { SourceContext } from "../source-context.js";
import { validateValue } from "../validate-value.js";
import type { YamlFile } from "../files/yaml.js";

/** Reads an interpolated `rest_api` block, which stands at `path`. What is wrong is added to the context's issues. */
export function readRestSource(
  raw: unknown,
  path: ConfigPath,
  context: SourceContext,
): RestSourceConfig | undefined {
  if (raw === undefined || raw === null) {
    context.issues.add(path, "missing block `rest_api`");
    return undefined;
  }
  const value = keepSpelling(raw, path, context.file);
  const block = validateValue(restBlockSchema, value, path, context);
  // What is wrong with one part must not hide what is wrong with another.
  const parts = isMapping(value) ? (value as Partial<RestBlockInput>) : undefined;
  if (parts === undefined) return undefined;
  const client = readClient(block, parts.client, path, context);
  const resolved = client && resolveClient(client.values, client.at, context);
  const resources = readResources(parts, client ?? NO_CLIENT, path, context);
  return resolved && { client: resolved, resources, functions: context.functions };
}

/** Stands in while the resources of a block whose client is broken are checked. */
const NO_CLIENT: FlatKeys<FlatClient> = {
  values: { base_url: "http://localhost" },
  at: (key) => [key],
};

function readClient(
  block: RestBlockInput | undefined,
  rawClient: unknown,
  path: ConfigPath,
  context: SourceContext,
): FlatKeys<FlatClient> | undefined {
  const client = validateValue(clientSchema, rawClient ?? {}, [...path, "client"], context);
  if (block === undefined || client === undefined) return undefined;
  return flattenClient(block, client, path, context.issues);
}

function readResources(
  parts: Partial<RestBlockInput>,
  client: FlatKeys<FlatClient>,
  path: ConfigPath,
  context: SourceContext,
): RestSourceConfig["resources"] {
  const { issues } = context;
  const defaultsPath = [...path, "resource_defaults"];
  const rawDefaults = parts.resource_defaults ?? {};
  const defaults = flattenResource(
    validateValue(resourceDefaultsSchema, rawDefaults, defaultsPath, context) ?? {},
    defaultsPath,
    issues,
  );
  const key = parts.resources === undefined && parts.endpoints !== undefined ? "endpoints" : "resources";
  if (parts.resources !== undefined && parts.endpoints !== undefined) {
    issues.add([...path, "endpoints"], "`resources` and `endpoints` are two names of one key", {
      hint: "keep one of them",
      at: "key",
    });
  }
  const list: unknown = parts[key];
  if (list === undefined) issues.add([...path, key], "missing `resources`");
  if (!Array.isArray(list)) return [];
  if (list.length === 0)
    issues.add([...path, key], `\`${key}\` is empty: a source needs at least one resource`);
  const names = new Map<string, ConfigPath>();
  const drafts = list.flatMap((item: unknown, index) => {
    const itemPath = [...path, key, index];
    const input = validateValue(
      resourceSchema,
      typeof item === "string" ? { name: item } : item,
      itemPath,
      context,
    );
    if (input === undefined) return [];
    checkName(input.name, itemPath, names, context);
    const own = flattenResource(input, itemPath, issues);
    const flat = input.records ? withGivenRecords(own, issues) : mergeDefaults(defaults, own);
    return [resolveRestResource(input.name, flat, client, { path: itemPath, context })];
  });
  return linkParents(drafts, list.flatMap(nameOfItem), issues);
}

/** A resource whose records stand in the file: it has none of `resource_defaults`, which tell how others are requested. */
function withGivenRecords(
  own: FlatKeys<FlatResource>,
  issues: SourceContext["issues"],
): FlatKeys<FlatResource> {
  const loading = new Set(["records", "selected", "processing_steps", ...Object.keys(resourceKeys)]);
  for (const [key, value] of Object.entries(own.values)) {
    if (value === undefined || value === null || loading.has(key)) continue;
    const message = `\`${key}\` has no use beside \`records\`: nothing is requested`;
    issues.add(own.at(key), message, { hint: "keep one of them", at: "key" });
  }
  return own;
}

function nameOfItem(item: unknown): string[] {
  const name = isMapping(item) ? item["name"] : item;
  return typeof name === "string" ? [name] : [];
}

function checkName(
  name: string,
  path: ConfigPath,
  names: Map<string, ConfigPath>,
  context: SourceContext,
): void {
  const first = names.get(name);
  if (first === undefined) {
    names.set(name, path);
    return;
  }
  const { line } = context.file.locate([...first, "name"]);
  context.issues.add(
    [...path, "name"],
    `the resource name \`${name}\` is taken by the one on line ${String(line)}`,
    {
      hint: "give this one another name; `table_name` may be the same",
    },
  );
}

/** Keys whose members are JSON: whatever they are called, their numbers are numbers. */
const JSON_KEYS: ReadonlySet<string> = new Set(["json", "graphql", "records", "expect", "claims", "args"]);

/** Keys whose members are sent as text. */
const SENT_KEYS: ReadonlySet<string> = new Set(["params", "headers", "data", "access_token_request_data"]);

/** Numbers in parameters, headers and forms become the text that the file spells them with: `1.0` is sent as `1.0` (B5). */
function keepSpelling(value: unknown, path: ConfigPath, file: YamlFile, isSent = false): unknown {
  if (typeof value === "number" && isSent) {
    const written = file.numberAsWritten(path);
    return written === undefined || written === String(value) ? value : written;
  }
  if (Array.isArray(value))
    return value.map((item, index) => keepSpelling(item, [...path, index], file, isSent));
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const isJson = !isSent && JSON_KEYS.has(key);
      const isLiteral = isJson || "cursor_path" in value || (isSent && value["type"] === "json");
      const isSentHere = isSent || SENT_KEYS.has(key);
      return [key, isLiteral ? member : keepSpelling(member, [...path, key], file, isSentHere)];
    }),
  );
}
