import type { FieldNode } from "../../model/field.js";
import type { PageFacts, RecordPick } from "../../model/source.js";
import type { KeptRecords } from "../keep-records.js";
import { PageIndex, type ParentRange, type RowLocation } from "./page-index.js";
import { Spool } from "./spool.js";

/** Where records go. */
export interface SpoolingOptions {
  /** Created with mode 0700 when the first record comes. */
  readonly directory: string;
  /** `--limit`: no more rows are wanted. */
  readonly limit?: number;
  /** Called after each page or batch. Must not throw. */
  readonly onProgress?: (progress: SpoolProgress) => void;
}

/** How far a sink has come. */
interface SpoolProgress {
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

/** The spool of one resource, with a count of what is in it and where it came from. */
export type Spooling = ReturnType<typeof openSpooling>;

/** Begins a spool; nothing is on disk before the first record. */
export function openSpooling(options: SpoolingOptions) {
  const spool = new Spool(options.directory);
  const index = new PageIndex();
  let rows = 0;
  let pages = 0;
  return {
    get rows() {
      return rows;
    },
    /** How many more rows are wanted. */
    get room() {
      return (options.limit ?? Infinity) - rows;
    },
    /** `rowsBefore` of the same page are there already; undefined: it begins here. */
    take: async (
      records: KeptRecords,
      pick?: RecordPick,
      page?: PageFacts,
      rowsBefore?: number,
    ): Promise<void> => {
      rows += records.rows;
      index.add(page?.number, records.rows, {
        firstRecord: (rowsBefore ?? 0) + (records.firstRecord ?? 1),
        copies: pick?.copies?.length,
        chain: page?.chain,
        parentKey: page?.parentKey,
      });
      await spool.append(records.segments);
      if (rowsBefore === undefined) pages += 1;
      options.onProgress?.({ rows, pages, bytes: spool.bytes });
    },
    async finish(): Promise<Omit<SpooledRecords, "fields">> {
      const { files, bytes } = await spool.finish();
      return { files, rows, bytes, locateRow: (row) => index.locate(row), parents: index.parents };
    },
    discard: () => spool.remove(),
  };
}
