import type { ExpressionEvaluator } from "../../model/expression.js";
import type { ProcessingStep, SqlExpression } from "../../model/processing-step.js";
import type { UserFunction } from "../../model/user-function.js";
import { ConfigError, type ConfigIssue } from "../../shared/errors.js";
import type { ReadyExpression, ReadyStep } from "./group-steps.js";

/** Parses the expressions of steps; throws a ConfigError of all that are none. The evaluator is opened only for SQL. */
export async function readySteps(
  steps: readonly ProcessingStep<UserFunction>[],
  openEvaluator: () => Promise<ExpressionEvaluator>,
): Promise<ReadyStep[]> {
  const issues: ConfigIssue[] = [];
  const ready = async ({ sql, location }: SqlExpression): Promise<ReadyExpression> => {
    try {
      return { ...(await (await openEvaluator()).parse(sql)), location };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      issues.push(...error.issues.map((issue) => ({ ...issue, location })));
      return { sql, references: [], memberNames: [], location };
    }
  };
  const all: ReadyStep[] = [];
  for (const step of steps) {
    if (step.kind === "filter") all.push({ kind: "filter", expression: await ready(step.expression) });
    else if (step.kind === "map") {
      const columns: { path: string; expression: ReadyExpression }[] = [];
      for (const { path, expression } of step.columns)
        columns.push({ path, expression: await ready(expression) });
      all.push({ kind: "map", columns });
    } else all.push(step);
  }
  if (issues.length > 0) throw new ConfigError(issues);
  return all;
}
