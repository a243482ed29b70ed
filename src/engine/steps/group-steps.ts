import type { ParsedExpression } from "../../model/expression.js";
import type { ProcessingStep } from "../../model/processing-step.js";
import type { SourceLocation } from "../../shared/errors.js";
import type { UserFunction } from "../../model/user-function.js";

/** A step whose expressions are parsed. */
export type ReadyStep =
  | Exclude<ProcessingStep<UserFunction>, { kind: "filter" | "map" }>
  | { readonly kind: "filter"; readonly expression: ReadyExpression }
  | {
      readonly kind: "map";
      readonly columns: readonly { readonly path: string; readonly expression: ReadyExpression }[];
    };

/** A parsed expression, and where it stands. */
export interface ReadyExpression extends ParsedExpression {
  readonly location: SourceLocation;
}

/** Steps that one reading of the records carries out: a function alone, others together. */
export type StepGroup =
  | { readonly kind: "function"; readonly step: Extract<ReadyStep, { kind: "function" }> }
  | { readonly kind: "records"; readonly steps: readonly RecordStep[] };

/** A step that is carried out on the bytes, with what DuckDB made of the expressions. */
export type RecordStep = Exclude<ReadyStep, { kind: "function" }>;

/**
 * Groups steps: an expression that names a member which an earlier step of its group has set, renamed or taken away
 * begins another group, and so does a filter behind a step that made the cursor, whose root key is `cursorRoot`.
 */
export function groupSteps(steps: readonly ReadyStep[], cursorRoot: string | undefined): StepGroup[] {
  const groups: StepGroup[] = [];
  let together: RecordStep[] = [];
  let touched = new Set<string>();
  const close = (): void => {
    if (together.length > 0) groups.push({ kind: "records", steps: together });
    together = [];
    touched = new Set();
  };
  for (const step of steps) {
    if (step.kind === "function") {
      close();
      groups.push({ kind: "function", step });
      continue;
    }
    const needed = namesOf(step);
    if (step.kind === "filter" && cursorRoot !== undefined) needed.push(cursorRoot);
    if (needed.some((name) => touched.has(name.toLowerCase()))) close();
    together.push(step);
    for (const path of changedBy(step)) touched.add(rootOf(path).toLowerCase());
  }
  close();
  return groups;
}

function rootOf(path: string): string {
  return path.split(".", 1)[0] ?? path;
}

function namesOf(step: RecordStep): string[] {
  const expressions =
    step.kind === "filter"
      ? [step.expression]
      : step.kind === "map"
        ? step.columns.map(({ expression }) => expression)
        : [];
  return expressions.flatMap(({ references }) => references.map(({ names }) => rootOf(names[0] ?? "")));
}

function changedBy(step: RecordStep): readonly string[] {
  if (step.kind === "map") return step.columns.map(({ path }) => path);
  if (step.kind === "rename") return step.names.flatMap(({ from, to }) => [from, to]);
  return step.kind === "exclude" ? step.paths : [];
}
