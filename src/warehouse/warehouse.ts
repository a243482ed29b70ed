import type { Clock } from "../shared/async.js";
import type { Warehouse } from "../model/warehouse.js";
import { adoptDataset } from "./pipelines/adopt-dataset.js";
import { answerWidenings } from "./rows/answer-widenings.js";
import { changePipeline } from "./pipelines/change-pipeline.js";
import { checkAccess } from "./check-access.js";
import { commitLoad } from "./commit-load.js";
import { findPipelines } from "./pipelines/find-pipelines.js";
import { openEvaluator } from "./expressions/evaluate-expressions.js";
import { readOverview } from "./pipelines/read-overview.js";
import { readPipelineSchema } from "./pipelines/read-pipeline-schema.js";
import { readRuns } from "./pipelines/read-runs.js";
import { readSnapshot } from "./read-snapshot.js";
import { readStates } from "./pipelines/read-states.js";

/** The DuckDB warehouse. Nothing is opened before the first call. */
export function createWarehouse({ clock }: { readonly clock: Clock }): Warehouse {
  return {
    readSnapshot: (target, signal) => readSnapshot(target, { clock, signal }),
    checkAccess: (target, signal) => checkAccess(target, clock, signal),
    overview: (target, signal) => readOverview(target, { clock, signal }),
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
