/** The value of a text as Python's `int(text, base)` reads it; undefined where that raises. */
export function readPythonInteger(text: string, base: 10 | 16 = 10): bigint | undefined {
  const match = (base === 10 ? DECIMAL_INTEGER : HEX_INTEGER).exec(text.trim())?.groups;
  if (match?.["digits"] === undefined) return undefined;
  const digits = match["digits"].replaceAll("_", "");
  const magnitude = BigInt(base === 10 ? digits : `0x${digits}`);
  return match["sign"] === "-" ? -magnitude : magnitude;
}

const DECIMAL_INTEGER = /^(?<sign>[+-]?)(?<digits>\d+(?:_\d+)*)$/;
const HEX_INTEGER = /^(?<sign>[+-]?)(?:0[xX]_?)?(?<digits>[\da-fA-F]+(?:_[\da-fA-F]+)*)$/;

/** The value of a text as Python's `float(text)` reads it; undefined where that raises or gives no finite number. */
export function readPythonFloat(text: string): number | undefined {
  const trimmed = text.trim();
  if (!FLOAT.test(trimmed)) return undefined;
  const value = Number(trimmed.replaceAll("_", ""));
  return Number.isFinite(value) ? value : undefined;
}

const DIGITS = "\\d+(?:_\\d+)*";
const FLOAT = new RegExp(`^[+-]?(?:${DIGITS}\\.?(?:${DIGITS})?|\\.${DIGITS})(?:[eE][+-]?${DIGITS})?$`);

/** A finite float as Python's `str` spells it: `1.0`, `1e+16`, `1e-05`. */
export function spellPythonFloat(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [mantissa = "", exponent = "0"] = Math.abs(value).toExponential().split("e");
  const sign = value < 0 ? "-" : "";
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    return `${sign}${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  const digits = mantissa.replace(".", "");
  if (power < 0) return `${sign}0.${"0".repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, "0");
  return `${sign}${whole}.${digits.slice(power + 1) || "0"}`;
}

/**
 * A text as Python's `str(Decimal(text))` spells it: plain, or with `E` where the exponent is above zero or the number
 * is below 0.000001. Undefined where Python raises, and for what is no finite number.
 */
export function spellPythonDecimal(text: string): string | undefined {
  const match = DECIMAL.exec(text.trim().replaceAll("_", ""))?.groups;
  if (match === undefined) return undefined;
  const { sign = "", whole = "", fraction = "", power = "0" } = match;
  if (whole + fraction === "") return undefined;
  const exponent = Number(power) - fraction.length;
  const digits = (whole + fraction).replace(/^0+(?=\d)/, "");
  const adjusted = exponent + digits.length - 1;
  const minus = sign === "-" ? "-" : "";
  if (exponent > 0 || adjusted < -6) {
    const mantissa = digits.length === 1 ? digits : `${digits.charAt(0)}.${digits.slice(1)}`;
    return `${minus}${mantissa}E${adjusted < 0 ? "-" : "+"}${String(Math.abs(adjusted))}`;
  }
  if (exponent === 0) return minus + digits;
  const padded = digits.padStart(1 - exponent, "0");
  return `${minus}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

const DECIMAL = /^(?<sign>[+-]?)(?<whole>\d*)\.?(?<fraction>\d*)(?:[eE](?<power>[+-]?\d{1,6}))?$/;
