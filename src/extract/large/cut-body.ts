import type { PageFacts, RecordPick } from "../../model/source.js";
import type { TemporaryFile } from "../../shared/temporary-file.js";
import { detectFormat } from "../formats/body-format.js";
import { detectCharset } from "../formats/charset.js";
import { CHOSE_LINES } from "../formats/split-lines.js";
import { ByteReader } from "./byte-reader.js";
import { cutCsv } from "./cut-csv.js";
import { cutJson } from "./cut-json.js";
import { cutLines } from "./cut-lines.js";
import type { BodyParts } from "./large-body.js";

/** About the size of a part. */
export const PART_BYTES = 4 << 20;

/**
 * Cuts a large body between its records, so that it need not be held at once. Undefined where that cannot be done
 * without knowing more, or where something seems wrong with it: then it is read whole, and told what it is.
 */
export function cutBody(
  file: TemporaryFile,
  pick: RecordPick,
  page: PageFacts,
  partBytes = PART_BYTES,
): BodyParts | undefined {
  const head = file.read(0, HEAD_BYTES);
  if (detectCharset(head, page.contentType) !== "utf-8") return undefined;
  const reader = new ByteReader(file, head.indexOf(MARK) === 0 ? MARK.length : 0);
  reader.skipBlanks();
  const declared = pick.format?.format ?? (pick.chosen === CHOSE_LINES ? "jsonl" : undefined);
  const body = { file, reader, pick, page, partBytes };
  switch (detectFormat(head, reader.at, page.contentType, declared)) {
    case "json":
      return cutJson(body);
    case "jsonl":
      return cutLines(body);
    case "csv":
      return cutCsv(body);
    default:
      return undefined;
  }
}

const HEAD_BYTES = 1 << 20;
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);
