import { epochOf, formatPoint, unitOfFormat } from "../../../cursor/cursor-format.js";
import {
  instantOf,
  pointAt,
  readPoint,
  roundPoint,
  roundTo,
  spellPoint,
  type CursorPoint,
  type CursorValue,
} from "../../../cursor/cursor-point.js";
import { cutWindows } from "../../../cursor/cut-windows.js";
import type { IncrementalOptions } from "../../../model/resource.js";
import type { IncrementalBounds } from "../../../model/source.js";

/** The part of an interval that one chain reads. */
export interface IntervalWindow {
  /** In messages: `2024-01-01 to 2024-02-01`; undefined for an interval in one piece. */
  readonly label: string | undefined;
  /** What placeholders stand for; `endValue` is less a granule (rule I6). */
  readonly bounds: IncrementalBounds;
  /** Where the window really ends. */
  readonly end: CursorValue | null;
}

/**
 * The windows of an interval, in order: one without `step`; none if the start is not before the end. Without an end value
 * the last window ends `nowMs`.
 */
export function* listWindows(
  bounds: IncrementalBounds,
  incremental: IncrementalOptions,
  nowMs: number,
): Generator<IntervalWindow> {
  const { step, granularity, format } = incremental;
  const { startValue, endValue } = bounds;
  if (step === undefined || startValue === null) {
    yield { label: undefined, bounds, end: endValue };
    return;
  }
  const epoch = epochOf(format);
  const start = readPoint(startValue);
  const round = (point: CursorPoint, rounding: "down" | "up"): CursorPoint =>
    roundSent(point, format, rounding);
  const now = endValue === null ? pointAt(nowMs, start, epoch) : undefined;
  const end = endValue === null ? now && round(now, "up") : readPoint(endValue);
  if (end === undefined) throw new Error(`the interval of ${incremental.cursorPath} has no end`);
  const windows = cutWindows({
    start,
    end,
    step,
    granularity,
    epoch,
    roundDown: (point) => round(point, "down"),
  });
  for (const window of windows) {
    const from = window.start === start ? startValue : spell(window.start, format, "down");
    const to = window.end === end && endValue !== null ? endValue : spell(window.end, format, "up");
    const asked = window.asked === window.end ? to : spell(window.asked, format, "up");
    yield {
      label: `${incremental.cursorPath} ${show(window.start, format)} to ${show(window.end, format)}`,
      bounds: { ...bounds, startValue: from, lastValue: from, endValue: asked },
      end: to,
    };
  }
}

/** The moment up to which windows without an end value were asked for, to compare rows with; undefined if there are none. */
export function readingEnd(
  bounds: IncrementalBounds | undefined,
  incremental: IncrementalOptions | undefined,
  nowMs: number,
): CursorValue | undefined {
  if (incremental?.step === undefined || typeof bounds !== "object") return undefined;
  if (bounds.startValue === null || bounds.endValue !== null) return undefined;
  const now = pointAt(nowMs, readPoint(bounds.startValue), epochOf(incremental.format));
  return now === undefined ? undefined : (formatPoint(now, "iso", "up") ?? spellPoint(now, "up"));
}

/** A point where what is sent can name it. */
function roundSent(point: CursorPoint, format: string | undefined, rounding: "down" | "up"): CursorPoint {
  if (point.kind !== "instant" || format === undefined) return roundPoint(point, rounding);
  const instant = roundTo(instantOf(point), unitOfFormat(format), rounding);
  return { ...point, local: instant + point.offset };
}

/** An edge as a value of the cursor: with all its digits where a format will cut them. */
function spell(point: CursorPoint, format: string | undefined, rounding: "down" | "up"): CursorValue {
  const exact = format === undefined ? undefined : formatPoint(point, "iso", rounding);
  return exact ?? spellPoint(point, rounding);
}

function show(point: CursorPoint, format: string | undefined): string {
  const formatted = format === undefined ? undefined : formatPoint(point, format, "down");
  return String(formatted ?? spellPoint(point, "down"));
}
