import { applyLag } from "../cursor/apply-lag.js";
import { epochOf } from "../cursor/cursor-format.js";
import type { ResourceOptions } from "../model/resource.js";
import type { IncrementalBounds } from "../model/source.js";
import type { CursorState, ResourceState } from "../model/state.js";
import { DataError } from "../shared/errors.js";

/** The stored cursor that a resource goes on from; undefined: none, or it does not count (`end_value`, replace). */
export function storedCursor(
  { incremental, writeDisposition }: ResourceOptions,
  state: ResourceState | undefined,
): CursorState | undefined {
  if (incremental === undefined || incremental.endValue !== undefined) return undefined;
  if (writeDisposition.kind === "replace") return undefined;
  return state?.incremental[incremental.cursorPath];
}

/**
 * The interval of a run, by dlt's rule: a stored last value, less `lag`, wins over `initial_value`. Throws a DataError where
 * the lag does not fit the stored value.
 */
export function boundsOf(
  options: ResourceOptions,
  state: ResourceState | undefined,
): IncrementalBounds | undefined {
  const { incremental } = options;
  if (incremental === undefined) return undefined;
  const initialValue = incremental.initialValue ?? null;
  const lastValue = storedCursor(options, state)?.lastValue ?? null;
  const startValue = lastValue === null ? initialValue : lagged(options, lastValue);
  return { initialValue, lastValue: startValue, startValue, endValue: incremental.endValue ?? null };
}

function lagged(
  { name, incremental }: ResourceOptions,
  lastValue: NonNullable<CursorState["lastValue"]>,
): NonNullable<CursorState["lastValue"]> {
  if (incremental?.lag === undefined) return lastValue;
  const { initialValue, lag, lastValueFunc, format } = incremental;
  const start = applyLag({ lastValue, initialValue, lag, lastValueFunc, epoch: epochOf(format) });
  if (start !== undefined) return start;
  const isNumber = typeof lastValue !== "string" || /^-?\d+$/.test(lastValue);
  throw new DataError(
    `${name}: lag ${String(incremental.writtenLag)} cannot be taken from the stored value ${JSON.stringify(String(lastValue))} of ${incremental.cursorPath}`,
    {
      hint: isNumber
        ? "a number takes a lag in its own units; for epoch numbers say by format: unix or unix_ms what they count"
        : "a lag needs a cursor of numbers or timestamps",
    },
  );
}
