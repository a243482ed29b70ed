import type { RecordLimits } from "../model/record-limits.js";

/** What a `FieldLearner` refuses (rule B2), and what it is to know about names. */
export interface LearnerOptions extends Pick<RecordLimits, "maxColumns" | "maxDepth"> {
  /** The name that a key's column will have; with it, members that fall on one name know whether they ever met (rule N1). */
  readonly nameOf?: ((key: string) => string) | undefined;
}

/** A moment to which `FieldLearner.rollback` can return. */
export interface LearnerMark {
  readonly changes: number;
  readonly rows: number;
}
