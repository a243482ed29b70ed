import { epochOf, formatPoint } from "../../cursor/cursor-format.js";
import { comparePoints, readPoint, shiftPoint, type CursorPoint } from "../../cursor/cursor-point.js";
import type { CursorSpan, IncrementalOptions } from "../../model/resource.js";
import type { ConfigPath } from "../config-path.js";
import { isPositive } from "./cursor-span.js";
import type { IssueList } from "../issue-list.js";

/** Adds an issue for each of `format`, `lag`, `step` and `granularity` that the others, or the values, do not fit (rule I6). */
export function checkRange(options: IncrementalOptions, path: ConfigPath, issues: IssueList): void {
  const add = (key: string, message: string, hint?: string): void => {
    issues.add([...path, key], message, { hint, at: "key" });
  };
  checkFormatted(options, add);
  for (const key of ["lag", "step", "granularity"] as const) {
    const span = options[key];
    if (span === undefined) continue;
    if (!isPositive(span) && (key !== "lag" || isNegative(span)))
      add(key, `\`${key}\` must be more than nothing`);
    else checkFit(options, { key, span }, add);
  }
  if (options.granularity !== undefined && options.step === undefined) {
    add(
      "granularity",
      "`granularity` needs `step`",
      "it says how much less than a window's end is sent as its end",
    );
  }
  if (options.step !== undefined) checkWindows(options, options.step, add);
}

type AddIssue = (key: string, message: string, hint?: string) => void;

function isNegative(span: CursorSpan): boolean {
  return span.kind === "units" && span.units < 0;
}

function pointsOf({ initialValue, endValue }: IncrementalOptions): (readonly [string, CursorPoint])[] {
  return Object.entries({ initial_value: initialValue, end_value: endValue }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, readPoint(value)] as const],
  );
}

function checkFormatted(options: IncrementalOptions, add: AddIssue): void {
  const { format } = options;
  if (format === undefined) return;
  for (const [key, point] of pointsOf(options)) {
    if (formatPoint(point, format, "down") !== undefined) continue;
    add(
      "format",
      `\`format: ${format}\` needs timestamps, but \`${key}\` is none`,
      "name a function by `convert` instead",
    );
  }
}

function checkFit(
  options: IncrementalOptions,
  { key, span }: { key: string; span: CursorSpan },
  add: AddIssue,
): void {
  for (const [name, point] of pointsOf(options)) {
    if (shiftPoint(point, span, 1, epochOf(options.format)) !== undefined) continue;
    const isText = point.kind === "text";
    add(
      key,
      isText
        ? `\`${key}\` needs a cursor of numbers or timestamps, but \`${name}\` is text`
        : `\`${key}\` is a duration, but \`${name}\` is a number`,
      isText ? undefined : "write a number, or say by `format: unix` or `unix_ms` what the numbers count",
    );
    return;
  }
}

function checkWindows(options: IncrementalOptions, step: CursorSpan, add: AddIssue): void {
  const { initialValue, endValue, granularity, lastValueFunc, format } = options;
  if (lastValueFunc === "min")
    add("step", "`step` reads forwards: it does not go with `last_value_func: min`");
  if (initialValue === undefined) {
    add("step", "`step` needs `initial_value`", "it says where the first window begins");
    return;
  }
  const start = readPoint(initialValue);
  if (start.kind === "number" && epochOf(format) === undefined && endValue === undefined) {
    add(
      "step",
      "`step` over numbers needs `end_value`",
      "numbers have no present; for epoch numbers say format: unix or unix_ms",
    );
  }
  if (granularity === undefined) return;
  const epoch = epochOf(format);
  const [end, granule] = [shiftPoint(start, step, 1, epoch), shiftPoint(start, granularity, 1, epoch)];
  if (end === undefined || granule === undefined) return;
  if ((comparePoints(granule, end) ?? 0) > 0) add("granularity", "`granularity` is more than `step`");
}
