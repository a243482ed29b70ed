import type { PageRecords, RecordSink } from "../../model/source.js";

/** How much to read where nothing is loaded. */
export interface Probe {
  /** Whole pages are read until there are so many rows; 0: one page. */
  readonly leastRows: number;
  /** Told of each body that was read. */
  readonly onPage?: (records: PageRecords) => void;
}

/** A sink that is full after the first body that brings it to `leastRows`, for `--dry-run`, `check` and `preview`. */
export function createProbeSink(sink: RecordSink, { leastRows, onPage }: Probe): RecordSink {
  let hasBody = false;
  const noting = (write: RecordSink["writeBody"]): RecordSink["writeBody"] => {
    return async (body, pick, page) => {
      const records = await write(body, pick, page);
      hasBody = true;
      onPage?.(records);
      return records;
    };
  };
  return {
    mayFill: true,
    get rows() {
      return sink.rows;
    },
    get isFull() {
      return sink.isFull || (hasBody && sink.rows >= leastRows);
    },
    get room() {
      return Math.max(hasBody ? 0 : 1, leastRows - sink.rows);
    },
    writeBody: noting(sink.writeBody),
    openLane() {
      const lane = sink.openLane();
      return { ...lane, writeBody: noting(lane.writeBody) };
    },
    async writeObjects(records) {
      await sink.writeObjects(records);
      hasBody = true;
    },
  };
}
