import { classifyNumber, classifyString } from "../../json/classify.js";
import { readStringValue } from "../../json/string-value.js";
import { respell } from "../../json/timestamp-spelling.js";
import { bytesToText } from "../../json/bytes-to-text.js";
import { Kind, NUMBERS } from "../../model/field.js";

/**
 * Keeps the furthest of the cursors of records that a filter dropped (rule I5), as the API spelled it: one of each
 * class, so that unlike ones are still found when they are compared with those that are loaded (rule I1).
 */
export class FurthestCursor {
  private readonly isMax: boolean;
  private readonly furthest = new Map<CursorClass, { readonly key: Comparable; readonly bytes: Buffer }>();
  private last: Uint8Array | undefined;

  constructor(lastValueFunc: "max" | "min") {
    this.isMax = lastValueFunc === "max";
  }

  /** Takes the JSON value of one cursor; a null, and what is no scalar, counts for nothing. */
  note(value: Uint8Array): void {
    if (this.last?.length === value.length && Buffer.compare(this.last, value) === 0) return;
    const cursor = readCursor(value);
    if (cursor === undefined) return;
    this.last = Buffer.from(value);
    const before = this.furthest.get(cursor.class);
    const isFurther =
      before === undefined || (this.isMax ? cursor.key > before.key : cursor.key < before.key);
    if (isFurther) this.furthest.set(cursor.class, { key: cursor.key, bytes: this.last as Buffer });
  }

  /** The JSON texts, at most one a class. */
  get values(): Buffer[] {
    return [...this.furthest.values()].map(({ bytes }) => bytes);
  }
}

type CursorClass = "number" | "instant" | "text";
type Comparable = number | bigint | string;

function readCursor(
  value: Uint8Array,
): { readonly class: CursorClass; readonly key: Comparable } | undefined {
  const first = value[0] ?? 0;
  const end = value.length;
  if (first === 0x22) {
    const kind = classifyString(value, 1, end - 1, true);
    const text = readStringValue(value, 1, end - 1);
    if (/^-?\d{1,38}$/.test(text)) return { class: "number", key: BigInt(text) };
    const spelled = kind === Kind.date ? `${text}T00:00:00Z` : kind === Kind.text ? undefined : respell(text);
    // UTF-16 orders as UTF-8 does but above the surrogates; such cursors would be neither times nor numbers.
    return spelled === undefined
      ? { class: "text", key: text }
      : { class: "instant", key: microsecondsOf(spelled) };
  }
  if (first !== 0x2d && !(first >= 0x30 && first <= 0x39)) return undefined;
  const kind = classifyNumber(value, 0, end);
  const text = bytesToText(value, 0, end);
  if ((kind & NUMBERS & ~(Kind.float | Kind.floatWhole | Kind.floatWide)) !== 0)
    return { class: "number", key: BigInt(text) };
  return { class: "number", key: Number(text) };
}

/** Of a timestamp as {@link respell} spells it. */
function microsecondsOf(spelled: string): bigint {
  const [, seconds = "", fraction = "", zone = ""] = /^(.{19})(?:\.(\d+))?(.+)$/.exec(spelled) ?? [];
  return BigInt(Date.parse(`${seconds}${zone}`)) * 1000n + BigInt(fraction.padEnd(6, "0"));
}
