import { parseSelector } from "../select/selector.js";
import { joinParts, MOST_AROUND_BYTES, type BodyParts, type LargeBody } from "./large-body.js";
import { findLongestList } from "./longest-list.js";

/** Cuts a JSON body between the elements of its longest list: each part is the body with some of them. */
export function cutJson({ file, reader, pick, partBytes }: LargeBody): BodyParts | undefined {
  const list = findLongestList(reader, partBytes);
  if (list === undefined || list.cuts.length === 0) return undefined;
  const { keys, start, end, cuts } = list;
  if (start + file.length - end > MOST_AROUND_BYTES) return undefined;
  const around = { head: file.read(0, start + 1), tail: file.read(end - 1) };
  const starts = [start, ...cuts].map((comma) => comma + 1);
  const stretches = starts.map((from, index) => ({ start: from, end: cuts[index] ?? end - 1 }));
  // A comma behind the last element is no JSON, and a part without elements would not show it.
  const last = stretches.at(-1);
  if (last === undefined || file.read(last.start, last.end).every(isBlank)) return undefined;
  return {
    bodies: joinParts(file, stretches, around),
    format: "json",
    pick,
    isBetween: (chosen) => {
      const selector = parseSelector(chosen);
      return selector.kind === "keys" && selector.keys.join("\0") === keys.join("\0");
    },
  };
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
