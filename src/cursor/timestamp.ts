import { isRealDay, respell, TIMESTAMP_FORMS } from "../json/timestamp-spelling.js";

/** An instant with the way it was spelled, so that another one can be spelled alike. Times are in nanoseconds. */
export interface Timestamp {
  /** Of the clock in its own zone, since 1970. */
  readonly local: bigint;
  /** What the zone is ahead of UTC. */
  readonly offset: bigint;
  readonly form: TimestampForm;
}

/** How a timestamp is spelled. */
export interface TimestampForm {
  readonly parts: readonly (string | { readonly field: TimestampField; readonly width: number })[];
  /** The smallest difference that the spelling can tell. */
  readonly unit: bigint;
  /** True for a date without a time. */
  readonly isDate: boolean;
}

type TimestampField = (typeof FIELDS)[number];

export const NANOSECONDS = {
  millisecond: 1_000_000n,
  second: 1_000_000_000n,
  minute: 60_000_000_000n,
  hour: 3_600_000_000_000n,
  day: 86_400_000_000_000n,
} as const;

/** Reads a date or timestamp in one of the spellings that compare as instants (rule I1); undefined for other text. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = matchForm(text);
  if (match?.groups === undefined) return undefined;
  const { groups } = match;
  const number = (field: TimestampField): number => Number(groups[field] ?? 0);
  const ms = utcMs([number("year"), number("month"), number("day")]);
  const seconds = number("hour") * 3600 + number("minute") * 60 + number("second");
  const fraction = BigInt((groups["fraction"] ?? "").slice(0, 9).padEnd(9, "0"));
  return {
    local: BigInt(ms) * NANOSECONDS.millisecond + BigInt(seconds) * NANOSECONDS.second + fraction,
    offset: readOffset(groups["zone"]),
    form: formOf(text, match),
  };
}

/** Another instant of the same zone, spelled like `form`; digits that the spelling has no place for are left out. */
export function spellTimestamp(local: bigint, form: TimestampForm): string {
  const earliest = BigInt(utcMs([1, 1, 1])) * NANOSECONDS.millisecond;
  const fields = splitFields(local < earliest ? earliest : local);
  return form.parts
    .map((part) => {
      if (typeof part === "string") return part;
      const { field, width } = part;
      return field === "fraction"
        ? fields.fraction.padEnd(width, "0").slice(0, width)
        : fields[field].padStart(width, "0");
    })
    .join("");
}

/** Calendar fields of an instant, in digits without padding; `fraction` has nine. */
export function splitFields(local: bigint): Readonly<Record<TimestampField, string>> {
  const ms = floorDivide(local, NANOSECONDS.millisecond);
  const date = new Date(Number(ms));
  return {
    year: String(date.getUTCFullYear()),
    month: String(date.getUTCMonth() + 1),
    day: String(date.getUTCDate()),
    hour: String(date.getUTCHours()),
    minute: String(date.getUTCMinutes()),
    second: String(date.getUTCSeconds()),
    fraction: String(local - floorDivide(local, NANOSECONDS.second) * NANOSECONDS.second).padStart(9, "0"),
  };
}

/** The same time of the day so many months later; the 31st becomes the last day of a shorter month. */
export function addMonths(local: bigint, months: number): bigint {
  if (months === 0) return local;
  const dayStart = floorDivide(local, NANOSECONDS.day) * NANOSECONDS.day;
  const date = new Date(Number(dayStart / NANOSECONDS.millisecond));
  const month = date.getUTCMonth() + months;
  const lastDay = new Date(utcMs([date.getUTCFullYear(), month + 2, 0])).getUTCDate();
  const ms = utcMs([date.getUTCFullYear(), month + 1, Math.min(date.getUTCDate(), lastDay)]);
  return BigInt(ms) * NANOSECONDS.millisecond + (local - dayStart);
}

/** Integer division towards minus infinity; `divisor` is positive. */
export function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value % divisor < 0n ? quotient - 1n : quotient;
}

const FIELDS = ["year", "month", "day", "hour", "minute", "second", "fraction"] as const;
const DATE_FORM = /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)$/d;
const FORMS = TIMESTAMP_FORMS.map((form) => new RegExp(form.source, "d"));

function matchForm(text: string): RegExpExecArray | undefined {
  const date = DATE_FORM.exec(text);
  if (date !== null) {
    const { year, month, day } = date.groups ?? {};
    return isRealDay(Number(year), Number(month), Number(day)) ? date : undefined;
  }
  if (respell(text) === undefined) return undefined;
  for (const form of FORMS) {
    const match = form.exec(text);
    if (match !== null) return match;
  }
  return undefined;
}

function formOf(text: string, match: RegExpExecArray): TimestampForm {
  const parts: TimestampForm["parts"][number][] = [];
  let at = 0;
  let finest: TimestampField = "day";
  let digits = 0;
  for (const field of FIELDS) {
    const range = match.indices?.groups?.[field];
    if (range === undefined) continue;
    const [start, end] = range;
    if (start > at) parts.push(text.slice(at, start));
    parts.push({ field, width: end - start });
    at = end;
    finest = field;
    digits = end - start;
  }
  if (at < text.length) parts.push(text.slice(at));
  return { parts, unit: unitOf(finest, digits), isDate: finest === "day" };
}

function unitOf(finest: TimestampField, digits: number): bigint {
  switch (finest) {
    case "hour":
      return NANOSECONDS.hour;
    case "minute":
      return NANOSECONDS.minute;
    case "second":
      return NANOSECONDS.second;
    case "fraction":
      return 10n ** BigInt(Math.max(0, 9 - digits));
    default:
      return NANOSECONDS.day;
  }
}

function readOffset(zone: string | undefined): bigint {
  if (zone === undefined || zone === "Z") return 0n;
  const minutes = zone.length > 3 ? Number(zone.slice(-2)) : 0;
  const size = BigInt(Number(zone.slice(1, 3)) * 60 + minutes) * NANOSECONDS.minute;
  return zone.startsWith("-") ? -size : size;
}

/** `Date.UTC` takes the years 0 to 99 for those of the last century. */
function utcMs([year, month, day]: readonly [number, number, number]): number {
  return new Date(0).setUTCFullYear(year, month - 1, day);
}
