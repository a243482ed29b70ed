import { instantOf, roundTo, type CursorPoint, type CursorValue, type EpochUnit } from "./cursor-point.js";
import { floorDivide, NANOSECONDS, splitFields } from "./timestamp.js";

/** How instants are sent (rule I1): a word, or a strftime pattern; always in UTC. */
export type CursorFormat = string;

/** What numbers count under a format; undefined: they are no times, or none is given. */
export function epochOf(format: CursorFormat | undefined): EpochUnit | undefined {
  if (format === "unix") return "second";
  return format === "unix_ms" ? "millisecond" : undefined;
}

/** What is wrong with a format; undefined if nothing is. */
export function checkFormat(format: CursorFormat): string | undefined {
  if (format === "iso" || format === "date" || epochOf(format) !== undefined) return undefined;
  const codes = [...format.matchAll(CODE)];
  const unknown = codes.find(([, code = ""]) => code !== "%" && !Object.hasOwn(CODES, code));
  if (unknown !== undefined) return `\`${unknown[0]}\` is no code of a time pattern (known: ${known()})`;
  if (codes.some(([, code]) => code !== "%")) return undefined;
  return "neither iso, date, unix, unix_ms nor a time pattern such as %Y-%m-%d";
}

/** The smallest difference in nanoseconds that a format can tell. */
export function unitOfFormat(format: CursorFormat): bigint {
  if (format === "iso") return 1_000n;
  if (format === "date") return NANOSECONDS.day;
  const epoch = epochOf(format);
  if (epoch !== undefined) return NANOSECONDS[epoch];
  const units = [...format.matchAll(CODE)].flatMap(([, code = ""]) => CODES[code]?.unit ?? []);
  return units.reduce((least, unit) => (unit < least ? unit : least), NANOSECONDS.day);
}

/**
 * A point as it is sent. What the format cannot tell is cut off towards the past (`down`) or the future (`up`). Numbers
 * stay what they are under `unix` and `unix_ms`; undefined for values that are no instants.
 */
export function formatPoint(
  point: CursorPoint,
  format: CursorFormat,
  rounding: "down" | "up",
): CursorValue | undefined {
  const epoch = epochOf(format);
  if (point.kind === "number" && epoch !== undefined) {
    const { value } = point;
    return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  if (point.kind !== "instant") return undefined;
  const instant = roundTo(instantOf(point), unitOfFormat(format), rounding);
  if (epoch !== undefined) return Number(floorDivide(instant, NANOSECONDS[epoch]));
  if (format === "date") return render(instant, "%Y-%m-%d");
  if (format === "iso") return render(instant, `%Y-%m-%dT%H:%M:%S${fractionOf(instant)}Z`);
  return render(instant, format);
}

const CODE = /%(:?[A-Za-z%])/g;
const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

type Fields = ReturnType<typeof splitFields>;

interface Code {
  readonly unit?: bigint;
  readonly spell: (fields: Fields, instant: bigint) => string;
}

const { day, hour, minute, second, millisecond } = NANOSECONDS;

const CODES: Readonly<Record<string, Code>> = {
  Y: { spell: (fields) => fields.year.padStart(4, "0") },
  y: { spell: (fields) => fields.year.padStart(2, "0").slice(-2) },
  m: { spell: (fields) => fields.month.padStart(2, "0") },
  d: { spell: (fields) => fields.day.padStart(2, "0") },
  j: { spell: (fields, instant) => String(dayOfYear(fields, instant)).padStart(3, "0") },
  B: { spell: (fields) => MONTHS[Number(fields.month) - 1] ?? "" },
  b: { spell: (fields) => (MONTHS[Number(fields.month) - 1] ?? "").slice(0, 3) },
  A: { spell: (_, instant) => DAYS[weekday(instant)] ?? "" },
  a: { spell: (_, instant) => (DAYS[weekday(instant)] ?? "").slice(0, 3) },
  H: { unit: hour, spell: (fields) => fields.hour.padStart(2, "0") },
  I: { unit: hour, spell: (fields) => String(((Number(fields.hour) + 11) % 12) + 1).padStart(2, "0") },
  p: { unit: hour, spell: (fields) => (Number(fields.hour) < 12 ? "AM" : "PM") },
  M: { unit: minute, spell: (fields) => fields.minute.padStart(2, "0") },
  S: { unit: second, spell: (fields) => fields.second.padStart(2, "0") },
  L: { unit: millisecond, spell: (fields) => fields.fraction.slice(0, 3) },
  f: { unit: 1_000n, spell: (fields) => fields.fraction.slice(0, 6) },
  s: { unit: second, spell: (_, instant) => String(floorDivide(instant, second)) },
  z: { spell: () => "+0000" },
  ":z": { spell: () => "+00:00" },
  Z: { spell: () => "UTC" },
};

function known(): string {
  return Object.keys(CODES)
    .map((code) => `%${code}`)
    .join(" ");
}

function render(instant: bigint, pattern: string): string {
  const fields = splitFields(instant);
  return pattern.replace(CODE, (_, code: string) =>
    code === "%" ? "%" : (CODES[code]?.spell(fields, instant) ?? ""),
  );
}

function fractionOf(instant: bigint): string {
  if (instant % second === 0n) return "";
  return instant % millisecond === 0n ? ".%L" : ".%f";
}

function weekday(instant: bigint): number {
  return new Date(Number(floorDivide(instant, millisecond))).getUTCDay();
}

function dayOfYear({ year }: Fields, instant: bigint): number {
  const newYear = BigInt(new Date(0).setUTCFullYear(Number(year), 0, 1)) * millisecond;
  return Number(floorDivide(instant - newYear, day)) + 1;
}
