import { applyLag } from "../cursor/apply-lag.js";
import type { CursorValue } from "../cursor/cursor-point.js";
import { epochOf } from "../cursor/cursor-format.js";
import type { ResourceOptions } from "../model/resource.js";
import type { IncrementalBounds } from "../model/source.js";
import type { CursorState, ResourceState } from "../model/state.js";
import { DataError, UsageError } from "../shared/errors.js";
import type { Redactor } from "../shared/redact.js";

/** The stored cursor that a resource goes on from; undefined: none, or it does not count (`end_value`, replace). */
export function storedCursor(
  options: ResourceOptions,
  state: ResourceState | undefined,
): CursorState | undefined {
  const { incremental } = options;
  if (incremental === undefined || incremental.isPerParent === true || !isStored(options)) return undefined;
  return state?.incremental[incremental.cursorPath];
}

/** The last value stored for one value of the parent; undefined: none, or it does not count. */
export function storedParentCursor(
  options: ResourceOptions,
  state: ResourceState | undefined,
  parentKey: string,
): CursorValue | undefined {
  if (!isStored(options)) return undefined;
  return state?.parents?.[options.incremental?.cursorPath ?? ""]?.get(parentKey);
}

/**
 * The interval of a run, by dlt's rule: a stored last value, less `lag`, wins over `initial_value`. Throws a DataError where
 * the lag does not fit the stored value. With `parentKey` that of one value of the parent.
 */
export function boundsOf(
  options: ResourceOptions,
  state: ResourceState | undefined,
  parentKey?: string,
): IncrementalBounds | undefined {
  const { incremental } = options;
  if (incremental === undefined) return undefined;
  const initialValue = incremental.initialValue ?? null;
  const lastValue =
    parentKey === undefined
      ? (storedCursor(options, state)?.lastValue ?? null)
      : (storedParentCursor(options, state, parentKey) ?? null);
  const startValue = lastValue === null ? initialValue : lagged(options, lastValue);
  return { initialValue, lastValue: startValue, startValue, endValue: incremental.endValue ?? null };
}

/**
 * Throws a UsageError where a child's cursor was kept for each value of its parent and now is one for all, or the other way
 * round, and what would then come again would be added again.
 */
export function checkCursorKept(options: ResourceOptions, state: ResourceState | undefined): void {
  const { name, incremental, writeDisposition } = options;
  if (incremental === undefined || writeDisposition.kind !== "append" || !isStored(options)) return;
  const isShared = state?.incremental[incremental.cursorPath] !== undefined;
  const isPerParent = state?.parents?.[incremental.cursorPath] !== undefined;
  const isOther = incremental.isPerParent === true ? isShared && !isPerParent : isPerParent && !isShared;
  if (!isOther) return;
  const [was, is] = ["one cursor for all values of its parent", "a cursor for each value of its parent"];
  throw new UsageError(
    incremental.isPerParent === true
      ? `${name} kept ${was} so far, and is to keep ${is}: from initial_value on, its rows would be added again`
      : `${name} kept ${is} so far, and is to keep ${was}: from initial_value on, its rows would be added again`,
    { hint: `run \`dango sync --resource ${name} --full-refresh\`, which fills the table anew` },
  );
}

/** Throws a DataError where `initial_value` is a secret and would be stored with the cursor (rule S2). */
export function refuseSecretStart({ name, incremental }: ResourceOptions, redactor: Redactor): void {
  if (incremental?.initialValue === undefined) return;
  if (incremental.isPerParent === true || incremental.endValue !== undefined) return;
  const text = String(incremental.initialValue);
  if (redactor.redact(text) === text) return;
  throw new DataError(
    `${name}: the initial_value of the cursor ${incremental.cursorPath} is a secret, which would be stored`,
    { hint: "take it from the environment or .dlt/config.toml, if it is none" },
  );
}

function isStored({ incremental, writeDisposition }: ResourceOptions): boolean {
  return incremental?.endValue === undefined && writeDisposition.kind !== "replace";
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
