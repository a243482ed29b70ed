import { existsSync } from "node:fs";
import { nearestName } from "../../config/nearest.js";
import type { SourceConfig } from "../../config/project.js";
import type { FoundPipeline } from "../../model/warehouse.js";
import { UsageError } from "../../shared/errors.js";
import type { PipelineConfig, PipelineParts, StoredPipeline } from "./pipeline-parts.js";

/**
 * The pipeline of the source called `name`, else the one that the warehouse has under that name. UsageError if there is
 * none, or if the warehouse has several.
 */
export async function findPipeline(parts: PipelineParts, name: string): Promise<PipelineConfig> {
  const { sources } = parts.project;
  const declared = sources.find((source) => source.name === name);
  if (declared !== undefined) return declared;
  const all = await readFound(parts);
  const found = all.filter(({ pipeline }) => pipeline === name);
  const ownSchema = found.filter(({ schema }) => schema === name);
  const [chosen, ...others] = ownSchema.length === 1 ? ownSchema : found;
  if (chosen === undefined) throw unknownPipeline(name, sources, all);
  if (others.length > 0) {
    const places = found.map(({ dataset, schema }) => `${dataset} (schema ${schema})`);
    throw new UsageError(`The warehouse has several pipelines "${name}", in ${places.join(", ")}`, {
      hint: "declare the one you mean in .dango/sources.yml, with its `dataset_name`, `pipeline_name` and `schema_name`",
    });
  }
  return sources.find((source) => isOf(chosen, source)) ?? toStored(chosen);
}

/** The pipelines with tables in the warehouse that no source of sources.yml loads. */
export async function findStoredPipelines(parts: PipelineParts): Promise<readonly StoredPipeline[]> {
  const found = await readFound(parts);
  return undeclared(found, parts.project.sources)
    .filter(({ tables }) => tables.length > 0)
    .map(toStored);
}

async function readFound({
  project,
  warehouse,
  lockWaitMs,
  onLockWait,
  signal,
}: PipelineParts): Promise<readonly FoundPipeline[]> {
  const { root: tempDirectory, warehousePath: path } = project;
  if (!existsSync(path)) return [];
  return warehouse.findPipelines({ path, tempDirectory, lockWaitMs, onLockWait }, signal);
}

function toStored({ pipeline, schema, dataset }: FoundPipeline): StoredPipeline {
  return { name: pipeline, datasetName: dataset, pipelineName: pipeline, schemaName: schema };
}

function undeclared(
  found: readonly FoundPipeline[],
  sources: readonly SourceConfig[],
): readonly FoundPipeline[] {
  return found.filter((one) => !sources.some((source) => isOf(one, source)));
}

function isOf({ pipeline, schema, dataset }: FoundPipeline, source: SourceConfig): boolean {
  const { pipelineName, schemaName, datasetName } = source;
  return pipeline === pipelineName && schema === schemaName && dataset === datasetName;
}

function unknownPipeline(
  name: string,
  sources: readonly SourceConfig[],
  found: readonly FoundPipeline[],
): UsageError {
  const declared = sources.map((source) => source.name);
  const stored = [...new Set(undeclared(found, sources).map(({ pipeline }) => pipeline))];
  const near = [nearestName(name, declared), nearestName(name, stored)].filter((one) => one !== undefined);
  const quoted = [...new Set(near)].map((one) => `"${one}"`);
  const hint = [
    ...(quoted.length === 0 ? [] : [`Did you mean ${quoted.join(" or ")}?`]),
    `In sources.yml: ${declared.join(", ")};`,
    `in the warehouse alone: ${stored.length === 0 ? "none" : stored.join(", ")}`,
  ];
  return new UsageError(`There is no pipeline "${name}", neither in sources.yml nor in the warehouse`, {
    hint: hint.join(" "),
  });
}
