import type { ConfigPath } from "../config-path.js";
import { isMapping } from "../is-mapping.js";
import type { IssueList } from "../issue-list.js";
import type { ClientInput } from "../schema/schema-client.js";
import type { ColumnsInput } from "../schema/schema-column.js";
import type { ResourceDefaultsInput, ResourceInput, RestBlockInput } from "../schema/schema-rest.js";
import type { KeyPlace } from "../source-context.js";

/** A mapping whose keys may stand in it or one level deeper, laid flat; `at` still knows where each key stands. */
export interface FlatKeys<Values> {
  readonly values: Values;
  readonly at: KeyPlace;
}

/** A resource with the keys of `endpoint` beside its own. */
export type FlatResource = Omit<ResourceInput, "endpoint" | "pagination" | "columns" | "name"> & {
  readonly columns?: Readonly<Record<string, ColumnInput>> | null | undefined;
};

/** `client` and the keys of it that stand directly under `rest_api`. */
export type FlatClient = Omit<ClientInput, "pagination">;

/** The hints of one column. */
export type ColumnInput = Exclude<Extract<ColumnsInput, readonly unknown[]>[number], null>;

/** Lays a resource, or `resource_defaults`, flat. A key given twice, or under two names, is added to `issues`. */
export function flattenResource(
  input: Partial<ResourceInput> | ResourceDefaultsInput,
  path: ConfigPath,
  issues: IssueList,
): FlatKeys<FlatResource> {
  const { endpoint, ...direct } = input;
  const inner = typeof endpoint === "string" ? { path: endpoint } : (endpoint ?? {});
  const innerPath = [...path, "endpoint"];
  const flat = joinAliases(
    join({ values: direct, path }, { values: inner, path: innerPath }, issues),
    issues,
  );
  const { columns, ...values } = without(flat.values, ["name"]);
  const hints = columns === null || columns === undefined ? columns : columnsByName(columns as ColumnsInput);
  return {
    values: { ...values, ...(hints === undefined ? {} : { columns: hints }) },
    at: (key) => (key === "path" && typeof endpoint === "string" ? innerPath : flat.at(key)),
  };
}

/** Lays the client's keys flat, whether under `client` or directly in the block. */
export function flattenClient(
  block: RestBlockInput,
  client: ClientInput,
  path: ConfigPath,
  issues: IssueList,
): FlatKeys<FlatClient> {
  const direct = without(block, ["client", "resources", "endpoints", "resource_defaults"]);
  return joinAliases(
    join({ values: direct, path }, { values: client, path: [...path, "client"] }, issues),
    issues,
  );
}

/**
 * A resource over `resource_defaults`, as dlt merges them: `params` and `json` one level deep, `columns` by column,
 * everything else as a whole; an explicit null takes the default away.
 */
export function mergeDefaults(
  defaults: FlatKeys<FlatResource>,
  own: FlatKeys<FlatResource>,
): FlatKeys<FlatResource> {
  const merged: Record<string, unknown> = { ...defaults.values };
  for (const [key, value] of Object.entries(own.values)) {
    if (value === undefined) continue;
    const before = merged[key];
    const isDeep = (key === "params" || key === "json") && isMapping(before) && isMapping(value);
    if (key === "columns" && isMapping(before) && isMapping(value)) merged[key] = mergeColumns(before, value);
    else merged[key] = isDeep ? { ...before, ...value } : value;
  }
  const ownKeys = own.values as Readonly<Record<string, unknown>>;
  const isDefault = (key: string): boolean =>
    ownKeys[key] === undefined && (defaults.values as Readonly<Record<string, unknown>>)[key] !== undefined;
  return {
    values: merged,
    at: (key) => (isDefault(key) ? defaults.at(key) : own.at(key)),
  };
}

function without(
  values: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));
}

interface Level {
  readonly values: Readonly<Record<string, unknown>>;
  readonly path: ConfigPath;
}

function join(outer: Level, inner: Level, issues: IssueList): FlatKeys<Record<string, unknown>> {
  for (const [key, value] of Object.entries(inner.values)) {
    if (value === undefined || outer.values[key] === undefined) continue;
    const where = String(inner.path.at(-1));
    issues.add([...outer.path, key], `\`${key}\` is given twice: here and under \`${where}\``, {
      hint: "keep one of them",
      at: "key",
    });
  }
  return {
    values: { ...outer.values, ...inner.values },
    at: (key) => [...(inner.values[key] === undefined ? outer.path : inner.path), key],
  };
}

/** Under `paginator` only; `at("paginator")` still says where it stands, whatever it is called there. */
function joinAliases(
  flat: FlatKeys<Record<string, unknown>>,
  issues: IssueList,
): FlatKeys<Record<string, unknown>> {
  const { pagination, ...others } = flat.values;
  if (pagination === undefined) return flat;
  const { paginator } = others;
  if (paginator !== undefined) {
    issues.add(flat.at("pagination"), "`pagination` and `paginator` are two names of one key", {
      hint: "keep one of them",
      at: "key",
    });
    return { values: others, at: flat.at };
  }
  return {
    values: { ...others, paginator: pagination },
    at: (key) => flat.at(key === "paginator" ? "pagination" : key),
  };
}

/** Hints by column, whether they are written as a mapping or as a list. */
export function columnsByName(columns: ColumnsInput): Record<string, ColumnInput> {
  const entries = Array.isArray(columns)
    ? columns.map((column) => [column.name, column] as const)
    : Object.entries(columns).map(
        ([name, hint]) => [hint?.name ?? name, { ...hint, name: hint?.name ?? name }] as const,
      );
  return Object.fromEntries(entries);
}

function mergeColumns(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...before };
  for (const [name, hint] of Object.entries(after)) {
    const base = merged[name];
    merged[name] = isMapping(base) && isMapping(hint) ? { ...base, ...hint } : hint;
  }
  return merged;
}
