import { z } from "zod";
import type { CursorSpan } from "../../model/resource.js";
import { parseDurationMs } from "../duration.js";

/** A number, or a duration as rule I6 spells it, with calendar years and months too (`P1M`). */
export const spanSchema = z.union([
  z.number(),
  z
    .string()
    .refine(
      (value) => parseSpan(value) !== undefined,
      "not a duration\nwrite 500ms, 30s, 5m, 2h, 3d, P1M (a month), or a number of the cursor's own units",
    ),
]);

/** Reads a distance between cursor values; undefined if the text is no duration. */
export function parseSpan(value: string | number): CursorSpan | undefined {
  if (typeof value === "number") return { kind: "units", units: value };
  const [, years, months, rest = ""] = /^P(?:(\d+)Y)?(?:(\d+)M)?(.*)$/.exec(value.trim()) ?? [];
  if (years === undefined && months === undefined) {
    const ms = parseDurationMs(value);
    return ms === undefined ? undefined : { kind: "calendar", months: 0, ms };
  }
  const ms = rest === "" ? 0 : parseDurationMs(`P${rest}`);
  return ms === undefined
    ? undefined
    : { kind: "calendar", months: Number(years ?? 0) * 12 + Number(months ?? 0), ms };
}

/** True for a distance of more than nothing. */
export function isPositive(span: CursorSpan): boolean {
  return span.kind === "units" ? span.units > 0 : span.months > 0 || span.ms > 0;
}
