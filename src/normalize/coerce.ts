import { respellTimestamp } from "../json/classify.js";
import { INT53, Kind } from "../model/field.js";
import type { ColumnType } from "./column-type.js";
import { integerRange } from "./integer-range.js";
import { plainDecimal, spellDecimal } from "./plain-decimal.js";
import { isString } from "./reading.js";

/** One scalar of a record: its {@link Kind} bit, and a string's contents or the number or boolean as spelled. */
export interface ScalarValue {
  readonly kind: number;
  readonly text: string;
}

/**
 * The JSON to stage so that a column of type `type` holds `value`, nothing of it changed (rule B3); undefined when
 * the column cannot hold it, and it belongs into a variant.
 */
export function coerce(value: ScalarValue, type: ColumnType): string | undefined {
  switch (type.dataType) {
    case "bigint":
    case "hugeint":
      return toInteger(value, type.sqlType);
    case "double":
      return toDouble(value);
    case "text":
      return JSON.stringify(value.text);
    case "bool":
      return value.kind === Kind.bool || isOneOf(value, ["true", "false"]) ? value.text : undefined;
    case "timestamp":
      return toTimestamp(value);
    case "date":
      return value.kind === Kind.date ? JSON.stringify(value.text) : undefined;
    case "time":
      return value.kind === Kind.text && TIME.test(value.text) ? JSON.stringify(value.text) : undefined;
    case "decimal":
    case "wei":
      return toDecimal(value, type.sqlType);
    case "binary":
      return toBlob(value);
    case "json":
      return JSON.stringify(isString(value.kind) ? JSON.stringify(value.text) : value.text);
    default:
      return type.dataType satisfies never;
  }
}

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?$/;

function isOneOf(value: ScalarValue, words: readonly string[]): boolean {
  return value.kind === Kind.text && words.includes(value.text);
}

function toInteger({ kind, text }: ScalarValue, sqlType: string): string | undefined {
  const range = integerRange(sqlType);
  if (range === undefined || kind === Kind.bool) return undefined;
  if (isString(kind) && !/^(?:0|-?[1-9]\d*)$/.test(text)) return undefined;
  const number = plainDecimal(text);
  if (number === undefined || number.fraction !== "") return undefined;
  const digits = spellDecimal(number);
  if (digits.length > 40) return undefined;
  const integer = BigInt(digits);
  return integer >= range[0] && integer <= range[1] ? digits : undefined;
}

function toDouble({ kind, text }: ScalarValue): string | undefined {
  if ((kind & (INT53 | Kind.floatWhole | Kind.float)) !== 0) return text;
  if ((kind & (Kind.int64 | Kind.int128)) !== 0) {
    return BigInt(Number(text)) === BigInt(text) ? text : undefined;
  }
  if (kind !== Kind.text || !/^-?\d/.test(text)) return undefined;
  return Number.isFinite(Number(text)) && String(Number(text)) === text ? text : undefined;
}

function toTimestamp({ kind, text }: ScalarValue): string | undefined {
  if (kind === Kind.timestampOther) return JSON.stringify(respellTimestamp(text));
  if ((kind & (Kind.timestamp | Kind.date)) !== 0) return JSON.stringify(text);
  if ((kind & (INT53 | Kind.floatWhole | Kind.float)) === 0) return undefined;
  const number = plainDecimal(text);
  if (number === undefined || number.fraction.length > 6 || number.whole.length > 12) return undefined;
  const magnitude = BigInt(number.whole + number.fraction.padEnd(6, "0"));
  return spellEpoch(number.isNegative ? -magnitude : magnitude);
}

/** Seconds of the years 1 to 9999, the range of dlt's timestamps: beyond it are milliseconds, not moments. */
const FIRST_SECOND = -62_135_596_800n;
const LAST_SECOND = 253_402_300_799n;

function spellEpoch(micros: bigint): string | undefined {
  const rest = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = (micros - rest) / 1_000_000n;
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND) return undefined;
  const moment = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return rest === 0n ? `"${moment}Z"` : `"${moment}.${String(rest).padStart(6, "0")}Z"`;
}

function toDecimal({ kind, text }: ScalarValue, sqlType: string): string | undefined {
  const [, precision, scale] = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(sqlType) ?? [];
  if (precision === undefined || scale === undefined || kind === Kind.bool) return undefined;
  if (isString(kind) && !/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text)) return undefined;
  const number = plainDecimal(text);
  if (number === undefined || number.fraction.length > Number(scale)) return undefined;
  const whole = number.whole === "0" ? "" : number.whole;
  return whole.length <= Number(precision) - Number(scale) ? `"${spellDecimal(number)}"` : undefined;
}

/** Base64, or hex behind `0x`, as dlt reads it; staged as DuckDB's `\xNN` text of a BLOB. */
function toBlob({ kind, text }: ScalarValue): string | undefined {
  if (kind !== Kind.text) return undefined;
  const isHex = /^0x(?:[0-9a-fA-F]{2})*$/.test(text);
  const bytes = isHex ? Buffer.from(text.slice(2), "hex") : Buffer.from(text, "base64");
  if (!isHex && bytes.toString("base64") !== text) return undefined;
  return JSON.stringify([...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""));
}
