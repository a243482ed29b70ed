import { skipValue, skipWhitespace } from "../../json/skip-value.js";
import { forEachMember } from "./object-members.js";

/** What a body looks like, three keys deep: enough to choose its records (rule D2). */
export type Outline =
  | { readonly kind: "object"; readonly members: ReadonlyMap<string, Outline> }
  /** `holds` says what the first element is; "nothing" of an empty list. */
  | { readonly kind: "list"; readonly holds: "nothing" | "objects" | "other" }
  | { readonly kind: "null" }
  | { readonly kind: "scalar" };

/** Lists are looked for so many keys deep, never inside lists. */
const DEEPEST = 3;

/** An outline, and the offset after the value it is of. */
export interface OutlinedValue {
  readonly outline: Outline;
  readonly after: number;
}

/**
 * The outline of the value that begins at `at`. Objects below the third key show no members. Throws a JsonFault at
 * anything that is not JSON.
 */
export function outlineBody(buffer: Buffer, at: number, end: number): OutlinedValue {
  return outlineValue(buffer, at, end, 0);
}

function outlineValue(buffer: Buffer, at: number, end: number, depth: number): OutlinedValue {
  const byte = buffer[at];
  if (byte === 0x7b && depth < DEEPEST) return outlineObject(buffer, at, end, depth);
  const after = skipValue(buffer, at, end);
  if (byte === 0x7b) return { outline: { kind: "object", members: new Map() }, after };
  if (byte === 0x5b) return { outline: { kind: "list", holds: contentOf(buffer, at, after) }, after };
  return { outline: { kind: byte === 0x6e ? "null" : "scalar" }, after };
}

function outlineObject(buffer: Buffer, at: number, end: number, depth: number): OutlinedValue {
  const members = new Map<string, Outline>();
  const after = forEachMember(buffer, at, end, (key, valueAt) => {
    const member = outlineValue(buffer, valueAt, end, depth + 1);
    members.set(key, member.outline);
    return member.after;
  });
  return { outline: { kind: "object", members }, after };
}

function contentOf(buffer: Buffer, at: number, end: number): "nothing" | "objects" | "other" {
  const first = buffer[skipWhitespace(buffer, at + 1, end)];
  if (first === 0x5d) return "nothing";
  return first === 0x7b ? "objects" : "other";
}
