import { describeChange } from "../normalize/describe-change.js";
import type { ResourceLoad } from "../model/warehouse.js";

/** The schema changes of a load in words, and the columns that could not have their keys' names (rule N1). */
export function describeChanges(load: ResourceLoad | undefined): string[] {
  if (load === undefined) return [];
  const renamed = load.plan.renamed.map(
    ({ table, key, name }) => `${table}: key "${key}" is column ${name}, its own name is taken`,
  );
  return [...load.plan.changes.map(describeChange), ...renamed];
}
