import type { Project } from "../config/project.js";
import type { RunContext } from "../engine/run-context.js";
import type { EventSink } from "../model/events.js";
import { systemClock } from "../shared/async.js";

/** Gives the engine the machine's clock, randomness and warehouse. */
export async function createRunContext(
  project: Project,
  parts: { readonly emit: EventSink; readonly signal: AbortSignal },
): Promise<RunContext> {
  const [{ createWarehouse }, { openSource }] = await Promise.all([
    import("../warehouse/warehouse.js"),
    import("../engine/open-source.js"),
  ]);
  const random = Math.random;
  return {
    project,
    clock: systemClock,
    random,
    warehouse: createWarehouse({ clock: systemClock }),
    openSource: (config) => openSource(config, { project, clock: systemClock, random }),
    ...parts,
  };
}
