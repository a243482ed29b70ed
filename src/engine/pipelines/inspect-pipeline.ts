import type { ResourceState } from "../../model/state.js";
import type { DatasetOverview } from "../../model/warehouse.js";
import { pipelineTarget, type PipelineConfig, type PipelineParts } from "./pipeline-parts.js";

/** What the warehouse holds of one pipeline. */
export interface PipelineView extends DatasetOverview {
  readonly name: string;
  /** Null: no source of sources.yml loads it. */
  readonly type: string | null;
  readonly enabled: boolean;
  readonly dataset: string;
  readonly warehousePath: string;
  /** 0: never synced. */
  readonly stateVersion: number;
  readonly resources: Readonly<Record<string, ResourceState>>;
}

/** Reads a pipeline's state, tables and last loads. A warehouse that does not exist yet is an empty view. */
export async function inspectPipeline(parts: PipelineParts, config: PipelineConfig): Promise<PipelineView> {
  const { project, warehouse, signal } = parts;
  const target = pipelineTarget(parts, config);
  const snapshot = await warehouse.readSnapshot(target, signal);
  const base = {
    name: config.name,
    type: config.definition?.type ?? null,
    enabled: config.definition !== undefined && config.enabled,
    dataset: config.datasetName,
    warehousePath: project.warehousePath,
    stateVersion: snapshot.state.version,
    resources: snapshot.state.resources,
  };
  if (!snapshot.exists) return { ...base, tables: [], loads: [] };
  const { tables, loads } = await warehouse.overview(target, signal);
  return { ...base, tables, loads };
}
