import { skipValue, skipWhitespace, unexpected } from "../json/skip-value.js";
import { rewriteCanonical } from "../json/write-lossless.js";
import { GuardError } from "../shared/errors.js";
import type { FieldLearner } from "./field-learner.js";
import { shapeRecord, type RecordShape } from "./record-shape.js";

/** The limits and learner that records of one body go through. */
export interface CollectorOptions {
  readonly learner: FieldLearner;
  readonly maxRecordBytes: number;
  /** Where the records come from, for messages: `page 2 (https://…)`. */
  readonly origin: string;
  /** Records before the first one, for messages; default 0. */
  readonly firstRow?: number;
  /** What records are given; default nothing. */
  readonly shape?: RecordShape;
}

/** The records of one body, as NDJSON. */
export interface CollectedRecords {
  /** Whole lines, in order; views of the body wherever its bytes could stay. */
  readonly segments: readonly Buffer[];
  readonly rows: number;
  /** Where the last record stands; undefined without records. */
  readonly last: { readonly buffer: Buffer; readonly start: number; readonly end: number } | undefined;
}

/**
 * Turns the records of a body into NDJSON, in place: the bytes of a record stay what the API sent, those between
 * two records become a line break and blanks. Records that DuckDB cannot read as they are, and records that are
 * no objects, are written anew.
 */
export class RecordCollector implements CollectedRecords {
  readonly segments: Buffer[] = [];
  rows = 0;
  /** May change between two records. */
  shape: RecordShape | undefined;
  private lastBuffer: Buffer | undefined;
  private lastStart = 0;
  private lastEnd = 0;
  private readonly learner: FieldLearner;
  private readonly maxRecordBytes: number;
  private readonly origin: string;
  private readonly firstRow: number;

  constructor(options: CollectorOptions) {
    this.learner = options.learner;
    this.maxRecordBytes = options.maxRecordBytes;
    this.origin = options.origin;
    this.firstRow = options.firstRow ?? 0;
    this.shape = options.shape;
  }

  get last(): CollectedRecords["last"] {
    const { lastBuffer, lastStart, lastEnd } = this;
    return lastBuffer === undefined ? undefined : { buffer: lastBuffer, start: lastStart, end: lastEnd };
  }

  /** Takes the elements of the list that begins at `at`; returns the offset after it. Throws a JsonFault. */
  addList(buffer: Buffer, at: number, end: number): number {
    let start = skipWhitespace(buffer, at + 1, end);
    if (start < end && buffer[start] === 0x5d) return start + 1;
    let runStart = -1;
    for (;;) {
      let after: number;
      if (buffer[start] === 0x7b && this.shape === undefined) {
        after = this.learner.learn(buffer, start, end);
        this.checkSize(after - start);
        if (!this.learner.needsRewrite) {
          if (runStart < 0) runStart = start;
          this.count(buffer, start, after);
        } else {
          if (runStart >= 0) this.segments.push(buffer.subarray(runStart, start));
          runStart = -1;
          this.addLine(rewriteCanonical(buffer, start, after));
        }
      } else {
        if (runStart >= 0) this.segments.push(buffer.subarray(runStart, start));
        runStart = -1;
        after = this.addShaped(buffer, start, end);
      }
      const separator = skipWhitespace(buffer, after, end);
      const byte = separator < end ? buffer[separator] : undefined;
      if (byte === 0x5d) {
        if (runStart >= 0) {
          buffer[after] = NEWLINE;
          this.segments.push(buffer.subarray(runStart, after + 1));
        }
        return separator + 1;
      }
      if (byte !== 0x2c) throw unexpected(buffer, separator, end, "a comma or ]");
      start = skipWhitespace(buffer, separator + 1, end);
      buffer[after] = NEWLINE;
      for (let blank = after + 1; blank < start; blank += 1) buffer[blank] = 0x20;
    }
  }

  /** Takes the value that begins at `at` as one record; returns the offset after it. Throws a JsonFault. */
  addOne(buffer: Buffer, at: number, end: number): number {
    if (buffer[at] !== 0x7b || this.shape !== undefined) return this.addShaped(buffer, at, end);
    const after = this.learner.learn(buffer, at, end);
    this.checkSize(after - at);
    this.addLine(
      this.learner.needsRewrite ? rewriteCanonical(buffer, at, after) : buffer.subarray(at, after),
    );
    return after;
  }

  /** Takes values that stand one after the other, with or without blanks between them, to the end. Throws a JsonFault. */
  addLines(buffer: Buffer, at: number, end: number): void {
    let start = skipWhitespace(buffer, at, end);
    let runStart = -1;
    const endRun = (to: number): void => {
      if (runStart >= 0) this.segments.push(buffer.subarray(runStart, to));
      runStart = -1;
    };
    while (start < end) {
      const isPlain = buffer[start] === 0x7b && this.shape === undefined;
      if (!isPlain) endRun(start);
      const after = isPlain ? this.learner.learn(buffer, start, end) : this.addShaped(buffer, start, end);
      const next = skipWhitespace(buffer, after, end);
      if (isPlain) {
        this.checkSize(after - start);
        if (this.learner.needsRewrite) {
          endRun(start);
          this.addLine(rewriteCanonical(buffer, start, after));
        } else {
          if (runStart < 0) runStart = start;
          this.count(buffer, start, after);
          if (next > after) buffer.fill(0x20, after, next).fill(NEWLINE, after, after + 1);
          else {
            endRun(after);
            this.segments.push(LINE_END);
          }
        }
      }
      start = next;
    }
    endRun(end);
  }

  /** A record that is changed before it is spooled, or is no object. */
  private addShaped(buffer: Buffer, at: number, end: number): number {
    const after = skipValue(buffer, at, end);
    const record = shapeRecord({ buffer, at, after }, this.shape, () => this.describeNext());
    this.checkSize(record.length);
    this.learner.learn(record, 0, record.length);
    this.addLine(this.learner.needsRewrite ? rewriteCanonical(record, 0, record.length) : record);
    return after;
  }

  /** Adds a record that stands alone; its bytes are copied. */
  private addLine(record: Uint8Array): void {
    const line = Buffer.concat([record, LINE_END]);
    this.segments.push(line);
    this.count(line, 0, record.length);
  }

  private count(buffer: Buffer, start: number, end: number): void {
    this.rows += 1;
    this.lastBuffer = buffer;
    this.lastStart = start;
    this.lastEnd = end;
  }

  private describeNext(): string {
    return `${this.origin}: record ${String(this.firstRow + this.rows + 1)}`;
  }

  private checkSize(bytes: number): void {
    if (bytes <= this.maxRecordBytes) return;
    const limit = this.maxRecordBytes.toLocaleString("en");
    throw new GuardError(
      `${this.describeNext()} has ${bytes.toLocaleString("en")} bytes, more than max_record (${limit})`,
      { hint: "raise `max_record` on the client, or exclude large fields by the API's own parameters" },
    );
  }
}

const NEWLINE = 0x0a;
const LINE_END = Buffer.from("\n");
