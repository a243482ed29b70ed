import { suggestName } from "../config/nearest.js";
import { normalizePath } from "../normalize/normalize-path.js";
import type { ResourceOptions } from "../model/resource.js";
import { UsageError } from "../shared/errors.js";
import type { SyncOptions } from "./run-context.js";

/**
 * Throws UsageError if a resource that is asked for does not exist, if it would empty a table that another resource
 * fills, without that one (M9), or if history would be lost (M6). `sources` has the resources of each source.
 */
export function checkSelection(
  sources: readonly (readonly ResourceOptions[])[],
  options: Pick<SyncOptions, "resources" | "fullRefresh" | "limit" | "allowHistoryLoss" | "dryRun">,
): void {
  const known = sources.flatMap((resources) => resources.map(({ name }) => name));
  for (const name of options.resources) if (!known.includes(name)) throw unknownResource(name, known);
  if (options.fullRefresh && !options.allowHistoryLoss && !options.dryRun && options.limit === undefined)
    refuseHistoryLoss(sources.flat(), options.resources);
  if (options.resources.length === 0 || options.limit !== undefined) return;
  for (const resources of sources) checkTableMates(resources, options);
}

function refuseHistoryLoss(resources: readonly ResourceOptions[], chosen: readonly string[]): void {
  const lost = resources.filter(
    ({ name, writeDisposition }) =>
      (chosen.length === 0 || chosen.includes(name)) &&
      writeDisposition.kind === "merge" &&
      writeDisposition.strategy === "scd2",
  );
  if (lost.length === 0) return;
  const names = lost.map(({ name }) => `"${name}"`).join(", ");
  throw new UsageError(`--full-refresh would drop the history that scd2 keeps of ${names}`, {
    hint: "an API cannot bring old versions back; add --yes if they may go, or choose other resources with --resource",
  });
}

function unknownResource(name: string, known: readonly string[]): UsageError {
  return new UsageError(`There is no resource "${name}" in the chosen sources`, {
    hint: suggestName(name, known, `Known resources: ${known.join(", ")}`),
  });
}

function checkTableMates(
  resources: readonly ResourceOptions[],
  options: Pick<SyncOptions, "resources" | "fullRefresh">,
): void {
  const isChosen = ({ name }: ResourceOptions): boolean => options.resources.includes(name);
  for (const one of resources) {
    const { kind } = one.writeDisposition;
    const isEmptying = kind === "replace" || (options.fullRefresh && kind !== "skip");
    if (!isChosen(one) || !isEmptying) continue;
    const table = normalizePath(one.tableName);
    const mate = resources.find((other) => !isChosen(other) && normalizePath(other.tableName) === table);
    if (mate === undefined) continue;
    throw new UsageError(
      `"${one.name}" would empty the table ${table}, which "${mate.name}" fills too and is not chosen`,
      { hint: `add --resource ${mate.name}` },
    );
  }
}
