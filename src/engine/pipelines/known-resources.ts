import { suggestName } from "../../config/nearest.js";
import type { ResourceOptions } from "../../model/resource.js";
import type { PipelineState } from "../../model/state.js";
import type { PipelineSchema } from "../../model/warehouse.js";
import { UsageError } from "../../shared/errors.js";
import type { PipelineConfig, PipelineParts } from "./pipeline-parts.js";

/** What the source declares now, if there is one; loads its module if it has one. */
export async function declaredResources(
  parts: PipelineParts,
  config: PipelineConfig,
): Promise<readonly ResourceOptions[]> {
  if (config.definition === undefined) return [];
  const source = await parts.openSource(config);
  try {
    return source.resources.map(({ options }) => options);
  } finally {
    await source.close();
  }
}

/** Throws UsageError unless each name is that of a resource that is declared, or that left a table or a state. */
export function checkResourceNames(
  names: readonly string[],
  pipeline: string,
  places: {
    readonly declared: readonly ResourceOptions[];
    readonly state: PipelineState["resources"];
    readonly schema: PipelineSchema;
  },
): void {
  const stored = places.schema.tables.flatMap(({ resource }) => (resource === undefined ? [] : [resource]));
  const known = new Set([
    ...places.declared.map(({ name }) => name),
    ...stored,
    ...Object.keys(places.state),
  ]);
  for (const name of names) {
    if (known.has(name)) continue;
    throw new UsageError(`There is no resource "${name}" in the pipeline ${pipeline}`, {
      hint: suggestName(name, known, `Known resources: ${[...known].join(", ")}`),
    });
  }
}
