/**
 * A cursor's value out of dlt's state: there a text that Python knows as another type begins with a character of the
 * private use area that says which. Moments and dates are ISO 8601 behind it, numbers their digits.
 */
export function readTypedValue(value: unknown): string | number | bigint | null {
  if (typeof value === "number" || typeof value === "bigint") return value;
  if (typeof value !== "string") return null;
  const kind = value.charCodeAt(0) - FIRST_MARK;
  if (!(kind >= 0 && kind < MARKS)) return value;
  const text = value.slice(1);
  return kind === DECIMAL || kind === WEI ? readNumber(text) : text;
}

/** Marks in order: decimal, moment, date, UUID, bytes as hex, bytes as base64, wei, time. */
const FIRST_MARK = 0xf026;
const MARKS = 8;
const DECIMAL = 0;
const WEI = 6;

/** As digits if a number would not hold them all. */
function readNumber(text: string): string | number | bigint {
  if (/^-?\d+$/.test(text)) {
    const exact = BigInt(text);
    return BigInt(Number(exact)) === exact && Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
  }
  const number = Number(text);
  return String(number) === text.replace(/0+$/, "").replace(/\.$/, "") ? number : text;
}
