import { skipValue } from "../json/skip-value.js";
import { GuardError } from "../shared/errors.js";
import { forEachElement } from "./select/object-members.js";

/** What records are given on their way into the spool (rule D5). */
export interface RecordShape {
  /** The members that the values of a record which is a list become; undefined: it becomes the column `value`. */
  readonly names: readonly string[] | undefined;
  /** Members to put before the record's own, as JSON without braces. */
  readonly members: Buffer | undefined;
}

/**
 * The record at `[at, after)` as an object: a list with the shape's names, an object with its members before its own;
 * anything else is the member `value` (rule D6). Throws a GuardError for a list with more or fewer values than names.
 */
export function shapeRecord(
  record: { readonly buffer: Buffer; readonly at: number; readonly after: number },
  shape: RecordShape | undefined,
  describe: () => string,
): Buffer {
  const { buffer, at, after } = record;
  const parts: Buffer[] = [OPEN];
  const add = (part: Buffer): void => {
    if (parts.length > 1) parts.push(COMMA);
    parts.push(part);
  };
  if (shape?.members !== undefined) add(shape.members);
  if (buffer[at] === 0x7b) {
    const own = buffer.subarray(at + 1, after - 1);
    if (own.some((byte) => byte > 0x20)) add(own);
  } else if (buffer[at] === 0x5b && shape?.names !== undefined) {
    for (const member of nameElements(record, shape.names, describe)) add(member);
  } else add(Buffer.concat([VALUE, buffer.subarray(at, after)]));
  return Buffer.concat([...parts, CLOSE]);
}

/** `"key":` for an object's member. */
export function spellKey(key: string): Buffer {
  return Buffer.from(`${JSON.stringify(key)}:`);
}

const OPEN = Buffer.from("{");
const CLOSE = Buffer.from("}");
const COMMA = Buffer.from(",");
const VALUE = spellKey("value");

function nameElements(
  { buffer, at, after }: { readonly buffer: Buffer; readonly at: number; readonly after: number },
  names: readonly string[],
  describe: () => string,
): Buffer[] {
  const elements: [start: number, end: number][] = [];
  forEachElement(buffer, at, after, (_, start) => {
    const end = skipValue(buffer, start, after);
    elements.push([start, end]);
    return end;
  });
  if (elements.length !== names.length) {
    const counts = `${String(elements.length)} ${elements.length === 1 ? "value" : "values"}, record_fields names ${String(names.length)}`;
    throw new GuardError(`${describe()} is a list of ${counts}`, {
      hint: "correct `record_fields`: each value needs a name",
    });
  }
  return elements.map(([start, end], index) =>
    Buffer.concat([spellKey(names[index] as string), buffer.subarray(start, end)]),
  );
}
