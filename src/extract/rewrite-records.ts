import { JsonFault } from "../json/json-fault.js";
import { rewriteCanonical } from "../json/write-lossless.js";
import type { RecordCopy } from "../model/source.js";
import { withMembers } from "./carried-members.js";
import type { FieldLearner } from "./field-learner.js";
import type { KeptRecords } from "./keep-records.js";
import { listRecords } from "./spool/page-records.js";

/**
 * Learns records that were split by another learner; with `copies`, each record is written once for each of them, with
 * that copy's members behind its own (of two with one key the copy's counts). At most `limit` records come out. Throws a
 * JsonFault for a limit of rule B2.
 */
export function rewriteRecords(
  kept: KeptRecords,
  { copies, learner, limit }: { copies: readonly RecordCopy[]; learner: FieldLearner; limit: number },
): KeptRecords {
  const mark = learner.mark();
  try {
    return copies.length === 0 ? learnAll(kept, learner, limit) : writeCopies(kept, copies, learner, limit);
  } catch (error) {
    if (error instanceof JsonFault) learner.rollback(mark);
    throw error;
  }
}

function learnAll(kept: KeptRecords, learner: FieldLearner, limit: number): KeptRecords {
  const ranges = listRecords(kept.segments, limit);
  for (const { buffer, start, end } of ranges) learner.learn(buffer, start, end);
  if (ranges.length === kept.rows) return kept;
  const segments = ranges.map(({ buffer, start, end }) =>
    Buffer.concat([buffer.subarray(start, end), LINE_END]),
  );
  return { ...kept, segments, rows: ranges.length };
}

function writeCopies(
  kept: KeptRecords,
  copies: readonly RecordCopy[],
  learner: FieldLearner,
  limit: number,
): KeptRecords {
  const segments: Buffer[] = [];
  for (const { buffer, start, end } of listRecords(kept.segments, limit)) {
    for (const { members, carried } of copies) {
      if (segments.length >= limit) break;
      const record = withMembers(buffer.subarray(start, end), members);
      learner.learn(record, 0, record.length);
      const canonical = learner.needsRewrite ? rewriteCanonical(record, 0, record.length) : record;
      segments.push(Buffer.concat([withMembers(canonical, carried), LINE_END]));
    }
  }
  return { ...kept, segments, rows: segments.length };
}

const LINE_END = Buffer.from("\n");
