import type { CursorSpan } from "../model/resource.js";
import {
  addMonths,
  floorDivide,
  NANOSECONDS,
  parseTimestamp,
  spellTimestamp,
  type Timestamp,
} from "./timestamp.js";

/** A cursor value as state and configuration have it. */
export type CursorValue = string | number | bigint;

/** A cursor value, read: how it compares (rule I1), and how a value beside it is spelled. */
export type CursorPoint =
  | {
      readonly kind: "number";
      readonly value: number | bigint;
      /** The number of digits, if it is spelled as text. */
      readonly width: number | undefined;
    }
  | ({ readonly kind: "instant" } & Timestamp)
  | { readonly kind: "text"; readonly text: string };

/** What numbers count when they are times: `format: unix` or `unix_ms`. */
export type EpochUnit = "second" | "millisecond";

/** Reads a cursor value: dates and timestamps are instants, digits are numbers, everything else is text (rule I1). */
export function readPoint(value: CursorValue): CursorPoint {
  if (typeof value === "bigint") return { kind: "number", value, width: undefined };
  if (typeof value === "number") {
    return { kind: "number", value: Number.isSafeInteger(value) ? BigInt(value) : value, width: undefined };
  }
  if (DIGITS.test(value))
    return { kind: "number", value: BigInt(value), width: value.replace("-", "").length };
  const timestamp = parseTimestamp(value);
  return timestamp === undefined ? { kind: "text", text: value } : { kind: "instant", ...timestamp };
}

/** Negative if `a` comes first, 0 if they are the same; undefined if they do not compare. */
export function comparePoints(a: CursorPoint, b: CursorPoint): number | undefined {
  if (a.kind === "number" && b.kind === "number") return order(a.value, b.value);
  if (a.kind === "instant" && b.kind === "instant") return order(instantOf(a), instantOf(b));
  // As DuckDB does: by bytes.
  if (a.kind === "text" && b.kind === "text") return Buffer.compare(Buffer.from(a.text), Buffer.from(b.text));
  return undefined;
}

/**
 * The point `times` spans away. Units are a number's own, days of a date, seconds of any other instant; a duration moves
 * numbers only if `epoch` says what they count. Undefined if point and span do not fit.
 */
export function shiftPoint(
  point: CursorPoint,
  span: CursorSpan,
  times: number,
  epoch?: EpochUnit,
): CursorPoint | undefined {
  if (point.kind === "text") return undefined;
  if (point.kind === "number") {
    const value =
      span.kind === "units"
        ? addUnits(point.value, span.units, times)
        : addTime(point.value, span, times, epoch);
    return value === undefined ? undefined : { ...point, value };
  }
  if (span.kind === "calendar") return { ...point, local: addSpan(point.local, span, times) };
  const unit = point.form.isDate ? NANOSECONDS.day : NANOSECONDS.second;
  return { ...point, local: point.local + multiply(unit, span.units) * BigInt(times) };
}

/** `point` in the unit that it can be spelled in: `down` is the last such point before it, `up` the first one after. */
export function roundPoint(point: CursorPoint, rounding: "down" | "up"): CursorPoint {
  if (point.kind !== "instant") return point;
  return { ...point, local: roundTo(point.local, point.form.unit, rounding) };
}

/** The point as a value, spelled as the value was that `readPoint` took. */
export function spellPoint(point: CursorPoint, rounding: "down" | "up"): CursorValue {
  switch (point.kind) {
    case "text":
      return point.text;
    case "instant":
      return spellTimestamp(roundTo(point.local, point.form.unit, rounding), point.form);
    case "number": {
      const { value, width } = point;
      if (width !== undefined) return String(value).replace(/\d+/, (digits) => digits.padStart(width, "0"));
      return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
    }
  }
}

/** An instant of the clock in the terms of `like`; undefined if `like` is no time. */
export function pointAt(epochMs: number, like: CursorPoint, epoch?: EpochUnit): CursorPoint | undefined {
  if (like.kind === "text") return undefined;
  if (like.kind === "instant") {
    return { ...like, local: BigInt(Math.ceil(epochMs)) * NANOSECONDS.millisecond + like.offset };
  }
  if (epoch === undefined) return undefined;
  return { ...like, value: BigInt(Math.ceil(epoch === "second" ? epochMs / 1000 : epochMs)) };
}

/** Nanoseconds since 1970. */
export function instantOf({ local, offset }: Timestamp): bigint {
  return local - offset;
}

/** `value` in whole units, towards the past or the future. */
export function roundTo(value: bigint, unit: bigint, rounding: "down" | "up"): bigint {
  const floor = floorDivide(value, unit) * unit;
  return rounding === "down" || floor === value ? floor : floor + unit;
}

const DIGITS = /^-?\d{1,38}$/;

function order(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function addUnits(value: number | bigint, units: number, times: number): number | bigint {
  if (typeof value === "bigint" && Number.isSafeInteger(units)) return value + BigInt(units) * BigInt(times);
  const sum = Number(value) + units * times;
  return Number.isSafeInteger(sum) ? BigInt(sum) : sum;
}

function addTime(
  value: number | bigint,
  span: Extract<CursorSpan, { kind: "calendar" }>,
  times: number,
  epoch: EpochUnit | undefined,
): number | bigint | undefined {
  if (epoch === undefined) return undefined;
  const unit = NANOSECONDS[epoch];
  const shifted = addSpan(multiply(unit, Number(value)), span, times);
  return typeof value === "bigint" ? floorDivide(shifted, unit) : Number(shifted) / Number(unit);
}

function addSpan(local: bigint, span: Extract<CursorSpan, { kind: "calendar" }>, times: number): bigint {
  return addMonths(local, span.months * times) + multiply(NANOSECONDS.millisecond, span.ms) * BigInt(times);
}

function multiply(unit: bigint, factor: number): bigint {
  if (Number.isSafeInteger(factor)) return unit * BigInt(factor);
  const whole = Math.floor(factor);
  return unit * BigInt(whole) + BigInt(Math.round((factor - whole) * Number(unit)));
}
