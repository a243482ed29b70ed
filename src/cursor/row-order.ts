import type { IncrementalOptions } from "../model/resource.js";
import { DataError } from "../shared/errors.js";
import { cursorKeys } from "./cursor-path.js";
import { comparePoints, readPoint, spellPoint, type CursorPoint, type CursorValue } from "./cursor-point.js";

/** Watches the cursors of one chain whose rows come in the order that `row_order` promises. */
export interface RowOrderWatch {
  /** The keys on the way to a record's cursor. */
  readonly keys: readonly string[];
  /**
   * Takes the next records' cursors, in order; true once no record in range can follow. Values that are none, or do not
   * compare, are left to the load. Throws a DataError when the promise is broken. `place` names a record by its number from 0.
   */
  isOver(values: Iterable<unknown>, place: (index: number) => string): boolean;
}

/** The range of one chain; values that are missing do not end it. */
export interface WatchedRange {
  readonly start: CursorValue | null;
  readonly end: CursorValue | null;
  readonly rangeEnd: "open" | "closed";
}

/** A watch on one chain; undefined without `row_order`. `name` stands in messages. */
export function watchRowOrder(
  name: string,
  incremental: IncrementalOptions | undefined,
  range: WatchedRange,
): RowOrderWatch | undefined {
  const { rowOrder, cursorPath = "", lastValueFunc = "max" } = incremental ?? {};
  if (rowOrder === undefined) return undefined;
  const isRising = rowOrder === "asc";
  // Under `max` rising rows end at the end, falling ones at the start; `min` reads the other way round.
  const isTowardsEnd = isRising === (lastValueFunc === "max");
  const bound = isTowardsEnd ? range.end : range.start;
  const last = bound === null ? undefined : readPoint(bound);
  const isOutAtBound = isTowardsEnd && range.rangeEnd === "open";
  let previous: { readonly point: CursorPoint; readonly place: string } | undefined;
  return {
    keys: cursorKeys(cursorPath),
    isOver(values, place) {
      let isOver = false;
      let index = 0;
      for (const value of values) {
        const at = index++;
        if (!isCursorValue(value)) continue;
        const point = readPoint(value);
        const step = previous === undefined ? undefined : comparePoints(point, previous.point);
        if (previous !== undefined && step !== undefined && (isRising ? step < 0 : step > 0)) {
          throw brokenPromise({ name, cursorPath, rowOrder }, previous, { point, place: place(at) });
        }
        previous = { point, place: place(at) };
        const beyond = last === undefined ? undefined : comparePoints(point, last);
        if (beyond === undefined) continue;
        isOver ||= beyond === 0 ? isOutAtBound : isRising === beyond > 0;
      }
      return isOver;
    },
  };
}

function isCursorValue(value: unknown): value is CursorValue {
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint";
}

interface PlacedPoint {
  readonly point: CursorPoint;
  readonly place: string;
}

function brokenPromise(
  { name, cursorPath, rowOrder }: { name: string; cursorPath: string; rowOrder: string },
  before: PlacedPoint,
  after: PlacedPoint,
): DataError {
  const show = ({ point }: PlacedPoint): string => String(spellPoint(point, "down"));
  return new DataError(
    `${name}: the rows do not come in the order that row_order: ${rowOrder} promises: ${cursorPath} is ` +
      `${show(before)} in ${before.place} and ${show(after)} in ${after.place}`,
    { hint: "remove row_order, or ask the API for that order by a parameter" },
  );
}
