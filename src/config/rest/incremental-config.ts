import type { IncrementalOptions } from "../../model/resource.js";
import { parseCursorPath } from "../../cursor/cursor-path.js";
import { comparePoints, readPoint } from "../../cursor/cursor-point.js";
import { parseSpan } from "./cursor-span.js";
import { resolveFunction } from "../custom-function.js";
import { given } from "../../shared/given.js";
import type { IncrementalPlace } from "./incremental-place.js";
import { checkRange } from "./incremental-range.js";
import { resolveToken } from "./incremental-token.js";
import type { IncrementalInput } from "../schema/schema-incremental.js";

/** An incremental's options with defaults; everything that is wrong with them is an issue. */
export function resolveIncremental(written: IncrementalInput, place: IncrementalPlace): IncrementalOptions {
  const { path, context, startParam } = place;
  const input = withScheduledInterval(written, place);
  if (input.token_path !== undefined && input.token_path !== null) return resolveToken(input, place);
  const cursorPath = resolveCursorPath(input, place);
  if (startParam !== undefined) checkInsideParameter(written, place);
  const options: IncrementalOptions = {
    cursorPath,
    lastValueFunc: input.last_value_func ?? "max",
    rangeStart: input.range_start ?? "closed",
    rangeEnd: input.range_end ?? "open",
    onCursorValueMissing: input.on_cursor_value_missing ?? "raise",
    ...given({
      initialValue: input.initial_value,
      endValue: input.end_value,
      startParam: startParam ?? input.start_param,
      endParam: input.end_param,
      format: input.format,
      convert: resolveConvert(input, place),
      lag: spanOf(input.lag),
      writtenLag: input.lag,
      step: spanOf(input.step),
      granularity: spanOf(input.granularity),
      rowOrder: input.row_order,
      primaryKey: typeof input.primary_key === "string" ? [input.primary_key] : input.primary_key,
    }),
  };
  checkEnd(options, place);
  checkRange(options, path, context.issues);
  return options;
}

function resolveCursorPath(input: IncrementalInput, { path, context }: IncrementalPlace): string {
  const text = input.cursor_path;
  if (text === undefined || text === null) {
    context.issues.add(path, "missing `cursor_path`", {
      hint: "name the field of a record, or `token_path`",
      at: "key",
    });
    return "";
  }
  const parsed = parseCursorPath(text);
  if ("problem" in parsed) {
    const hint = 'name one field of a record, such as updated_at, meta.updated_at or ["a.b"]';
    context.issues.add([...path, "cursor_path"], parsed.problem, { hint });
  }
  return text;
}

function checkInsideParameter(input: IncrementalInput, { path, context }: IncrementalPlace): void {
  for (const key of ["end_value", "end_param", "start_param"] as const) {
    if (input[key] === undefined || input[key] === null) continue;
    context.issues.add([...path, key], `\`${key}\` cannot stand in a parameter`, {
      hint: "write `incremental` in the endpoint instead",
      at: "key",
    });
  }
}

/** `transform` is dlt's old name of `convert`. */
function resolveConvert(
  input: IncrementalInput,
  { path, context }: IncrementalPlace,
): IncrementalOptions["convert"] {
  const key = input.convert === undefined || input.convert === null ? "transform" : "convert";
  const written = input[key];
  if (written === undefined || written === null) return undefined;
  if (key === "convert" && input.transform !== undefined && input.transform !== null) {
    context.issues.add(
      [...path, "transform"],
      "`transform` is the old name of `convert`: write one of them",
      { at: "key" },
    );
  }
  if (input.format !== undefined && input.format !== null) {
    context.issues.add(
      [...path, key],
      `\`${key}\` and \`format\` both say how values are sent: write one of them`,
      {
        at: "key",
      },
    );
  }
  return resolveFunction(written, [...path, key], context);
}

function spanOf(written: string | number | null | undefined): IncrementalOptions["lag"] {
  return written === undefined || written === null ? undefined : parseSpan(written);
}

function checkEnd(
  { initialValue, endValue, lastValueFunc }: IncrementalOptions,
  place: IncrementalPlace,
): void {
  if (endValue === undefined) return;
  const { issues } = place.context;
  const path = [...place.path, "end_value"];
  if (initialValue === undefined) {
    issues.add(path, "`end_value` needs `initial_value`", { at: "key" });
    return;
  }
  const order = comparePoints(readPoint(endValue), readPoint(initialValue));
  if (order === undefined) {
    issues.add(
      path,
      "`end_value` and `initial_value` do not compare: one is a number, a timestamp or text, the other is not",
    );
  } else if (lastValueFunc === "max" ? order < 0 : order > 0) {
    issues.add(
      path,
      `\`end_value\` ${String(endValue)} lies before \`initial_value\` ${String(initialValue)}`,
      {
        hint:
          lastValueFunc === "max"
            ? "with last_value_func: min the interval is read backwards"
            : "with last_value_func: min the end is the lower one",
      },
    );
  }
}

/** `allow_external_schedulers`: the interval comes from the scheduler that starts dango, if it gives one. */
function withScheduledInterval(
  input: IncrementalInput,
  { path, context }: IncrementalPlace,
): IncrementalInput {
  if (input.allow_external_schedulers !== true) return input;
  const { DLT_INTERVAL_START: start = "", DLT_INTERVAL_END: end = "" } = context.settings.env;
  if (start === "" && end === "") return input;
  if (start === "" || end === "") {
    const [there, missing] = start === "" ? ["END", "START"] : ["START", "END"];
    context.issues.add(
      [...path, "allow_external_schedulers"],
      `DLT_INTERVAL_${there} is set, but DLT_INTERVAL_${missing} is not`,
      { hint: "a scheduled interval needs both", at: "key" },
    );
    return input;
  }
  const ends = Object.entries({ START: start, END: end });
  const wrong = ends.filter(([, value]) => readPoint(value).kind !== "instant");
  for (const [name, value] of wrong) {
    context.issues.add(
      [...path, "allow_external_schedulers"],
      `DLT_INTERVAL_${name} is no timestamp: "${value}"`,
      { hint: "write it in ISO 8601, such as 2024-01-01T00:00:00Z", at: "key" },
    );
  }
  if (wrong.length > 0) return input;
  return { ...input, initial_value: start, end_value: end };
}
