import type { Clock } from "../shared/async.js";
import type { Warehouse } from "../model/warehouse.js";
import { adoptDataset } from "./adopt-dataset.js";
import { answerWidenings } from "./answer-widenings.js";
import { changePipeline } from "./change-pipeline.js";
import { checkAccess } from "./check-access.js";
import { commitLoad } from "./commit-load.js";
import { findPipelines } from "./find-pipelines.js";
import { openEvaluator } from "./evaluate-expressions.js";
import { readOverview } from "./read-overview.js";
import { readPipelineSchema } from "./read-pipeline-schema.js";
import { readRuns } from "./read-runs.js";
import { readSnapshot } from "./read-snapshot.js";
import { readStates } from "./read-states.js";

/** The DuckDB warehouse. Nothing is opened before the first call. */
export function createWarehouse({ clock }: { readonly clock: Clock }): Warehouse {
  return {
    readSnapshot: (target, signal) => readSnapshot(target, clock, signal),
    checkAccess: (target, signal) => checkAccess(target, clock, signal),
    overview: (target, signal) => readOverview(target, clock, signal),
    readStates: (target, signal) => readStates(target, { clock, signal }),
    readRuns: (target, source, signal) => readRuns(target, source, { clock, signal }),
    readSchema: (target, signal) => readPipelineSchema(target, { clock, signal }),
    findPipelines: (target, signal) => findPipelines(target, { clock, signal }),
    adopt: (target, from, signal) => adoptDataset(target, from, { clock, signal }),
    change: (target, change, signal) => changePipeline(target, change, { clock, signal }),
    answerWidenings: (target, questions, signal) => answerWidenings(target, questions, { clock, signal }),
    openEvaluator,
    commit: (target, load, signal) => commitLoad(target, load, { clock, signal }),
  };
}
