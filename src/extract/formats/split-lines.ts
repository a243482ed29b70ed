import { parseLossless } from "../../json/parse-lossless.js";
import { skipValue, skipWhitespace } from "../../json/skip-value.js";
import { GuardError } from "../../shared/errors.js";
import { rejectAbsent, rejectMissing, rejectServerError } from "../select/missing-records.js";
import { createPageRecords, type SplitBody } from "../spool/page-records.js";
import { describePage, pageContext } from "../spool/page-message.js";
import { RecordCollector, type CollectedRecords } from "../record-collector.js";
import { withRecordNames } from "./record-names.js";
import { parseSelector } from "../select/selector.js";
import { splitJson } from "./split-json.js";
import { isRoot, type Splitter } from "./splitter.js";
import { walkBody, type WalkedBody } from "../select/walk-body.js";

/** What `PageRecords.chosen` says where each line is a record, so that a later page of one line is not taken for JSON. */
export const CHOSE_LINES = "(lines)";

/**
 * Takes the records of JSON lines: each line is one, or the selector applies to each line (rule D3). Values need not
 * stand on lines of their own. One list that is the whole body is JSON, whatever it is called.
 */
export function splitLines(splitter: Splitter): SplitBody {
  const { buffer, pick } = splitter;
  if (buffer[splitter.start] === RECORD_SEPARATOR) blankSeparators(buffer);
  const start = skipWhitespace(buffer, splitter.start, buffer.length);
  if (buffer[start] === 0x5b && isWholeBody(buffer, start)) return splitJson({ ...splitter, start });
  const selector = pick.selector === undefined ? undefined : parseSelector(pick.selector);
  return selector === undefined || isRoot(selector)
    ? takeLines({ ...splitter, start })
    : selectInLines({ ...splitter, start });
}

/** What stands before each text of `application/json-seq` (RFC 7464). */
const RECORD_SEPARATOR = 0x1e;

/** Within JSON this byte cannot occur. */
function blankSeparators(buffer: Buffer): void {
  for (let at = buffer.indexOf(RECORD_SEPARATOR); at >= 0; at = buffer.indexOf(RECORD_SEPARATOR, at + 1))
    buffer[at] = 0x20;
}

function isWholeBody(buffer: Buffer, start: number): boolean {
  return skipWhitespace(buffer, skipValue(buffer, start, buffer.length), buffer.length) === buffer.length;
}

function takeLines(splitter: Splitter): SplitBody {
  const { buffer, start, pick, page } = splitter;
  if (typeof pick.recordFields === "string") {
    throw new GuardError(`${describePage(page)}: each line is a record, so no names can stand beside it`, {
      hint: "write the names themselves: `record_fields: [time, value]`",
      context: pageContext(page),
    });
  }
  if (pick.selector === undefined && ![undefined, "", "$", CHOSE_LINES].includes(pick.chosen)) {
    throw new GuardError(
      `${describePage(page)}: the body is JSON lines, and page 1 had its records under "${pick.chosen ?? ""}"`,
      { hint: "set `response_format: jsonl` if every page is JSON lines", context: pageContext(page) },
    );
  }
  const records = new RecordCollector(withRecordNames(splitter).options);
  records.addLines(buffer, start, buffer.length);
  const { last } = records;
  if (records.rows === 1 && last !== undefined && pick.selector === undefined) {
    const record = parseLossless(last.buffer, last.start, last.end);
    rejectServerError([record], page, "if this line is a record, set `data_selector: $`");
  }
  return createPageRecords({ records, chosen: pick.selector ?? CHOSE_LINES, readEnvelope: () => [] });
}

function selectInLines(splitter: Splitter): SplitBody {
  const { buffer, pick, page, options } = splitter;
  const written = pick.selector ?? "";
  const records = new JoinedRecords();
  let last: WalkedBody | undefined;
  let missing: string | undefined;
  let isFound = false;
  let absent = pick.ancestors ?? [];
  for (let at = splitter.start; at < buffer.length; at = skipWhitespace(buffer, at, buffer.length)) {
    const after = skipValue(buffer, at, buffer.length);
    const line = { ...splitter, buffer: buffer.subarray(at, after), start: 0 };
    const numbered = { ...line, options: { ...options, firstRow: records.rows } };
    last = walkBody(withRecordNames(numbered), parseSelector(written));
    records.add(last.records);
    isFound ||= last.missing === undefined;
    if (last.records.rows > 0) absent = absent.filter((name) => last?.absentAncestors.includes(name));
    if (last.records.rows === 0) rejectServerError(last.onWay(), page);
    missing ??= last.missing;
    at = after;
  }
  if (records.rows > 0) rejectAbsent(absent, last?.onWay() ?? [], page);
  const split = createPageRecords({
    records,
    chosen: written,
    readEnvelope: () => last?.readEnvelope(),
  });
  if (!isFound && missing !== undefined)
    rejectMissing(
      split.envelope,
      `data_selector "${written}" matches nothing in any line: ${missing}`,
      pick,
      page,
    );
  return split;
}

/** The records of several lines as those of one body. */
class JoinedRecords implements CollectedRecords {
  readonly segments: Buffer[] = [];
  rows = 0;
  last: CollectedRecords["last"] = undefined;

  add(records: CollectedRecords): void {
    for (const segment of records.segments) this.segments.push(segment);
    this.rows += records.rows;
    this.last = records.last ?? this.last;
  }
}
