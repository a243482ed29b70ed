import type { ParentConfig, ParentField, RestResourceConfig } from "../../model/rest-config.js";
import type { ResourceOptions } from "../../model/resource.js";
import type { ConfigPath } from "../config-path.js";
import type { FlatKeys, FlatResource } from "./flat-keys.js";
import type { IssueList } from "../issue-list.js";
import { nearestName } from "../nearest.js";
import type { FoundPlaceholder } from "./placeholders.js";
import { isIncrementalParam } from "./request-params.js";

/** A resource before it is known which others there are. */
export interface DraftResource {
  readonly config: RestResourceConfig;
  readonly flat: FlatKeys<FlatResource>;
  readonly path: ConfigPath;
  /** All `{resources.…}` of its request, those of `resolve` params included. */
  readonly uses: readonly ParentUse[];
}

/** One `{resources.…}` and where it stands. */
export interface ParentUse extends FoundPlaceholder {
  readonly isInPath: boolean;
  /** In a JSON body, where a value keeps its type. */
  readonly isTyped: boolean;
}

/**
 * Connects children with their parents. Unknown parents, several unrelated ones and cycles are added to `issues`.
 * `names` has those of resources that are themselves broken, too.
 */
export function linkParents(
  drafts: readonly DraftResource[],
  names: readonly string[],
  issues: IssueList,
): RestResourceConfig[] {
  const linked = drafts.map((draft) => ({ ...draft, fields: readFields(draft, names, issues) }));
  const parents = findParents(linked, issues);
  reportCycles(linked, parents, issues);
  return linked.map((draft) => {
    const parent = parents.get(draft.config.options.name);
    checkChildKeys(draft, draft.uses.length > 0, issues);
    return parent === undefined
      ? draft.config
      : {
          ...draft.config,
          options: withOwnCursors(draft),
          parent: createParent(draft, parent, carriedBy(draft.config.options.name, linked, parents)),
        };
  });
}

interface LinkedDraft extends DraftResource {
  readonly fields: readonly ParentField[];
}

/** By child name. */
type Parents = ReadonlyMap<string, string>;

function readFields(draft: DraftResource, names: readonly string[], issues: IssueList): ParentField[] {
  const fields = new Map<string, ParentField>();
  for (const use of draft.uses) {
    const rest = use.name.slice("resources.".length);
    // A resource's name may itself have dots; the longest one that fits is meant.
    const resource = names
      .filter((name) => rest === name || rest.startsWith(`${name}.`))
      .sort((a, b) => b.length - a.length)[0];
    const path = resource === undefined ? "" : rest.slice(resource.length + 1);
    if (resource === undefined) reportUnknown(use, rest, names, issues);
    else if (path === "") {
      issues.add(use.path, `\`${use.written}\` names no field of ${resource}`, {
        hint: `write {resources.${resource}.id} for its field id`,
      });
    } else {
      const before = fields.get(use.name);
      const isInPath = use.isInPath || before?.isInPath === true;
      fields.set(use.name, { placeholder: use.name, resource, path, isInPath });
    }
  }
  return [...fields.values()];
}

function reportUnknown(use: ParentUse, rest: string, names: readonly string[], issues: IssueList): void {
  const wanted = rest.split(".", 1)[0] ?? rest;
  const nearest = nearestName(wanted, names);
  issues.add(use.path, `\`${use.written}\` refers to the resource \`${wanted}\`, which does not exist`, {
    hint: nearest === undefined ? `resources: ${names.join(", ")}` : `did you mean \`${nearest}\`?`,
  });
}

/** The parent of each child: of the resources that its placeholders name, the one that all others are ancestors of. */
function findParents(linked: readonly LinkedDraft[], issues: IssueList): Parents {
  const named = new Map(
    linked.map(({ config, fields }) => [
      config.options.name,
      [...new Set(fields.map(({ resource }) => resource))],
    ]),
  );
  const parents = new Map<string, string>();
  for (const draft of linked) {
    const { name } = draft.config.options;
    const wanted = named.get(name) ?? [];
    const parent = wanted.find((one) => {
      const ancestors = ancestorsOf(one, named);
      return wanted.every((other) => other === one || ancestors.has(other));
    });
    if (parent !== undefined) parents.set(name, parent);
    else if (wanted.length > 1) {
      const use = draft.uses.find((one) => one.name.startsWith(`resources.${wanted[1] ?? ""}.`));
      issues.add(
        use?.path ?? draft.path,
        `\`${name}\` takes fields of ${wanted.map((one) => `\`${one}\``).join(" and ")}, none of which is a parent of the other`,
        { hint: "a resource has one parent; fields of that parent's own parents can be taken as well" },
      );
    }
  }
  return parents;
}

function ancestorsOf(name: string, named: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...(named.get(name) ?? [])];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (found.has(one)) continue;
    found.add(one);
    open.push(...(named.get(one) ?? []));
  }
  return found;
}

function reportCycles(linked: readonly LinkedDraft[], parents: Parents, issues: IssueList): void {
  const reported = new Set<string>();
  for (const draft of linked) {
    const { name: first } = draft.config.options;
    const way = [first];
    for (let at = parents.get(first); at !== undefined && !reported.has(at); at = parents.get(at)) {
      way.push(at);
      if (at === first) {
        for (const name of way) reported.add(name);
        const message =
          way.length === 2
            ? `\`${first}\` takes fields of itself`
            : `resources that need each other's records can never begin: ${way.join(" → ")}`;
        issues.add(draft.uses[0]?.path ?? draft.path, message);
        break;
      }
      if (way.length > linked.length) break;
    }
  }
}

/** What a resource's records must carry because its descendants take fields of its ancestors. */
function carriedBy(name: string, linked: readonly LinkedDraft[], parents: Parents): ParentField[] {
  const carried = new Map<string, ParentField>();
  for (const draft of linked) {
    const way: string[] = [];
    for (
      let at = parents.get(draft.config.options.name);
      at !== undefined && way.length <= linked.length;
      at = parents.get(at)
    )
      way.push(at);
    const depth = way.indexOf(name);
    if (depth < 0) continue;
    for (const field of draft.fields)
      if (way.indexOf(field.resource) > depth) carried.set(field.placeholder, { ...field, isInPath: false });
  }
  return [...carried.values()];
}

function createParent(draft: LinkedDraft, resource: string, carried: readonly ParentField[]): ParentConfig {
  const { values } = draft.flat;
  const included = values.include_from_parent ?? [];
  return {
    resource,
    fields: draft.fields,
    included: (typeof included === "string" ? [included] : included).map((path) => ({
      path,
      member: `_${resource}_${path.replaceAll(".", "__")}`,
    })),
    onMissingField: values.on_missing_parent_field ?? "error",
    carried,
    isTyped: draft.uses.some((use) => use.isTyped),
    isIncrementalDependency: values.incremental_dependency ?? false,
  };
}

/** A child keeps a cursor for each value of its parent, unless `shared: true` says that one is enough (rule I4). */
function withOwnCursors({ config: { options }, flat }: DraftResource): ResourceOptions {
  const { incremental } = options;
  if (incremental === undefined || incremental.isToken === true) return options;
  const inParams = Object.values(flat.values.params ?? {}).find(isIncrementalParam);
  const isShared = flat.values.incremental?.shared ?? inParams?.shared;
  return isShared === true ? options : { ...options, incremental: { ...incremental, isPerParent: true } };
}

const CHILD_KEYS = ["include_from_parent", "on_missing_parent_field", "incremental_dependency"] as const;

/** In `resource_defaults` these keys are for those that are children. */
function checkChildKeys({ flat, path, config }: DraftResource, isChild: boolean, issues: IssueList): void {
  if (isChild) return;
  const shared = flat.at("incremental");
  if (flat.values.incremental?.shared === true && path.every((segment, index) => shared[index] === segment)) {
    issues.add([...shared, "shared"], `\`shared\` needs a parent, and \`${config.options.name}\` has none`, {
      hint: "a resource without a parent has one cursor anyway",
      at: "key",
    });
  }
  for (const key of CHILD_KEYS) {
    const at = flat.at(key);
    const isOwn = path.every((segment, index) => at[index] === segment);
    if (flat.values[key] === undefined || flat.values[key] === null || !isOwn) continue;
    issues.add(at, `\`${key}\` needs a parent, and \`${config.options.name}\` has none`, {
      hint: "take a field of the parent into the request: {resources.<parent>.<field>}",
      at: "key",
    });
  }
}
