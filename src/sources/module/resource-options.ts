import { flattenResource } from "../../config/rest/flat-keys.js";
import { resolveIncremental } from "../../config/rest/incremental-config.js";
import { NOT_YET } from "../../config/not-yet.js";
import { resolveResourceOptions } from "../../config/rest/resource-options.js";
import { foreignTableKeys } from "../../config/schema/schema-nested-hints.js";
import { resourceSchema } from "../../config/schema/schema-rest.js";
import { validateValue } from "../../config/validate-value.js";
import type { ResourceOptions } from "../../model/resource.js";
import type { ConfigIssue } from "../../shared/errors.js";
import type { ResourceDefinition } from "./resource-definition.js";
import { toConfigKeys, toSettingKey } from "./settings-case.js";
import { createSettingsContext, takeKnownKeys } from "./settings-check.js";

const KEYS = [
  "name",
  "tableName",
  "writeDisposition",
  "primaryKey",
  "mergeKey",
  "columns",
  "nestedHints",
  "references",
  "schemaContract",
  "maxTableNesting",
  "selected",
  "allowEmpty",
  "onNullKey",
  "parallelized",
  "incremental",
];
/** Known, and refused by the configuration's own check. */
const REFUSED = [...Object.keys(foreignTableKeys), ...NOT_YET.resource].map(toSettingKey);
/** What makes requests, or is about parents, belongs to `RestClient` and the generator here. */
const REQUEST_KEYS = [
  "startParam",
  "endParam",
  "format",
  "convert",
  "transform",
  "step",
  "granularity",
  "tokenPath",
  "allowExternalSchedulers",
  "shared",
];

/** A resource's options, checked; or everything that is wrong with them. */
export type ReadOptions =
  | { readonly options: ResourceOptions; readonly selected: boolean }
  | { readonly issues: readonly ConfigIssue[] };

/** Checks what a module gave to `resource`, by the rules that hold for sources.yml, with the same defaults. */
export function readResourceOptions(definition: ResourceDefinition): ReadOptions {
  const { settings, location } = definition;
  const name = readName(settings);
  const context = createSettingsContext({
    subject: name === undefined ? "resource" : `resource "${name}"`,
    location,
  });
  const { issues } = context;
  if (typeof settings !== "object" || settings === null || name === undefined) {
    issues.add([], "missing `name`", { hint: 'the first argument of resource is like { name: "orders" }' });
    return { issues: issues.issues };
  }
  if (typeof definition.read !== "function") {
    issues.add([], "its second argument is no function", {
      hint: "pass a generator: async function* () { … }",
    });
  }
  const known = takeKnownKeys(settings as Record<string, unknown>, [...KEYS, ...REFUSED], issues);
  const { incremental } = known;
  if (typeof incremental === "object" && incremental !== null) {
    known["incremental"] = withoutRequestKeys(incremental as Record<string, unknown>, (key) => {
      issues.add(["incremental"], `\`${key}\` belongs to sources of YAML`, {
        hint:
          key === "shared"
            ? "a resource of a module has one cursor; keep one for each parent in `state` of the context"
            : "pass incremental.startValue of the context to your request",
      });
    });
  }
  const values = validateValue(resourceSchema, toConfigKeys(known), [], context);
  if (values === undefined) return { issues: issues.issues };
  const flat = flattenResource(values, [], issues);
  const cursor = flat.values.incremental ?? undefined;
  const options = resolveResourceOptions(
    name,
    flat,
    cursor === undefined ? undefined : resolveIncremental(cursor, { path: ["incremental"], context }),
    { path: [], context },
  );
  return issues.issues.length > 0
    ? { issues: issues.issues }
    : { options, selected: flat.values.selected ?? true };
}

function readName(settings: unknown): string | undefined {
  if (typeof settings !== "object" || settings === null || !("name" in settings)) return undefined;
  return typeof settings.name === "string" && settings.name !== "" ? settings.name : undefined;
}

function withoutRequestKeys(
  incremental: Readonly<Record<string, unknown>>,
  onFound: (key: string) => void,
): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(incremental)) {
    if (REQUEST_KEYS.includes(key)) onFound(key);
    else kept[key] = value;
  }
  return kept;
}
