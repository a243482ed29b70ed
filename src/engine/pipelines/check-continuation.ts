import { normalizePath } from "../../normalize/normalize-path.js";
import type { Resource } from "../../model/source.js";
import type { OtherPipeline, WarehouseTarget } from "../../model/warehouse.js";
import { UsageError } from "../../shared/errors.js";

/**
 * Throws UsageError if a resource would load into a table that a pipeline of dlt fills under other names than the source's:
 * its state would not be found, and rows would come twice (rule M8).
 */
export function checkContinuation(
  resources: readonly Resource[],
  target: Pick<WarehouseTarget, "dataset" | "pipeline" | "schema">,
  others: readonly OtherPipeline[],
): void {
  const isOurs = (one: OtherPipeline): boolean =>
    one.pipeline === target.pipeline && one.schema === target.schema;
  if (others.some(isOurs)) return;
  const tables = resources
    .filter(({ options }) => options.writeDisposition.kind !== "skip")
    .map(({ options }) => normalizePath(options.tableName));
  for (const other of others) {
    const table = tables.find((name) => other.tables.includes(name));
    if (table === undefined) continue;
    throw new UsageError(
      `the table ${target.dataset}.${table} belongs to the pipeline ${other.pipeline} of dlt (schema ${other.schema}), ` +
        `and the source loads as pipeline ${target.pipeline}, schema ${target.schema}`,
      {
        hint:
          `to go on with it, give the source \`pipeline_name: ${other.pipeline}\` and \`schema_name: ${other.schema}\`; ` +
          `otherwise another \`dataset_name\``,
      },
    );
  }
}
