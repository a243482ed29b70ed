import type { Resource } from "../model/source.js";
import type { SyncOptions } from "./run-context.js";

/** One resource that a run reads. */
export interface ChosenResource {
  readonly resource: Resource;
  /** False: read for its children only. */
  readonly isLoaded: boolean;
  /** True if one of its children that are read needs all of its records, whatever its own cursor says. */
  readonly isReadWhole: boolean;
}

/**
 * The resources to read, in the source's order: those asked for (by default all that are selected), with the parents
 * that they need. `--full-refresh` also takes the children of those asked for (rule M6).
 */
export function chooseResources(
  resources: readonly Resource[],
  options: Pick<SyncOptions, "resources" | "fullRefresh">,
): ChosenResource[] {
  const byName = new Map(resources.map((resource) => [resource.options.name, resource]));
  const ancestorsOf = (resource: Resource): Resource[] => {
    const parent = resource.parent === undefined ? undefined : byName.get(resource.parent);
    return parent === undefined ? [] : [parent, ...ancestorsOf(parent)];
  };
  const isNamed = ({ options: { name } }: Resource): boolean => options.resources.includes(name);
  const isLoaded = (resource: Resource): boolean => {
    if (options.resources.length === 0) return resource.isSelected !== false;
    if (isNamed(resource)) return true;
    return options.fullRefresh && resource.isSelected !== false && ancestorsOf(resource).some(isNamed);
  };
  const loaded = resources.filter(isLoaded);
  const needed = new Set([...loaded, ...loaded.flatMap(ancestorsOf)]);
  return resources
    .filter((resource) => needed.has(resource))
    .map((resource) => ({
      resource,
      isLoaded: loaded.includes(resource),
      isReadWhole: [...needed].some(
        (child) => child.parent === resource.options.name && child.isIncrementalDependency !== true,
      ),
    }));
}
