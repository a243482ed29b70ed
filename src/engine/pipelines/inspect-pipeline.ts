import type { SourceConfig } from "../../config/project.js";
import type { ResourceState } from "../../model/state.js";
import { pipelineTarget, type PipelineParts } from "./pipeline-parts.js";

/** One load of a pipeline that was committed. */
export interface PastLoad {
  readonly loadId: string;
  /** As the warehouse prints it, UTC. */
  readonly insertedAt: string;
}

/** What the warehouse holds of one pipeline. */
export interface PipelineView {
  readonly name: string;
  readonly type: string;
  readonly enabled: boolean;
  readonly dataset: string;
  readonly warehousePath: string;
  /** 0: never synced. */
  readonly stateVersion: number;
  readonly resources: Readonly<Record<string, ResourceState>>;
  readonly tables: readonly TableView[];
  /** Newest first, ten at most. */
  readonly loads: readonly PastLoad[];
}

/** One table with its size. */
export interface TableView {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** Reads a pipeline's state, tables and last loads. A warehouse that does not exist yet is an empty view. */
export async function inspectPipeline(parts: PipelineParts, config: SourceConfig): Promise<PipelineView> {
  const { project, warehouse, signal } = parts;
  const target = pipelineTarget(parts, config);
  const snapshot = await warehouse.readSnapshot(target, signal);
  const base = {
    name: config.name,
    type: config.definition.type,
    enabled: config.enabled,
    dataset: config.datasetName,
    warehousePath: project.warehousePath,
    stateVersion: snapshot.state.version,
    resources: snapshot.state.resources,
  };
  if (!snapshot.exists) return { ...base, tables: [], loads: [] };
  const { tables, loads } = await warehouse.overview(target, signal);
  return { ...base, tables, loads };
}
