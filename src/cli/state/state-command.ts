import {
  pipelineTarget,
  type PipelineConfig,
  type PipelineParts,
} from "../../engine/pipelines/pipeline-parts.js";
import type { PipelineState } from "../../model/state.js";
import type { CommandContext } from "../command-context.js";

/** The flags of `dango pipeline state`. */
export interface PipelineStateFlags {
  readonly name: string;
  /** Default: get. */
  readonly action: string | undefined;
  readonly values: readonly string[];
  readonly to?: string;
  readonly yes: boolean;
  readonly json: boolean;
}

/** A pipeline whose state is looked at or changed. */
export interface StateCommand {
  readonly context: CommandContext;
  readonly parts: PipelineParts;
  readonly config: PipelineConfig;
  readonly flags: PipelineStateFlags;
}

/** The state that is stored now; version 0: never synced. */
export async function readStoredState({ parts, config }: StateCommand): Promise<PipelineState> {
  return (await parts.warehouse.readSnapshot(pipelineTarget(parts, config), parts.signal)).state;
}
