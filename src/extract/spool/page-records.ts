import { isDeepStrictEqual } from "node:util";
import { parseLossless } from "../../json/parse-lossless.js";
import type { PageRecords } from "../../model/source.js";
import { readMember } from "../select/read-member.js";
import type { CollectedRecords } from "../record-collector.js";

/** The records of one body, ready to be spooled. */
export interface SplitBody extends PageRecords {
  /** NDJSON, whole lines each, in order. */
  readonly segments: readonly Buffer[];
  /** Where the first and the last record stand; undefined without records. */
  readonly first: RecordRange | undefined;
  readonly last: RecordRange | undefined;
}

/** What a page is made of. */
export interface PageParts {
  readonly records: Pick<CollectedRecords, "rows" | "last"> & {
    /** Asked for in turn; as a list where all are there. */
    readonly segments: Iterable<Buffer>;
    readonly first?: RecordRange | undefined;
  };
  readonly chosen: string;
  /** Called once, when the envelope is first looked at. */
  readEnvelope(): unknown;
  /** See `PageRecords.release`. */
  readonly release?: () => void;
}

/** A page whose envelope and last record are parsed only when asked for. */
export function createPageRecords(parts: PageParts): SplitBody {
  const { records, chosen } = parts;
  const { last } = records;
  let envelope: { readonly value: unknown } | undefined;
  const page: SplitBody = {
    get segments() {
      const { segments } = records;
      return Array.isArray(segments) ? (segments as Buffer[]) : [...segments];
    },
    get first() {
      return records.first ?? listRecords(page.segments.slice(0, 1), 1)[0];
    },
    last,
    rows: records.rows,
    chosen,
    get envelope() {
      envelope ??= { value: parts.readEnvelope() };
      return envelope.value;
    },
    lastRecord() {
      return last === undefined ? undefined : parse(last);
    },
    valuesAt: (keys) => valuesAt(records.segments, keys),
    sameRecordsAs: (other) => isSplit(other) && haveSameRecords(page, other),
    ...(parts.release === undefined ? {} : { release: parts.release }),
    overlapWith: (previous) => (isSplit(previous) ? countOverlap(page, previous) : 0),
  };
  return page;
}

/** The first `most` records of NDJSON segments, one range each, without the blanks around them. */
export function listRecords(segments: readonly Buffer[], most = Infinity): RecordRange[] {
  const ranges: RecordRange[] = [];
  for (const buffer of segments) {
    for (let start = 0; start < buffer.length;) {
      if (ranges.length >= most) return ranges;
      const newline = buffer.indexOf(0x0a, start);
      const next = newline < 0 ? buffer.length : newline;
      let end = next;
      while (start < end && isBlank(buffer[start] as number)) start += 1;
      while (end > start && isBlank(buffer[end - 1] as number)) end -= 1;
      if (end > start) ranges.push({ buffer, start, end });
      start = next + 1;
    }
  }
  return ranges;
}

/** Where one record stands in a segment. */
export interface RecordRange {
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
}

/** The first record, parsed; undefined when there is none. */
export function readFirstRecord({ first }: SplitBody): unknown {
  return first === undefined ? undefined : parse(first);
}

function* valuesAt(segments: Iterable<Buffer>, keys: readonly string[]): Generator {
  for (const segment of segments) {
    for (const { buffer, start, end } of listRecords([segment])) yield readMember(buffer, start, end, keys);
  }
}

function isSplit(page: PageRecords): page is SplitBody {
  return "segments" in page;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0d || byte === 0x09;
}

function haveSameRecords(page: SplitBody, other: SplitBody): boolean {
  if (page.rows === 0 || page.rows !== other.rows) return false;
  // Nearly always the first records differ already, and the others need not be looked for.
  const { first } = page;
  if (first === undefined || other.first === undefined || !isSameRecord(first, other.first)) return false;
  const { segments } = page;
  const theirs = other.segments;
  const areSameBytes =
    segments.length === theirs.length &&
    segments.every((segment, index) => segment.equals(theirs[index] as Buffer));
  if (areSameBytes) return true;
  const theirRecords = listRecords(theirs);
  return listRecords(segments).every((record, index) =>
    isSameRecord(record, theirRecords[index] as RecordRange),
  );
}

function isSameRecord(a: RecordRange, b: RecordRange): boolean {
  return hasSameBytes(a, b) || isDeepStrictEqual(parse(a), parse(b));
}

function hasSameBytes(a: RecordRange, b: RecordRange): boolean {
  return a.buffer.compare(b.buffer, b.start, b.end, a.start, a.end) === 0;
}

function parse({ buffer, start, end }: RecordRange): unknown {
  return parseLossless(buffer, start, end);
}

/**
 * The largest number of records that end `previous` and begin `page`. To be quick where nothing overlaps, a record in
 * the middle of a page counts as the first one only if it is spelled with as many bytes.
 */
function countOverlap(page: SplitBody, previous: SplitBody): number {
  const { first } = page;
  if (first === undefined) return 0;
  const length = first.end - first.start;
  const theirs = listRecords(previous.segments);
  let ours: readonly RecordRange[] | undefined;
  for (let start = Math.max(0, theirs.length - page.rows); start < theirs.length; start += 1) {
    const candidate = theirs[start] as RecordRange;
    const mayBeFirst = candidate.end - candidate.start === length || start === theirs.length - 1;
    if (!mayBeFirst || !isSameRecord(first, candidate)) continue;
    ours ??= listRecords(page.segments);
    if (isOverlap(ours, theirs, start)) return theirs.length - start;
  }
  return 0;
}

function isOverlap(ours: readonly RecordRange[], theirs: readonly RecordRange[], start: number): boolean {
  for (let index = start; index < theirs.length; index += 1) {
    if (!isSameRecord(ours[index - start] as RecordRange, theirs[index] as RecordRange)) return false;
  }
  return true;
}
