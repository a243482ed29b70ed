/**
 * Spells a string of kind `timestampOther` (or `timestamp`) as `YYYY-MM-DDTHH:MM:SS[.ffffff]` with `Z` or `±HH:MM`,
 * which DuckDB reads without help. No zone means UTC, digits beyond microseconds are cut, as dlt does. Undefined for
 * any other string.
 */
export function respell(text: string): string | undefined {
  const parts = (EXTENDED.exec(text) ?? BASIC.exec(text) ?? LOOSE.exec(text))?.groups;
  if (parts === undefined) return undefined;
  const [year, month, day] = [Number(parts["year"]), Number(parts["month"]), Number(parts["day"])];
  const time = [parts["hour"], parts["minute"], parts["second"]].map((part) => (part ?? "").padStart(2, "0"));
  if (!isRealDay(year, month, day) || !isRealTime(time)) return undefined;
  const date = [parts["year"], parts["month"], parts["day"]].join("-");
  const fraction = parts["fraction"] === undefined ? "" : `.${parts["fraction"].slice(0, 6)}`;
  return `${date}T${time.join(":")}${fraction}${spellZone(parts["zone"])}`;
}

/** True for a day of the Gregorian calendar from year 1 on. */
export function isRealDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  if (day <= 28) return true;
  if (month === 2) return day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= 30 || (day === 31 && (month < 8 ? month % 2 === 1 : month % 2 === 0));
}

const DAY_TIME = "[T ](?<hour>\\d\\d)";
const FRACTION = "[.,](?<fraction>\\d+)";
const ZONE = "(?<zone>Z|[+-](?:0\\d|1[0-5])(?::?[0-5]\\d)?)?";
const EXTENDED = new RegExp(
  `^(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)${DAY_TIME}` +
    `(?::(?<minute>\\d\\d)(?::(?<second>\\d\\d)(?:${FRACTION})?)?)?${ZONE}$`,
);
const BASIC = new RegExp(
  `^(?<year>\\d{4})(?<month>\\d\\d)(?<day>\\d\\d)${DAY_TIME}` +
    `(?:(?<minute>\\d\\d)(?:(?<second>\\d\\d)(?:${FRACTION})?)?)?${ZONE}$`,
);
const LOOSE = new RegExp(
  `^(?<year>\\d{4})(?<separator>[/:]?)(?<month>\\d\\d)\\k<separator>(?<day>\\d\\d)` +
    ` (?<hour>\\d\\d?):(?<minute>\\d\\d?)(?::(?<second>\\d\\d?)(?:${FRACTION})?)?$`,
);

/** The spellings that {@link respell} reads, in the order tried; their groups are named after what they hold. */
export const TIMESTAMP_FORMS: readonly RegExp[] = [EXTENDED, BASIC, LOOSE];

function isRealTime([hour, minute, second]: readonly string[]): boolean {
  return Number(hour) <= 23 && Number(minute) <= 59 && Number(second) <= 59;
}

function spellZone(zone: string | undefined): string {
  if (zone === undefined || zone === "Z") return "Z";
  const minutes = zone.length > 3 ? zone.slice(-2) : "00";
  return `${zone.slice(0, 3)}:${minutes}`;
}
