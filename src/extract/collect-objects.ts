import { JsonFault } from "../json/json-fault.js";
import { stringifyRecord } from "../json/write-lossless.js";
import { explainLimit } from "./formats/body-fault.js";
import { RecordCollector, type CollectedRecords, type CollectorOptions } from "./record-collector.js";

/** JavaScript values to spool as records. */
export interface ObjectBatch {
  readonly values: readonly unknown[];
  /** Records before this batch, for messages. */
  readonly firstRow: number;
}

/**
 * Spells values as NDJSON and learns them; a value that is no object becomes the column `value` (rule D6). The
 * learner forgets them if this throws: a DataError for what JSON cannot hold, a GuardError for a limit.
 */
export function collectObjects(
  { values, firstRow }: ObjectBatch,
  options: Omit<CollectorOptions, "origin">,
): CollectedRecords {
  const mark = options.learner.mark();
  const collector = new RecordCollector({ ...options, origin: "the module's records", firstRow });
  try {
    for (const value of values) {
      const record = Buffer.from(stringifyRecord(value));
      collector.addOne(record, 0, record.length);
    }
    return collector;
  } catch (error) {
    options.learner.rollback(mark);
    if (!(error instanceof JsonFault) || error.reason === "syntax" || error.reason === "number") throw error;
    throw explainLimit(error, `record ${String(firstRow + collector.rows + 1)} of the module`, {});
  }
}
