/** A decimal number without exponent. `whole` has no leading zeros (but `0`), `fraction` no trailing ones. */
export interface PlainDecimal {
  readonly isNegative: boolean;
  readonly whole: string;
  readonly fraction: string;
}

/** The exact value of a JSON number as plain digits; undefined when they would be more than any column holds. */
export function plainDecimal(spelled: string): PlainDecimal | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(spelled);
  if (match === null) return undefined;
  const [, sign, before = "", after = "", exponent = "0"] = match;
  const digits = before + after;
  const point = before.length + Number(exponent);
  if (Math.abs(point) > MOST_DIGITS || digits.length > MOST_DIGITS) return undefined;
  const padded = "0".repeat(Math.max(0, -point)) + digits + "0".repeat(Math.max(0, point - digits.length));
  const split = Math.max(0, point);
  return {
    isNegative: sign === "-",
    whole: padded.slice(0, split).replace(/^0+(?=\d)/, "") || "0",
    fraction: padded.slice(split).replace(/0+$/, ""),
  };
}

/** `-12.5` of its parts. */
export function spellDecimal({ isNegative, whole, fraction }: PlainDecimal): string {
  const digits = fraction === "" ? whole : `${whole}.${fraction}`;
  return isNegative && digits !== "0" ? `-${digits}` : digits;
}

/** DECIMAL and HUGEINT end at 38 and 39 digits; a double spelled in full needs some hundreds more. */
const MOST_DIGITS = 1_100;
