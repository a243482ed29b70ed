import type { FieldNode } from "../../model/field.js";
import { JsonFault } from "../../json/json-fault.js";
import type { RecordLimits } from "../../model/record-limits.js";
import type { PageFacts, RecordPick, RecordSink } from "../../model/source.js";
import { explainLimit } from "../formats/body-fault.js";
import { loadBodyReaders } from "../formats/body-readers.js";
import { collectObjects } from "../collect-objects.js";
import { FieldLearner } from "../field-learner.js";
import { keepFirst, omitKnown, type KeptRecords } from "../keep-records.js";
import { PageIndex, type ParentRange, type RowLocation } from "./page-index.js";
import { describePage, pageContext } from "./page-message.js";
import type { SplitBody } from "./page-records.js";
import { createRecordLanes } from "./record-lanes.js";
import { rewriteRecords } from "../rewrite-records.js";
import { openBody, splitBody } from "../formats/split-body.js";
import { Spool } from "./spool.js";

/** Where and how a sink spools. */
export interface RecordSinkOptions extends RecordLimits {
  /** Created with mode 0700 when the first record comes. */
  readonly directory: string;
  /** `--limit`: the sink is full after exactly so many rows. */
  readonly limit?: number;
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
  /** Whose the rows are, where pages were asked for with a parent's key. */
  readonly parents?: readonly ParentRange[];
}

/** A {@link RecordSink} that can be ended. */
export interface SpoolingSink extends RecordSink {
  /** Flushes; the sink takes nothing afterwards. */
  finish(): Promise<SpooledRecords>;
  /** Removes all that was spooled; safe on every path out. */
  discard(): Promise<void>;
}

/** Creates the sink of one resource. Its writes, those of lanes excepted, must be awaited one after the other. */
export function createRecordSink(options: RecordSinkOptions): SpoolingSink {
  const { maxRecordBytes, maxDepth, maxColumns } = options;
  const learner = new FieldLearner(options);
  const spooling = openSpooling(options);
  const { take } = spooling;
  const limit = options.limit ?? Infinity;
  let scratch: FieldLearner | undefined;

  const splitAside: BodySplitter = async (body, pick, page) => {
    const opened = openBody(body, pick, page);
    const readers = await loadBodyReaders(opened.format);
    scratch ??= new FieldLearner({ maxDepth, maxColumns });
    return splitBody(opened, { learner: scratch, maxRecordBytes, readers });
  };
  const spoolAside = async (split: SplitBody, pick: RecordPick, page: PageFacts): Promise<void> => {
    await take(learnAside(split, { pick, page, learner, limit: limit - spooling.rows }), pick, page);
  };
  const writeBody = async (body: Buffer, pick: RecordPick, page: PageFacts): Promise<SplitBody> => {
    if (pick.copies !== undefined) {
      const split = await splitAside(body, pick, page);
      await spoolAside(split, pick, page);
      return split;
    }
    const opened = openBody(body, pick, page);
    const readers = await loadBodyReaders(opened.format);
    const mark = learner.mark();
    const split = splitBody(opened, { learner, maxRecordBytes, readers });
    const kept = omitKnown(split, pick.omit);
    if (kept.rows === 0) learner.rollback(mark);
    await take(keepFirst(kept, limit - spooling.rows, learner, mark), pick, page);
    return split;
  };

  return {
    get rows() {
      return spooling.rows;
    },
    get isFull() {
      return spooling.rows >= limit;
    },
    get room() {
      return options.limit === undefined ? undefined : options.limit - spooling.rows;
    },
    mayFill: options.limit !== undefined,
    writeBody,
    openLane: createRecordLanes({
      write: writeBody,
      split: splitAside,
      spool: ({ split, pick, page }) => spoolAside(split, pick, page),
      mostHeldBytes: MOST_HELD_BYTES,
    }),
    async writeObjects(values) {
      const mark = learner.mark();
      const collected = collectObjects({ values, firstRow: spooling.rows }, { learner, maxRecordBytes });
      await take(keepFirst(collected, limit - spooling.rows, learner, mark));
    },
    async finish() {
      return { ...(await spooling.finish()), fields: learner.root };
    },
    discard: spooling.discard,
  };
}

const MOST_HELD_BYTES = 32 << 20;

/** The spool, with a count of what is in it and where it came from. */
function openSpooling(options: RecordSinkOptions) {
  const spool = new Spool(options.directory);
  const index = new PageIndex();
  let rows = 0;
  let pages = 0;
  return {
    get rows() {
      return rows;
    },
    take: async (records: KeptRecords, pick?: RecordPick, page?: PageFacts): Promise<void> => {
      rows += records.rows;
      index.add(page?.number, records.rows, {
        firstRecord: records.firstRecord,
        copies: pick?.copies?.length,
        chain: page?.chain,
        parentKey: page?.parentKey,
      });
      await spool.append(records.segments);
      pages += 1;
      options.onProgress?.({ rows, pages, bytes: spool.bytes });
    },
    async finish(): Promise<Omit<SpooledRecords, "fields">> {
      const { files, bytes } = await spool.finish();
      return { files, rows, bytes, locateRow: (row) => index.locate(row), parents: index.parents };
    },
    discard: () => spool.remove(),
  };
}

type BodySplitter = (body: Buffer, pick: RecordPick, page: PageFacts) => Promise<SplitBody>;

/** What is to be spooled of a page that another learner has split. */
function learnAside(
  split: SplitBody,
  place: { readonly pick: RecordPick; readonly page: PageFacts; learner: FieldLearner; limit: number },
): KeptRecords {
  const { pick, page, learner, limit } = place;
  try {
    return rewriteRecords(omitKnown(split, pick.omit), { copies: pick.copies ?? [], learner, limit });
  } catch (error) {
    throw error instanceof JsonFault ? explainLimit(error, describePage(page), pageContext(page)) : error;
  }
}
