import type { RecordSink } from "../../model/source.js";

const BATCH_RECORDS = 1_000;

/** Collects what a generator yields one by one into batches. */
export interface RecordBatch {
  /** Keeps records, in order; hands them over when there are enough. */
  add(records: readonly unknown[]): Promise<void>;
  /** Hands over what was kept; waits until everything handed over is spooled. */
  flush(): Promise<void>;
  /** Records kept, not handed over yet. */
  readonly size: number;
}

/** Calls `onWritten` each time records were handed to the sink. */
export function createRecordBatch(sink: RecordSink, onWritten: () => void): RecordBatch {
  let kept: unknown[] = [];
  let writing: Promise<void> = Promise.resolve();

  async function write(records: readonly unknown[]): Promise<void> {
    if (sink.isFull) return;
    await sink.writeObjects(records);
    onWritten();
  }

  function flush(): Promise<void> {
    if (kept.length === 0) return writing;
    const records = kept;
    kept = [];
    // Requests that run side by side flush side by side: one after the other keeps the order.
    writing = writing.then(() => write(records));
    return writing;
  }

  return {
    async add(records) {
      for (const record of records) kept.push(record);
      if (kept.length >= BATCH_RECORDS) await flush();
    },
    flush,
    get size() {
      return kept.length;
    },
  };
}
