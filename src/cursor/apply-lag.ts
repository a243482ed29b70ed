import type { CursorSpan } from "../model/resource.js";
import {
  comparePoints,
  readPoint,
  shiftPoint,
  spellPoint,
  type CursorValue,
  type EpochUnit,
} from "./cursor-point.js";

/** What a lag is applied to. */
export interface LagInput {
  /** The stored last value. */
  readonly lastValue: CursorValue;
  readonly initialValue: CursorValue | undefined;
  readonly lag: CursorSpan;
  readonly lastValueFunc: "max" | "min";
  readonly epoch: EpochUnit | undefined;
}

/**
 * Where to start: `lag` before the last value (behind it for `min`), spelled alike, and never on the other side of the
 * initial value. Undefined if the value is no number or instant, or one that the lag does not fit.
 */
export function applyLag({
  lastValue,
  initialValue,
  lag,
  lastValueFunc,
  epoch,
}: LagInput): CursorValue | undefined {
  const isMax = lastValueFunc === "max";
  const rounding = isMax ? "down" : "up";
  const shifted = shiftPoint(readPoint(lastValue), lag, isMax ? -1 : 1, epoch);
  if (shifted === undefined) return undefined;
  const start = spellPoint(shifted, rounding);
  if (initialValue === undefined) return start;
  const order = comparePoints(readPoint(start), readPoint(initialValue));
  const isBeyond = order !== undefined && (isMax ? order < 0 : order > 0);
  return isBeyond ? initialValue : start;
}
