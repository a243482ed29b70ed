import { isRoot } from "../formats/splitter.js";
import { CHOSE_LINES } from "../formats/split-lines.js";
import { parseSelector } from "../select/selector.js";
import type { ByteReader } from "./byte-reader.js";
import { joinParts, type BodyParts, type LargeBody, type Stretch } from "./large-body.js";

/** Cuts JSON lines between objects, each of which is a record, whether or not they stand on lines of their own. */
export function cutLines({ file, reader, pick, partBytes }: LargeBody): BodyParts | undefined {
  const { selector, chosen = "" } = pick;
  const isEachRecord =
    selector === undefined ? ["", "$", CHOSE_LINES].includes(chosen) : isRoot(parseSelector(selector));
  if (!isEachRecord || typeof pick.recordFields === "string") return undefined;
  const stretches = findStretches(reader, partBytes);
  if (stretches === undefined || stretches.length < 2) return undefined;
  return {
    bodies: joinParts(file, stretches, { head: NOTHING, tail: NOTHING }),
    format: "jsonl",
    // What a body of one line might be is no question here.
    pick: { ...pick, selector: "$", format: { csv: NO_CSV, ...pick.format, format: "jsonl" } },
    isBetween: () => true,
    chosen: selector ?? CHOSE_LINES,
  };
}

const NOTHING = Buffer.alloc(0);
const NO_CSV = { delimiter: undefined, quote: undefined, columns: undefined };

/** Stretches of whole objects; undefined if there is anything else. */
function findStretches(reader: ByteReader, partBytes: number): Stretch[] | undefined {
  const stretches: Stretch[] = [];
  let start = reader.at;
  let end = start;
  for (let byte = reader.skipBlanks(); byte !== -1; byte = reader.skipBlanks()) {
    if (byte !== 0x7b || !reader.skipNested(() => undefined)) return undefined;
    end = reader.at;
    if (end - start < partBytes) continue;
    stretches.push({ start, end });
    start = end;
  }
  return end > start ? [...stretches, { start, end }] : stretches;
}
