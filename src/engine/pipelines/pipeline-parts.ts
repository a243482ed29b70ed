import type { Project, SourceConfig } from "../../config/project.js";
import type { Source } from "../../model/source.js";
import type { Warehouse, WarehouseTarget } from "../../model/warehouse.js";
import type { Clock } from "../../shared/async.js";

/** What looking at a pipeline, or changing it outside a run, is given from outside. */
export interface PipelineParts {
  readonly project: Project;
  readonly warehouse: Warehouse;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly lockWaitMs: number;
  /** Told once, with who holds the file, when the waiting begins. */
  readonly onLockWait: (reason: string) => void;
  readonly signal: AbortSignal;
  /** Makes a source ready to be read; loads its module if it has one. */
  openSource(config: SourceConfig): Promise<Source>;
}

/** What a pipeline is called and where it is kept. */
export type PipelineConfig = SourceConfig | StoredPipeline;

/** A pipeline that the warehouse has, of which sources.yml knows nothing. */
export interface StoredPipeline extends Pick<
  SourceConfig,
  "name" | "datasetName" | "pipelineName" | "schemaName"
> {
  readonly definition?: undefined;
}

/** Where a pipeline is kept. */
export function pipelineTarget(parts: PipelineParts, config: PipelineConfig): WarehouseTarget {
  return {
    path: parts.project.warehousePath,
    dataset: config.datasetName,
    pipeline: config.pipelineName,
    schema: config.schemaName,
    tempDirectory: parts.project.root,
    lockWaitMs: parts.lockWaitMs,
    onLockWait: parts.onLockWait,
  };
}
