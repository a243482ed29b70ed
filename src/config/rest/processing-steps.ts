import { cursorKeys } from "../../cursor/cursor-path.js";
import type { IncrementalOptions } from "../../model/resource.js";
import type { ProcessingStep, SqlExpression } from "../../model/processing-step.js";
import type { FunctionReference } from "../../model/user-function.js";
import type { ConfigPath } from "../config-path.js";
import { functionName, resolveFunction } from "../custom-function.js";
import type { FlatKeys, FlatResource } from "./flat-keys.js";
import type { ProcessingStepInput } from "../schema/schema-processing-steps.js";
import type { SourceContext } from "../source-context.js";

/** A resource's steps; what no step can do is added to the issues. Expressions are checked when the source is opened. */
export function resolveProcessingSteps(
  { values, at }: FlatKeys<FlatResource>,
  incremental: IncrementalOptions | undefined,
  context: SourceContext,
): ProcessingStep<FunctionReference>[] {
  const inputs = values.processing_steps ?? [];
  const path = at("processing_steps");
  const steps = inputs.flatMap((input, index) => resolveStep(input, [...path, index], context));
  // A sync token stands beside the records: no step makes it.
  if (incremental !== undefined && incremental.isToken !== true)
    checkCursor(inputs, path, { context, cursorPath: incremental.cursorPath });
  return steps;
}

function resolveStep(
  input: ProcessingStepInput,
  path: ConfigPath,
  context: SourceContext,
): ProcessingStep<FunctionReference>[] {
  const { filter, map, yield_map: yieldMap, rename, exclude } = input;
  if (filter !== undefined) {
    const at = [...path, "filter"];
    if (typeof filter === "string")
      return [{ kind: "filter", expression: expressionAt(filter, at, context) }];
    return [{ kind: "function", role: "filter", function: functionAt(filter.function, at, context) }];
  }
  if (yieldMap !== undefined) {
    const at = [...path, "yield_map"];
    return [{ kind: "function", role: "yield_map", function: functionAt(yieldMap.function, at, context) }];
  }
  if (map !== undefined) return resolveMap(map, [...path, "map"], context);
  if (rename !== undefined) {
    const at = [...path, "rename"];
    const names = Object.entries(rename).map(([from, to]) => ({
      from,
      to,
      location: context.file.locate([...at, from]),
    }));
    return [{ kind: "rename", names }];
  }
  if (exclude === undefined) return [];
  const paths = typeof exclude === "string" ? [exclude] : exclude;
  return [{ kind: "exclude", paths, location: context.file.locate([...path, "exclude"]) }];
}

function resolveMap(
  map: NonNullable<ProcessingStepInput["map"]>,
  path: ConfigPath,
  context: SourceContext,
): ProcessingStep<FunctionReference>[] {
  const entries = Object.entries(map);
  const [only] = entries;
  if (only?.[0] !== "function" || entries.length > 1) {
    const columns = entries.map(([column, written]) => ({
      path: column,
      expression: expressionAt(String(written), [...path, column], context),
    }));
    return [{ kind: "map", columns }];
  }
  const parsed = functionName.safeParse(only[1]);
  if (parsed.success)
    return [{ kind: "function", role: "map", function: functionAt(parsed.data, path, context) }];
  const [message = "", hint] = parsed.error.issues[0]?.message.split("\n") ?? [];
  context.issues.add([...path, "function"], message, { hint });
  return [];
}

function expressionAt(sql: string, path: ConfigPath, context: SourceContext): SqlExpression {
  return { sql, location: context.file.locate(path) };
}

function functionAt(written: string, path: ConfigPath, context: SourceContext): FunctionReference {
  return resolveFunction(written, [...path, "function"], context);
}

/** A cursor that is made behind a filter would be missing in the records that the filter drops (rule I5). */
function checkCursor(
  inputs: readonly ProcessingStepInput[],
  path: ConfigPath,
  { context, cursorPath }: { context: SourceContext; cursorPath: string },
): void {
  const firstFilter = inputs.findIndex(({ filter }) => filter !== undefined);
  if (firstFilter < 0) return;
  const [member] = cursorKeys(cursorPath);
  for (const [index, { map, rename }] of inputs.entries()) {
    if (index < firstFilter) continue;
    const key = map === undefined ? "rename" : "map";
    const made = map === undefined ? Object.values(rename ?? {}) : Object.keys(map);
    if (!made.some((name) => name.split(".")[0] === member)) continue;
    context.issues.add([...path, index, key], `the cursor \`${cursorPath}\` is made behind a filter`, {
      hint: "put this step before the filter: records that the filter drops move the cursor too, so they need it",
      at: "key",
    });
  }
}
