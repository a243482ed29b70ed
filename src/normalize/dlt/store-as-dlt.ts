import { Kind, NUMBERS } from "../../model/field.js";
import type { DataType } from "../../model/schema.js";
import type { ColumnType } from "../column-type.js";
import type { ScalarValue } from "../coerce.js";
import { isString } from "../reading.js";
import { momentOfSeconds, readDltMoment, readDltTime, spellMoment } from "./python-moment.js";
import { readPythonFloat, readPythonInteger, spellPythonDecimal, spellPythonFloat } from "./python-number.js";

/**
 * A value as dlt puts it into a column of this type that is there already (dlt's `type_helpers`, to 1.31, loading into
 * DuckDB): text that casts to the column's type. Null: dlt loads NULL. Undefined: dlt puts it into a variant, or fails.
 */
export function storeAsDlt(value: ScalarValue, type: ColumnType): string | null | undefined {
  // To Python a number beyond its floats is infinite, and what dlt writes its records with spells that as null.
  if (value.kind === Kind.floatWide) return null;
  const { text } = value;
  switch (type.dataType) {
    case "text":
      return toText(value);
    case "bigint":
    case "hugeint":
      return toInteger(value)?.toString();
    case "double":
      return toFloat(value);
    case "bool":
      return toBool(value);
    case "timestamp":
      return ifPresent(toMoment(value), spellMoment);
    case "date":
      return ifPresent(toMoment(value), (moment) => spellMoment(moment).slice(0, 10));
    case "time":
      return isString(value.kind) ? readDltTime(text) : undefined;
    case "decimal":
    case "wei":
      return toDecimal(value);
    case "binary":
      return toBinary(value);
    case "json":
      return isString(value.kind) ? toJson(text) : undefined;
    default:
      return type.dataType satisfies never;
  }
}

/** dlt's name of what a value is in Python, and so of the variant that it goes to where a column cannot take it. */
export function pythonTypeOf({ kind, text }: ScalarValue): DataType {
  if (isString(kind)) return "text";
  if (kind === Kind.bool) return "bool";
  return isFloat(text) ? "double" : "bigint";
}

function isFloat(number: string): boolean {
  return /[.eE]/.test(number);
}

function ifPresent<T>(value: T | undefined, spell: (value: T) => string): string | undefined {
  return value === undefined ? undefined : spell(value);
}

function toText({ kind, text }: ScalarValue): string {
  if (kind === Kind.bool) return text === "true" ? "True" : "False";
  // dlt leaves out what a statement in SQL cannot hold.
  if (isString(kind)) return text.replaceAll("\0", "");
  return isFloat(text) ? spellPythonFloat(Number(text)) : BigInt(text).toString();
}

function toInteger({ kind, text }: ScalarValue): bigint | undefined {
  if (isString(kind)) return fromHex(text) ?? readPythonInteger(text);
  if ((kind & NUMBERS) === 0) return undefined;
  if (!isFloat(text)) return BigInt(text);
  return Number.isInteger(Number(text)) ? BigInt(Number(text)) : undefined;
}

function fromHex(text: string): bigint | undefined {
  const trimmed = text.trim();
  return trimmed.startsWith("0x") ? readPythonInteger(trimmed.slice(2), 16) : undefined;
}

function toFloat({ kind, text }: ScalarValue): string | undefined {
  if ((kind & NUMBERS) !== 0) return spellPythonFloat(Number(text));
  if (!isString(kind)) return undefined;
  const hex = fromHex(text);
  return ifPresent(hex === undefined ? readPythonFloat(text) : Number(hex), spellPythonFloat);
}

function toBool({ kind, text }: ScalarValue): string | undefined {
  if (kind === Kind.bool) return text;
  if ((kind & NUMBERS) !== 0) return String(Number(text) !== 0);
  const word = text.toLowerCase();
  if (TRUE_WORDS.has(word)) return "true";
  return FALSE_WORDS.has(word) ? "false" : undefined;
}

const TRUE_WORDS: ReadonlySet<string> = new Set(["yes", "true", "t", "y", "1"]);
const FALSE_WORDS: ReadonlySet<string> = new Set(["no", "false", "f", "n", "0"]);

function toMoment({ kind, text }: ScalarValue): bigint | undefined {
  if (isString(kind)) return readDltMoment(text);
  return (kind & NUMBERS) === 0 ? undefined : momentOfSeconds(Number(text));
}

/** With an exponent where DuckDB reads what dlt writes as a double, and rounds that. */
function toDecimal({ kind, text }: ScalarValue): string | undefined {
  if (kind === Kind.bool) return undefined;
  const hex = isString(kind) ? fromHex(text) : undefined;
  const spelled = isString(kind) ? text : toText({ kind, text });
  const decimal = hex === undefined ? spellPythonDecimal(spelled) : hex.toString();
  const digits = decimal?.replace(/^-|\./g, "").length ?? 0;
  return digits > 38 && decimal?.includes("E") === false ? `${decimal}E0` : decimal;
}

/** As DuckDB spells a BLOB. */
function toBinary({ kind, text }: ScalarValue): string | undefined {
  const bytes = isString(kind) ? decode(text) : littleEndian(text);
  if (bytes === undefined) return undefined;
  return [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}

function decode(text: string): Uint8Array | undefined {
  if (text.startsWith("0x")) {
    const isHex = /^(?:\s*[\da-fA-F]{2})*\s*$/.test(text.slice(2));
    return isHex ? Buffer.from(text.slice(2).replace(/\s/g, ""), "hex") : undefined;
  }
  const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  return isBase64 ? Buffer.from(text, "base64") : undefined;
}

function littleEndian(number: string): Uint8Array | undefined {
  if (!/^-?\d+$/.test(number) || BigInt(number) < 0n) return undefined;
  const bytes: number[] = [];
  for (let rest = BigInt(number); rest > 0n; rest >>= 8n) bytes.push(Number(rest & 0xffn));
  return Uint8Array.from(bytes);
}

/** What a string holds as JSON; that of a string within it dlt cannot load. */
function toJson(text: string): string | null | undefined {
  try {
    const held = JSON.parse(text) as unknown;
    if (held === null) return null;
    return typeof held === "string" ? undefined : text.trim();
  } catch {
    return undefined;
  }
}
