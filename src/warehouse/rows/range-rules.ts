import type { LeftOut } from "../../model/report.js";
import type { IncrementalOptions } from "../../model/resource.js";
import type { ResourceLoad } from "../../model/warehouse.js";
import type { CursorOrder } from "./cursor-class.js";

/** One end of a cursor's interval: the condition of the rows within, and what those without are told to be. */
export interface RangeRule {
  readonly reason: LeftOut["reason"];
  /** Over the staged row `s`. */
  readonly condition: string;
  readonly range: string;
}

/**
 * The ends of the interval that the rows of a load must lie in, start first. `start` is SQL, which may be null in a row;
 * `told` is what it is in words.
 */
export function rangeRules(
  { readUntil }: ResourceLoad,
  incremental: IncrementalOptions,
  facts: { order: CursorOrder; key: string; start: string | undefined; told: string },
): RangeRule[] {
  const { order, key, start, told } = facts;
  const [after, before] = incremental.lastValueFunc === "max" ? [">", "<"] : ["<", ">"];
  const [later, earlier] = incremental.lastValueFunc === "max" ? ["after", "before"] : ["below", "above"];
  const { endValue } = incremental;
  const rules: RangeRule[] = [];
  if (start !== undefined) {
    const isOpen = incremental.rangeStart === "open";
    rules.push({
      reason: "before_start",
      condition: `coalesce(${key} ${after}${isOpen ? "" : "="} ${start}, true)`,
      range: `${isOpen ? `not ${later}` : earlier} ${told}`,
    });
  }
  if (endValue !== undefined) {
    const isClosed = incremental.rangeEnd === "closed";
    rules.push({
      reason: "beyond_end",
      condition: `${key} ${before}${isClosed ? "=" : ""} ${order.keyOfBound(endValue)}`,
      range: `${isClosed ? later : `not ${earlier}`} ${String(endValue)}`,
    });
  }
  if (readUntil !== undefined) {
    rules.push({
      reason: "after_sync_began",
      condition: `${key} < ${order.keyOfBound(readUntil)}`,
      range: `not before ${String(readUntil)}`,
    });
  }
  return rules;
}
