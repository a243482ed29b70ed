import type { ExpressionEvaluator } from "../../model/expression.js";

/** One evaluator for all that need one, opened when the first does. */
export interface SharedEvaluator extends AsyncDisposable {
  open(): Promise<ExpressionEvaluator>;
}

/** Shares what `open` opens. */
export function shareEvaluator(open: () => Promise<ExpressionEvaluator>): SharedEvaluator {
  let opened: Promise<ExpressionEvaluator> | undefined;
  return {
    open: () => (opened ??= open()),
    async [Symbol.asyncDispose]() {
      const evaluator = await opened?.catch(() => undefined);
      await evaluator?.[Symbol.asyncDispose]();
    },
  };
}
