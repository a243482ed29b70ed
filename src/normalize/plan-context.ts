import type { FieldNode } from "../model/field.js";
import type { Discard, LostRows, WideningQuestion } from "../model/load-plan.js";
import type { ResourceOptions } from "../model/resource.js";
import type { DatasetSchema } from "../model/schema.js";
import type { ResourceHints } from "./resource-hints.js";
import type { TableDraft } from "./table-draft.js";

/** Everything that a load's plan is made from. */
export interface LoadPlanInput {
  readonly options: ResourceOptions;
  /** What the records of the load look like. */
  readonly fields: FieldNode;
  /** The dataset as the warehouse has it. */
  readonly before: DatasetSchema;
  /** Names of root tables, which no list's table may take; default: only those of `before`. */
  readonly roots?: ReadonlySet<string>;
}

/** What the parts of the planner share while one plan is made. */
export interface PlanContext extends LoadPlanInput {
  readonly hints: ResourceHints;
  readonly maxNesting: number;
  /** Tables in the order they were found: each parent before its children. */
  readonly drafts: TableDraft[];
  readonly widensSafely: (question: WideningQuestion) => boolean;
  /** Filled with what the schema contract keeps out. */
  readonly discards: Discard[];
  /** Of every list that has a table. */
  readonly lost: LostRows[];
  /** Whether a place holds values, for those that were asked about. */
  readonly withValues: Map<FieldNode, boolean>;
}
