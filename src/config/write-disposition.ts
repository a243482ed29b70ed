import type { WriteDisposition } from "../model/resource.js";

/** What decides how a resource is loaded. */
export interface DispositionFacts {
  readonly configured: "append" | "replace" | "merge" | "skip" | undefined;
  readonly hasPrimaryKey: boolean;
  readonly hasMergeKey: boolean;
  readonly isIncremental: boolean;
}

/** The write disposition, with the contract's default: a key means merge, else a cursor append, else replace (M5). */
export function decideWriteDisposition(facts: DispositionFacts): WriteDisposition {
  const byKeys =
    facts.hasPrimaryKey || facts.hasMergeKey ? "merge" : facts.isIncremental ? "append" : "replace";
  const kind = facts.configured ?? byKeys;
  return kind === "merge" ? { kind, strategy: "delete-insert" } : { kind };
}
