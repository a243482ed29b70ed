import { skipValue, skipWhitespace, unexpected } from "../json/skip-value.js";
import { rewriteCanonical } from "../json/write-lossless.js";
import { GuardError } from "../shared/errors.js";
import type { FieldLearner } from "./field-learner.js";

/** The limits and learner that records of one body go through. */
export interface CollectorOptions {
  readonly learner: FieldLearner;
  readonly maxRecordBytes: number;
  /** Where the records come from, for messages: `page 2 (https://…)`. */
  readonly origin: string;
  /** Records before the first one, for messages; default 0. */
  readonly firstRow?: number;
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
      if (buffer[start] === 0x7b) {
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
        after = this.addValue(buffer, start, end);
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
    if (buffer[at] !== 0x7b) return this.addValue(buffer, at, end);
    const after = this.learner.learn(buffer, at, end);
    this.checkSize(after - at);
    this.addLine(
      this.learner.needsRewrite ? rewriteCanonical(buffer, at, after) : buffer.subarray(at, after),
    );
    return after;
  }

  /** A record that is no object becomes the column `value` (rule D6). */
  private addValue(buffer: Buffer, at: number, end: number): number {
    const after = skipValue(buffer, at, end);
    const wrapped = Buffer.concat([VALUE_START, buffer.subarray(at, after), VALUE_END]);
    this.checkSize(wrapped.length);
    this.learner.learn(wrapped, 0, wrapped.length);
    this.addLine(this.learner.needsRewrite ? rewriteCanonical(wrapped, 0, wrapped.length) : wrapped);
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

  private checkSize(bytes: number): void {
    if (bytes <= this.maxRecordBytes) return;
    const limit = this.maxRecordBytes.toLocaleString("en");
    throw new GuardError(
      `${this.origin}: record ${String(this.firstRow + this.rows + 1)} has ${bytes.toLocaleString("en")} bytes, more than max_record (${limit})`,
      { hint: "raise `max_record` on the client, or exclude large fields by the API's own parameters" },
    );
  }
}

const NEWLINE = 0x0a;
const LINE_END = Buffer.from("\n");
const VALUE_START = Buffer.from('{"value":');
const VALUE_END = Buffer.from("}");
