import type { FieldNode } from "../model/field.js";
import type { RecordSink } from "../model/source.js";
import { collectObjects } from "./collect-objects.js";
import { FieldLearner } from "./field-learner.js";
import { keepFirst, omitKnown, type KeptRecords } from "./keep-records.js";
import { PageIndex, type RowLocation } from "./page-index.js";
import { splitBody } from "./split-body.js";
import { Spool } from "./spool.js";

/** Where and how a sink spools. */
export interface RecordSinkOptions {
  /** Created with mode 0700 when the first record comes. */
  readonly directory: string;
  /** `--limit`: the sink is full after exactly so many rows. */
  readonly limit?: number;
  readonly maxRecordBytes: number;
  /** The name that a key's column will have, so that it is known which keys of one name ever met (rule N1). */
  readonly nameOf?: (key: string) => string;
  /** Called after each page or batch. Must not throw. */
  readonly onProgress?: (progress: SpoolProgress) => void;
}

/** How far a sink has come. */
export interface SpoolProgress {
  readonly rows: number;
  readonly pages: number;
  /** Bytes spooled, not those received. */
  readonly bytes: number;
}

/** All records of a resource, on disk. */
export interface SpooledRecords {
  /** NDJSON, in order; none if there were no records. */
  readonly files: readonly string[];
  readonly rows: number;
  readonly bytes: number;
  readonly fields: FieldNode;
  /** The page and record that a row (from 0, in the order of the files) came from. */
  readonly locateRow: (row: number) => RowLocation | undefined;
}

/** A {@link RecordSink} that can be ended. */
export interface SpoolingSink extends RecordSink {
  /** Flushes; the sink takes nothing afterwards. */
  finish(): Promise<SpooledRecords>;
  /** Removes all that was spooled; safe on every path out. */
  discard(): Promise<void>;
}

/** Creates the sink of one resource. Its writes must be awaited one after the other. */
export function createRecordSink(options: RecordSinkOptions): SpoolingSink {
  const learner = new FieldLearner(undefined, options.nameOf);
  const spool = new Spool(options.directory);
  const index = new PageIndex();
  const limit = options.limit ?? Infinity;
  let rows = 0;
  let pages = 0;

  const take = async (records: KeptRecords, page: number | undefined): Promise<void> => {
    rows += records.rows;
    index.add(page, records.rows, records.firstRecord);
    await spool.append(records.segments);
    pages += 1;
    options.onProgress?.({ rows, pages, bytes: spool.bytes });
  };

  return {
    get rows() {
      return rows;
    },
    get isFull() {
      return rows >= limit;
    },
    get room() {
      return options.limit === undefined ? undefined : options.limit - rows;
    },
    async writeBody(body, pick, page) {
      const mark = learner.mark();
      const split = splitBody(body, pick, page, { learner, maxRecordBytes: options.maxRecordBytes });
      const kept = omitKnown(split, pick.omit);
      if (kept.rows === 0) learner.rollback(mark);
      await take(keepFirst(kept, limit - rows, learner, mark), page.number);
      return split;
    },
    async writeObjects(values) {
      const mark = learner.mark();
      const { maxRecordBytes } = options;
      const collected = collectObjects({ values, firstRow: rows }, { learner, maxRecordBytes });
      await take(keepFirst(collected, limit - rows, learner, mark), undefined);
    },
    async finish() {
      const { files, bytes } = await spool.finish();
      return { files, rows, bytes, fields: learner.root, locateRow: (row) => index.locate(row) };
    },
    discard: () => spool.remove(),
  };
}
