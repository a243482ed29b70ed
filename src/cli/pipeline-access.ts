import type { Project } from "../config/project.js";
import type { PipelineParts } from "../engine/pipelines/pipeline-parts.js";
import { systemClock } from "../shared/async.js";
import { openProject, type CommandContext } from "./command-context.js";

const LOCK_WAIT_MS = 300_000;

/** A project, and what the engine needs to look at its pipelines. */
export interface PipelineAccess {
  readonly project: Project;
  readonly parts: PipelineParts;
}

/** Reads the project; the warehouse is not opened yet. */
export async function openPipelines(context: CommandContext, signal: AbortSignal): Promise<PipelineAccess> {
  const project = await openProject(context);
  const [{ createWarehouse }, { openSource }] = await Promise.all([
    import("../warehouse/warehouse.js"),
    import("../engine/open-source.js"),
  ]);
  const clock = systemClock;
  const random = Math.random;
  const parts: PipelineParts = {
    project,
    warehouse: createWarehouse({ clock }),
    clock,
    random,
    lockWaitMs: LOCK_WAIT_MS,
    onLockWait: (reason) => {
      context.terminal.err(`waiting, because ${reason}`);
    },
    signal,
    openSource: (config) => openSource(config, { project, clock, random }),
  };
  return { project, parts };
}
