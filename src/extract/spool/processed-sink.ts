import { JsonFault } from "../../json/json-fault.js";
import type { FieldNode } from "../../model/field.js";
import type { RecordLimits } from "../../model/record-limits.js";
import { DataError } from "../../shared/errors.js";
import { splitCarried, withMembers } from "../carried-members.js";
import { collectObjects } from "../collect-objects.js";
import { FieldLearner } from "../field-learner.js";
import { explainLimit } from "../formats/body-fault.js";
import { listRecords } from "./page-records.js";
import { RowTrace } from "./row-trace.js";
import { Spool } from "./spool.js";

/** Records after some processing steps, on disk. */
export interface ProcessedFiles {
  readonly files: readonly string[];
  readonly rows: number;
  readonly bytes: number;
  readonly fields: FieldNode;
  /** The row, from 0, of the records before these steps that a row came from. */
  locateRow(row: number): number;
  /** Where the rows `ProcessedSinkOptions.marks` begin now. */
  readonly marks: readonly number[];
}

/** Where a step's records go. */
export interface ProcessedSinkOptions extends RecordLimits {
  /** Created with mode 0700 by the first record. */
  readonly directory: string;
  readonly nameOf: (key: string) => string;
  /** Numbers of records before these steps, rising, whose places among those after them are wanted. */
  readonly marks?: readonly number[];
  /** Names a record before these steps, by its number from 0. */
  describeRow(row: number): string;
}

/** Spools and learns the records that processing steps leave. To be told of every record before the steps, in order. */
export class ProcessedSink {
  private readonly options: ProcessedSinkOptions;
  private readonly learner: FieldLearner;
  private readonly spool: Spool;
  private trace: RowTrace | undefined;
  private pending: Buffer[] = [];
  private given = 0;
  private rows = 0;
  private readonly moved: number[] = [];

  constructor(options: ProcessedSinkOptions) {
    this.options = options;
    this.learner = new FieldLearner(options);
    this.spool = new Spool(options.directory);
  }

  /** The next record is dropped. */
  drop(): void {
    this.noteCount(0);
  }

  /** The next record stays, as it stands at `[start, end)`; its bytes come by {@link addBytes}. */
  learn(buffer: Buffer, start: number, end: number): void {
    try {
      const { own, carried } = splitCarried(buffer.subarray(start, end));
      if (carried === "") this.learner.learn(buffer, start, end);
      else this.learner.learn(own, 0, own.length);
    } catch (error) {
      if (!(error instanceof JsonFault)) throw error;
      const where = this.options.describeRow(this.given);
      if (error.reason === "depth" || error.reason === "columns") throw explainLimit(error, where, {});
      throw new DataError(`${where}: ${error.message}`, {
        hint: "processing_steps made of it what cannot be loaded",
        cause: error,
      });
    }
    this.rows += 1;
    this.noteCount(1);
  }

  /** The bytes of whole lines that were learned; they must not change afterwards. */
  addBytes(lines: Buffer): void {
    this.pending.push(lines);
  }

  /** The next record becomes these, each of which carries what it carried. */
  addObjects(values: readonly unknown[], carried: string): void {
    const { learner } = this;
    const { maxRecordBytes } = this.options;
    const collected = collectObjects({ values, firstRow: this.rows }, { learner, maxRecordBytes });
    this.pending.push(...(carried === "" ? collected.segments : carry(collected.segments, carried)));
    this.rows += collected.rows;
    this.noteCount(collected.rows);
  }

  /** Resolves when there is room for more. */
  async flush(): Promise<void> {
    const segments = this.pending;
    this.pending = [];
    if (segments.length > 0) await this.spool.append(segments);
    await this.trace?.flush();
  }

  async finish(): Promise<ProcessedFiles> {
    await this.flush();
    await this.trace?.finish();
    const { files, bytes } = await this.spool.finish();
    const { rows, trace, moved } = this;
    const behind = (this.options.marks ?? []).slice(moved.length).map(() => rows);
    return {
      files,
      rows,
      bytes,
      fields: this.learner.root,
      locateRow: (row) => trace?.locate(row) ?? row,
      marks: [...moved, ...behind],
    };
  }

  remove(): Promise<void> {
    return this.spool.remove();
  }

  /** While each record became one, its number says where it came from. The `count` rows are counted already. */
  private noteCount(count: number): void {
    const { marks = [] } = this.options;
    while (marks[this.moved.length] === this.given) this.moved.push(this.rows - count);
    if (count !== 1 && this.trace === undefined) {
      this.trace = new RowTrace(`${this.options.directory}.rows`, this.given);
    }
    this.trace?.note(count);
    this.given += 1;
  }
}

function carry(segments: readonly Buffer[], carried: string): Buffer[] {
  return listRecords(segments).map(({ buffer, start, end }) =>
    Buffer.concat([withMembers(buffer.subarray(start, end), carried), LINE_END]),
  );
}

const LINE_END = Buffer.from("\n");
