import { JsonFault } from "../../json/json-fault.js";
import { skipWhitespace } from "../../json/skip-value.js";
import type { PageFacts, RecordPick } from "../../model/source.js";
import { explainFault, rejectOtherBodies } from "./body-fault.js";
import { detectFormat, type FoundFormat } from "./body-format.js";
import type { BodyReaders } from "./body-readers.js";
import { decodeCharset } from "./charset.js";
import type { FieldLearner } from "../field-learner.js";
import { describePage, HEAD_BYTES } from "../spool/page-message.js";
import type { SplitBody } from "../spool/page-records.js";
import { splitCsv } from "./split-csv.js";
import { splitJson } from "./split-json.js";
import { CHOSE_LINES, splitLines } from "./split-lines.js";
import { splitXml } from "./split-xml.js";
import { noRecords, type Splitter } from "./splitter.js";

/** A body whose charset is undone and whose format is known. */
export interface OpenedBody {
  readonly format: FoundFormat;
  readonly buffer: Buffer;
  /** The first byte that is not blank. */
  readonly start: number;
  readonly pick: RecordPick;
  readonly page: PageFacts;
}

/** What splitting needs beside the body. */
export interface SplitOptions {
  readonly learner: FieldLearner;
  readonly maxRecordBytes: number;
  /** Those of the body's format; JSON needs none. */
  readonly readers?: BodyReaders;
}

/** Undoes the charset (rule B1) and tells the format. Throws a DataError or ResponseError for bytes that are no text. */
export function openBody(body: Buffer, pick: RecordPick, page: PageFacts): OpenedBody {
  const buffer = decodeCharset(body, page);
  const start = skipWhitespace(buffer, 0, buffer.length);
  const declared = pick.format?.format ?? (pick.chosen === CHOSE_LINES ? "jsonl" : undefined);
  return { format: detectFormat(buffer, start, page.contentType, declared), buffer, start, pick, page };
}

/**
 * Finds the records of one body, by its bytes: the body itself becomes NDJSON where its records stand, so it must
 * not be read by others afterwards. The learner learns the records; it forgets them if this throws. Throws
 * GuardError, ResponseError or DataError (contract §2.1 Records, rules B1, B2, D1–D6, P2, P11). A ResponseError with
 * `unreadable: true` in its context is one that asking again may cure (rule D4).
 */
export function splitBody(opened: OpenedBody, options: SplitOptions): SplitBody {
  const { buffer, start, pick, page } = opened;
  const { learner, maxRecordBytes, readers = {} } = options;
  const mark = learner.mark();
  const head = Buffer.from(buffer.subarray(start, start + HEAD_BYTES));
  const origin = describePage(page);
  const splitter = { buffer, start, head, pick, page, options: { learner, maxRecordBytes, origin } };
  try {
    return splitAs(opened.format, splitter, readers);
  } catch (error) {
    learner.rollback(mark);
    throw error instanceof JsonFault ? explainFault(error, head, page) : error;
  }
}

function splitAs(format: FoundFormat, splitter: Splitter, { csv, xml }: BodyReaders): SplitBody {
  const { buffer, start, page } = splitter;
  if (start === buffer.length) return noRecords(splitter, undefined);
  if (format === "csv" && csv !== undefined) return splitCsv(splitter, csv);
  if (format === "xml" && xml !== undefined) return splitXml(splitter, xml);
  rejectOtherBodies(splitter.buffer, start, page);
  return format === "jsonl" ? splitLines(splitter) : splitJson(splitter);
}
