import { describeDiscards } from "../normalize/contract.js";
import { describeChange } from "../normalize/describe-change.js";
import type { LoadedTable } from "../model/report.js";
import type { ResourceLoad } from "../model/warehouse.js";

/**
 * The schema changes of a load in words, the columns that could not have their keys' names (rule N1), and what a contract
 * kept out. `tables` are those of the commit, if there was one: a load of which no row was left changed nothing.
 */
export function describeChanges(load: ResourceLoad | undefined, [root]: readonly LoadedTable[]): string[] {
  if (load === undefined) return [];
  const discards = describeDiscards(load.plan);
  if (root !== undefined && root.inserted + root.updated + root.unchanged === 0) return discards;
  const renamed = load.plan.renamed.map(
    ({ table, key, name }) => `${table}: key "${key}" is column ${name}, its own name is taken`,
  );
  return [...load.plan.changes.map(describeChange), ...renamed, ...discards];
}
