import type { ProcessingStep } from "../../model/processing-step.js";
import type { UserFunction } from "../../model/user-function.js";
import { ConfigError, type ConfigIssue } from "../../shared/errors.js";
import { readySteps } from "./ready-steps.js";
import { shareEvaluator } from "./shared-evaluator.js";

/** Throws a ConfigError of all expressions, in the steps of each resource, that DuckDB cannot parse or that are refused. */
export async function checkSteps(
  resources: readonly (readonly ProcessingStep<UserFunction>[])[],
): Promise<void> {
  await using evaluator = shareEvaluator(async () => {
    // Loading DuckDB costs time that sources without expressions need not spend.
    const { openEvaluator } = await import("../../warehouse/expressions/evaluate-expressions.js");
    return openEvaluator(undefined, new AbortController().signal);
  });
  const issues: ConfigIssue[] = [];
  for (const steps of resources) {
    try {
      await readySteps(steps, () => evaluator.open());
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      issues.push(...error.issues);
    }
  }
  if (issues.length > 0) throw new ConfigError(issues);
}
