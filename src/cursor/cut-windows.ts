import type { CursorSpan } from "../model/resource.js";
import { comparePoints, shiftPoint, type CursorPoint, type EpochUnit } from "./cursor-point.js";

/** One window of an interval, half-open: the next one begins where it ends (rule I6). */
export interface CursorWindow {
  readonly start: CursorPoint;
  readonly end: CursorPoint;
  /** What the request names as its end: the end itself, or a granule before it, but never before the start. */
  readonly asked: CursorPoint;
}

/** What to cut, and how. `start`, `step` and `granularity` must fit (see `shiftPoint`). */
export interface WindowInput {
  readonly start: CursorPoint;
  readonly end: CursorPoint;
  readonly step: CursorSpan;
  readonly granularity: CursorSpan | undefined;
  readonly epoch: EpochUnit | undefined;
  /** The last value that can be sent up to `point`. */
  readonly roundDown: (point: CursorPoint) => CursorPoint;
}

/**
 * Cuts `[start, end)` into windows of one step each, the last one shorter; calendar months are counted from the start, so
 * that the 31st stays the end of a month. Nothing if the interval is empty. Edges lie where they can be sent.
 */
export function* cutWindows(input: WindowInput): Generator<CursorWindow> {
  const { end, step, epoch, roundDown } = input;
  let { start } = input;
  for (let count = 1; isBefore(start, end); count += 1) {
    const shifted = shiftPoint(input.start, step, count, epoch);
    const edge = shifted === undefined || !isBefore(shifted, end) ? end : roundDown(shifted);
    if (!isBefore(start, edge)) continue;
    yield { start, end: edge, asked: askedEnd(start, edge, input) };
    start = edge;
  }
}

function askedEnd(start: CursorPoint, end: CursorPoint, { granularity, epoch }: WindowInput): CursorPoint {
  if (granularity === undefined) return end;
  const asked = shiftPoint(end, granularity, -1, epoch) ?? end;
  return isBefore(asked, start) ? start : asked;
}

function isBefore(a: CursorPoint, b: CursorPoint): boolean {
  return (comparePoints(a, b) ?? 0) < 0;
}
