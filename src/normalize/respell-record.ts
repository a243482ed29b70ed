import { classifyNumber, classifyString } from "../json/classify.js";
import { bytesToText } from "../json/bytes-to-text.js";
import { skipValue, skipWhitespace } from "../json/skip-value.js";
import { readStringValue } from "../json/string-value.js";
import { Kind } from "../model/field.js";
import type { Discard, LostRows, Respeller } from "../model/load-plan.js";
import { ByteWriter } from "./byte-writer.js";
import { coerce } from "./coerce.js";
import { countListRows } from "./count-list-rows.js";
import { pythonTypeOf, storeAsDlt } from "./dlt/store-as-dlt.js";
import type {
  DltHome,
  ListOutlet,
  MemberSpelling,
  NestedOutlet,
  RowSpelling,
  WholeOutlet,
} from "./spelling.js";

/**
 * Makes the function that rewrites a record's bytes as `row` says. Records must be those whose fields were learned:
 * members that were not are left out. A row in which a contract refuses something is dropped: a record becomes null.
 */
export function createRespeller(row: RowSpelling): Respeller {
  return (record) => {
    const output = new ByteWriter(record.length + 256);
    const at = skipWhitespace(record, 0, record.length);
    const rewrite: Rewrite = { bytes: record, output, refusal: undefined, losses: [] };
    writeRow(rewrite, at, row);
    return isDropped(rewrite, { at, row, known: 0 }) ? null : output.bytes();
  };
}

interface Rewrite {
  readonly bytes: Uint8Array;
  readonly output: ByteWriter;
  /** What drops the row that is being written. */
  refusal: Discard | undefined;
  /** The lists of each element that was dropped so far, and of those below it. */
  readonly losses: LostRows[];
}

/**
 * Counts a row that is dropped, once, with the rows of lists below it, and gets ready for the next one. `known` is how many
 * losses there were before the row.
 */
function isDropped(
  rewrite: Rewrite,
  { at, row, known }: { readonly at: number; readonly row: RowSpelling; readonly known: number },
): boolean {
  const { bytes, refusal, losses } = rewrite;
  if (refusal === undefined) return false;
  refusal.count += 1;
  rewrite.refusal = undefined;
  // Elements that were dropped before their row are among all that it has.
  for (const lost of losses.splice(known)) lost.count -= 1;
  countListRows(bytes, at, row, (lost) => {
    lost.count += 1;
    losses.push(lost);
  });
  return true;
}

function refuseValue(rewrite: Rewrite, discard: Discard): void {
  if (discard.mode === "discard_row") rewrite.refusal ??= discard;
  else discard.count += 1;
}

const QUOTE = 0x22;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COMMA = 0x2c;
const NULL = Buffer.from("null");
const TRUE = 0x74;
const FALSE = 0x66;

/** Writes the value at `at` as an object with the row's staged members, and returns the offset after it. */
function writeRow(rewrite: Rewrite, at: number, row: RowSpelling): number {
  const { bytes, output } = rewrite;
  const first = bytes[at];
  if (first === NULL[0]) {
    output.write(NULL);
    return at + NULL.length;
  }
  output.writeByte(OPEN_OBJECT);
  if (first === OPEN_OBJECT) at = writeMembers(rewrite, at, row);
  else {
    const member = row.members.get(first === OPEN_LIST ? row.listKey : "value");
    at = member === undefined ? skipValue(bytes, at, bytes.length) : writeMember(rewrite, at, member);
  }
  output.closeWith(CLOSE_OBJECT);
  return at;
}

function writeMembers(rewrite: Rewrite, at: number, row: RowSpelling): number {
  const { bytes } = rewrite;
  const end = bytes.length;
  at = skipWhitespace(bytes, at + 1, end);
  while (bytes[at] !== CLOSE_OBJECT) {
    const keyEnd = skipValue(bytes, at, end);
    const member = row.members.get(readStringValue(bytes, at + 1, keyEnd - 1));
    // Past the colon.
    at = skipWhitespace(bytes, skipWhitespace(bytes, keyEnd, end) + 1, end);
    at = member === undefined ? skipValue(bytes, at, end) : writeMember(rewrite, at, member);
    at = skipWhitespace(bytes, at, end);
    if (bytes[at] === COMMA) at = skipWhitespace(bytes, at + 1, end);
  }
  return at + 1;
}

function writeMember(rewrite: Rewrite, at: number, member: MemberSpelling): number {
  const { bytes, output } = rewrite;
  const first = bytes[at];
  const isObject = first === OPEN_OBJECT;
  const isNested = isObject || first === OPEN_LIST;
  const { whole } = member;
  if (first !== NULL[0] && whole !== undefined && (isNested || !whole.nestedOnly)) {
    const end = writeWhole(rewrite, at, whole);
    if (member.asDlt !== undefined && !whole.nestedOnly)
      writeAsDlt(rewrite, { at, after: end }, member.asDlt);
    return end;
  }
  if (isNested) {
    const outlet = isObject ? member.object : member.list;
    const refused = isObject ? member.refusedObject : member.refusedList;
    if (outlet === undefined && refused !== undefined && !isEmptyAt(bytes, at)) refuseValue(rewrite, refused);
    return outlet === undefined ? skipValue(bytes, at, bytes.length) : writeNested(rewrite, at, outlet);
  }
  const after = skipValue(bytes, at, bytes.length);
  const takesScalars = member.scalars.length > 0 || member.refusedScalar !== undefined;
  if (first === NULL[0] || !takesScalars) return after;
  writeScalar(rewrite, { at, after }, member);
  if (member.asDlt !== undefined) writeAsDlt(rewrite, { at, after }, member.asDlt);
  if (member.spelledKey !== undefined && first !== TRUE && first !== FALSE) {
    output.startMember(member.spelledKey);
    output.write(bytes.subarray(at, after));
  }
  return after;
}

function isEmptyAt(bytes: Uint8Array, at: number): boolean {
  const inner = bytes[skipWhitespace(bytes, at + 1, bytes.length)];
  return inner === CLOSE_OBJECT || inner === CLOSE_LIST;
}

function writeScalar(rewrite: Rewrite, span: { at: number; after: number }, member: MemberSpelling): void {
  const { bytes, output } = rewrite;
  const { at, after } = span;
  const kind = kindAt(bytes, at, after);
  let text: string | undefined;
  for (const outlet of member.scalars) {
    if ((outlet.offered & kind) === 0) continue;
    let literal: Uint8Array | string | undefined;
    if ((outlet.copied & kind) !== 0) literal = bytes.subarray(at, after);
    else {
      text ??= textAt(bytes, at, after);
      literal = coerce({ kind, text }, outlet.type);
    }
    if (literal === undefined) continue;
    outlet.isUsed = true;
    output.startMember(outlet.key);
    output.write(typeof literal === "string" ? Buffer.from(literal) : literal);
    return;
  }
  if (member.refusedScalar !== undefined) {
    refuseValue(rewrite, member.refusedScalar);
    return;
  }
  throw new Error(
    `no column takes ${bytesToText(bytes, at, Math.min(after, at + 40))}: its fields were not learned`,
  );
}

/** Writes the value where, and as, dlt would have stored it. */
function writeAsDlt(
  { bytes, output }: Rewrite,
  { at, after }: { at: number; after: number },
  homes: readonly DltHome[],
): void {
  const isNested = bytes[at] === OPEN_OBJECT || bytes[at] === OPEN_LIST;
  const text = textAt(bytes, at, after);
  const value = isNested ? undefined : { kind: kindAt(bytes, at, after), text };
  for (const { key, type, takes } of homes) {
    if (takes !== "any" && (value === undefined || takes !== pythonTypeOf(value))) continue;
    const stored = value === undefined ? text : storeAsDlt(value, type);
    if (stored === undefined) continue;
    if (stored === null) return;
    output.startMember(key);
    output.write(Buffer.from(JSON.stringify(stored)));
    return;
  }
}

function textAt(bytes: Uint8Array, at: number, after: number): string {
  return bytes[at] === QUOTE ? readStringValue(bytes, at + 1, after - 1) : bytesToText(bytes, at, after);
}

function kindAt(bytes: Uint8Array, at: number, after: number): number {
  const first = bytes[at];
  if (first === QUOTE) {
    const hasEscapes = bytes.subarray(at + 1, after - 1).includes(0x5c);
    return classifyString(bytes, at + 1, after - 1, hasEscapes);
  }
  return first === 0x74 || first === 0x66 ? Kind.bool : classifyNumber(bytes, at, after);
}

function writeNested(rewrite: Rewrite, at: number, outlet: NestedOutlet | ListOutlet): number {
  const { bytes, output } = rewrite;
  output.startMember(outlet.key);
  if (outlet.row === undefined) {
    const after = skipValue(bytes, at, bytes.length);
    output.write(bytes.subarray(at, after));
    return after;
  }
  return "lost" in outlet
    ? writeList(rewrite, at, { row: outlet.row, lost: outlet.lost })
    : writeRow(rewrite, at, outlet.row);
}

function writeList(
  rewrite: Rewrite,
  at: number,
  { row, lost }: { readonly row: RowSpelling; readonly lost: LostRows },
): number {
  const { bytes, output, losses } = rewrite;
  const end = bytes.length;
  output.writeByte(OPEN_LIST);
  at = skipWhitespace(bytes, at + 1, end);
  while (bytes[at] !== CLOSE_LIST) {
    const { size } = output;
    const outer = rewrite.refusal;
    rewrite.refusal = undefined;
    const element = { at, row, known: losses.length };
    at = skipWhitespace(bytes, writeRow(rewrite, at, row), end);
    if (isDropped(rewrite, element)) {
      output.rewind(size);
      lost.count += 1;
      losses.push(lost);
    } else output.writeByte(COMMA);
    rewrite.refusal = outer;
    if (bytes[at] === COMMA) at = skipWhitespace(bytes, at + 1, end);
  }
  output.closeWith(CLOSE_LIST);
  return at + 1;
}

function writeWhole({ bytes, output }: Rewrite, at: number, outlet: WholeOutlet): number {
  const after = skipValue(bytes, at, bytes.length);
  output.startMember(outlet.key);
  if (outlet.as === "copy") output.write(bytes.subarray(at, after));
  else output.write(Buffer.from(JSON.stringify(jsonText(bytes, at, { after, as: outlet.as }))));
  return after;
}

function jsonText(
  bytes: Uint8Array,
  at: number,
  { after, as }: { after: number; as: "text" | "unwrap" },
): string {
  if (as === "unwrap" && bytes[at] === QUOTE) {
    const contents = readStringValue(bytes, at + 1, after - 1);
    if (/^\s*[[{]/.test(contents) && isJson(contents)) return contents;
  }
  return bytesToText(bytes, at, after);
}

function isJson(text: string): boolean {
  const bytes = Buffer.from(text);
  try {
    const after = skipValue(bytes, skipWhitespace(bytes, 0, bytes.length), bytes.length);
    return skipWhitespace(bytes, after, bytes.length) === bytes.length;
  } catch {
    return false;
  }
}
