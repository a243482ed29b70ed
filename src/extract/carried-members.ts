import { skipValue } from "../json/skip-value.js";
import { forEachMember } from "./select/object-members.js";

/** The member of a spooled record that carries its ancestors' fields to its children: no field of it. */
export const CARRIED = "_dango_parents";

/** A record's own bytes, and what it carries: a member as JSON text, `""` for nothing. */
export interface CarryingRecord {
  readonly own: Buffer;
  readonly carried: string;
}

/** Takes apart the record that `line` holds from its first byte on. Quick for records that carry nothing. */
export function splitCarried(line: Buffer): CarryingRecord {
  if (!line.includes(MARK)) return { own: line, carried: "" };
  const opening = line.indexOf(0x7b);
  let place: { readonly start: number; readonly end: number } | undefined;
  forEachMember(line, opening, line.length, (key, at) => {
    const end = skipValue(line, at, line.length);
    if (key === CARRIED) place = { start: line.lastIndexOf(MARK, at), end };
    return end;
  });
  if (place === undefined) return { own: line, carried: "" };
  const { start, end } = place;
  const before = line.subarray(0, start).toString("latin1").trimEnd();
  const after = line.subarray(end).toString("latin1").trimStart();
  const rest = before.endsWith(",") ? before.slice(0, -1) + after : before + after.replace(/^,/, "");
  return { own: Buffer.from(rest, "latin1"), carried: line.toString("utf8", start, end) };
}

/** The object with members, as JSON text without braces, behind its own. */
export function withMembers(object: Buffer, members: string): Buffer {
  if (members === "") return object;
  const closing = object.lastIndexOf(0x7d);
  const isEmpty = !object.subarray(1, closing).some((byte) => byte > 0x20);
  return Buffer.concat([object.subarray(0, closing), Buffer.from(`${isEmpty ? "" : ","}${members}}`)]);
}

const MARK = `"${CARRIED}"`;
