import { isRealDay, respell } from "../../json/timestamp-spelling.js";
import { readPythonFloat } from "./python-number.js";

/** Microseconds since 1970 in UTC. */
type Micros = bigint;

/**
 * The moment that dlt's `ensure_datetime` reads from a text: dates and timestamps in any of the spellings it knows, no zone
 * being UTC, else seconds since 1970. Undefined where it raises.
 */
export function readDltMoment(text: string): Micros | undefined {
  const day = readDltDay(text);
  if (day !== undefined) return BigInt(day) * MICROS_A_DAY;
  const spelled = respell(text);
  if (spelled !== undefined) return momentOfSpelling(spelled);
  const seconds = readPythonFloat(text);
  return seconds === undefined ? undefined : momentOfSeconds(seconds);
}

/** Seconds since 1970 as Python's `fromtimestamp` rounds them; undefined outside of the years 1 to 9999. */
export function momentOfSeconds(seconds: number): Micros | undefined {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > LAST_SECOND) return undefined;
  const whole = Math.trunc(seconds);
  return inRange(BigInt(whole) * MICROS_A_SECOND + BigInt(roundHalfEven((seconds - whole) * 1e6)));
}

/** `YYYY-MM-DDTHH:MM:SS.ffffffZ`. */
export function spellMoment(moment: Micros): string {
  const rest = ((moment % MICROS_A_SECOND) + MICROS_A_SECOND) % MICROS_A_SECOND;
  const seconds = Number((moment - rest) / MICROS_A_SECOND);
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(rest).padStart(6, "0")}Z`;
}

/** The UTC time of day that dlt's `ensure_pendulum_time` reads and DuckDB stores; undefined where there is none. */
export function readDltTime(text: string): string | undefined {
  const match = TIME.exec(text)?.groups;
  if (match === undefined) return undefined;
  const { hour = "", minute = "", second = "00", fraction = "", zone = "" } = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const [, sign, zoneHours = "0", zoneMinutes = "0"] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  const offset = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === "-" ? -1 : 1);
  const minutes = (Number(hour) * 60 + Number(minute) - offset + 2 * 1440) % 1440;
  const [utcHour, utcMinute] = [Math.floor(minutes / 60), minutes % 60].map((part) =>
    String(part).padStart(2, "0"),
  );
  return `${utcHour ?? ""}:${utcMinute ?? ""}:${second}.${fraction.slice(0, 6).padEnd(6, "0")}`;
}

const TIME =
  /^T?(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?(?<zone>Z|[+-]\d\d(?::?\d\d)?)?$/;

const MICROS_A_SECOND = 1_000_000n;
const MICROS_A_DAY = 86_400n * MICROS_A_SECOND;
const LAST_SECOND = 253_402_300_799;
const FIRST_MOMENT = -62_135_596_800n * MICROS_A_SECOND;
const LAST_MOMENT = (BigInt(LAST_SECOND) + 1n) * MICROS_A_SECOND;

function inRange(moment: Micros): Micros | undefined {
  return moment >= FIRST_MOMENT && moment < LAST_MOMENT ? moment : undefined;
}

function momentOfSpelling(spelled: string): Micros | undefined {
  const match = /^(.{19})(?:\.(\d+))?(.*)$/.exec(spelled);
  const milliseconds = Date.parse(`${match?.[1] ?? ""}${match?.[3] ?? ""}`);
  if (Number.isNaN(milliseconds)) return undefined;
  return inRange(BigInt(milliseconds) * 1000n + BigInt((match?.[2] ?? "").padEnd(6, "0")));
}

/** Days since 1970 of a date in ISO 8601 or with slashes: of a day, an ordinal day, a week, a month or a year. */
function readDltDay(text: string): number | undefined {
  for (const [form, read] of DAY_FORMS) {
    const match = form.exec(text);
    if (match !== null) return read(match.slice(1).map(Number));
  }
  return undefined;
}

const DAY_FORMS: readonly (readonly [RegExp, (parts: number[]) => number | undefined])[] = [
  [/^(\d{4})$/, ([year = 0]) => dayOf(year, 1, 1)],
  [/^(\d{4})-(\d\d)$/, ([year = 0, month = 0]) => dayOf(year, month, 1)],
  [/^(\d{4})-(\d\d)-(\d\d)$/, ([year = 0, month = 0, day = 0]) => dayOf(year, month, day)],
  [/^(\d{4})[/:](\d\d)[/:]?(\d\d)$/, ([year = 0, month = 0, day = 0]) => dayOf(year, month, day)],
  [/^(\d{4})(\d\d)(\d\d)$/, ([year = 0, month = 0, day = 0]) => dayOf(year, month, day)],
  [/^(\d{4})-?(\d{3})$/, ([year = 0, day = 0]) => ordinalDayOf(year, day)],
  [/^(\d{4})-?W(\d\d)$/, ([year = 0, week = 0]) => weekDayOf(year, week, 1)],
  [/^(\d{4})-?W(\d\d)-?(\d)$/, ([year = 0, week = 0, day = 0]) => weekDayOf(year, week, day)],
];

function dayOf(year: number, month: number, day: number): number | undefined {
  if (!isRealDay(year, month, day)) return undefined;
  return new Date(0).setUTCFullYear(year, month - 1, day) / 86_400_000;
}

function ordinalDayOf(year: number, day: number): number | undefined {
  const [first, next] = [dayOf(year, 1, 1), dayOf(year + 1, 1, 1)];
  if (first === undefined || next === undefined || day < 1 || first + day > next) return undefined;
  return first + day - 1;
}

function weekDayOf(year: number, week: number, day: number): number | undefined {
  const fourth = dayOf(year, 1, 4);
  if (fourth === undefined || week < 1 || week > 53 || day < 1 || day > 7) return undefined;
  // The week of January 4th is the first; day 0 of this count, a Thursday, is 1970-01-01.
  const monday = fourth - ((((fourth + 3) % 7) + 7) % 7);
  return monday + (week - 1) * 7 + day - 1;
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
