import { skipValue, skipWhitespace } from "../json/skip-value.js";
import { readStringValue } from "../json/string-value.js";
import type { LostRows } from "../model/load-plan.js";
import type { RowSpelling } from "./spelling.js";

/** Calls `count` for every element, at any depth below the value at `at`, that would be a row of a list's table. */
export function countListRows(
  bytes: Uint8Array,
  at: number,
  row: RowSpelling,
  count: (lost: LostRows) => void,
): void {
  visitRow({ bytes, count }, at, row);
}

interface Visit {
  readonly bytes: Uint8Array;
  readonly count: (lost: LostRows) => void;
}

const QUOTE = 0x22;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COMMA = 0x2c;

/** Each of these returns the offset after the value at `at`. */
function visitRow(visit: Visit, at: number, row: RowSpelling): number {
  const { bytes } = visit;
  if (bytes[at] === OPEN_LIST) return visitMember(visit, at, row.members.get(row.listKey));
  const end = bytes.length;
  if (bytes[at] !== OPEN_OBJECT) return skipValue(bytes, at, end);
  at = skipWhitespace(bytes, at + 1, end);
  while (bytes[at] === QUOTE) {
    const keyEnd = skipValue(bytes, at, end);
    const member = row.members.get(readStringValue(bytes, at + 1, keyEnd - 1));
    const colon = skipWhitespace(bytes, keyEnd, end);
    at = visitMember(visit, skipWhitespace(bytes, colon + 1, end), member);
    at = skipWhitespace(bytes, at, end);
    if (bytes[at] === COMMA) at = skipWhitespace(bytes, at + 1, end);
  }
  return bytes[at] === CLOSE_OBJECT ? at + 1 : at;
}

function visitMember(visit: Visit, at: number, member: MemberOf): number {
  const { bytes } = visit;
  const { object, list, whole } = member ?? {};
  if (bytes[at] === OPEN_OBJECT && object !== undefined && whole === undefined)
    return visitRow(visit, at, object.below);
  if (bytes[at] !== OPEN_LIST || list === undefined || whole !== undefined)
    return skipValue(bytes, at, bytes.length);
  const end = bytes.length;
  at = skipWhitespace(bytes, at + 1, end);
  while (bytes[at] !== CLOSE_LIST) {
    visit.count(list.lost);
    at = skipWhitespace(bytes, visitRow(visit, at, list.below), end);
    if (bytes[at] === COMMA) at = skipWhitespace(bytes, at + 1, end);
  }
  return at + 1;
}

type MemberOf = ReturnType<RowSpelling["members"]["get"]>;
