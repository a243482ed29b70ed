import { isDeepStrictEqual } from "node:util";
import type { RecordOmission } from "../model/source.js";
import type { FieldLearner } from "./field-learner.js";
import type { LearnerMark } from "./learner-options.js";
import { listRecords, readFirstRecord, type SplitBody } from "./spool/page-records.js";

/** Lines to spool. */
export interface KeptRecords {
  readonly segments: readonly Buffer[];
  readonly rows: number;
  /** The place in its page of the first one kept; default 1. */
  readonly firstRecord?: number;
}

/** The records of a page without those that a page before it has brought already (rules P1, P5, P8). */
export function omitKnown(split: SplitBody, omit: RecordOmission | undefined): KeptRecords {
  if (omit === undefined || split.rows === 0) return split;
  if (omit.kind === "same_page") return split.sameRecordsAs(omit.previous) ? NOTHING : split;
  const isKnown =
    omit.previous.rows > 0 && isDeepStrictEqual(readFirstRecord(split), omit.previous.lastRecord());
  return isKnown ? dropFirst(split) : split;
}

/** The first `rows` records; the learner forgets the others, which came after `mark`. */
export function keepFirst(
  records: KeptRecords,
  rows: number,
  learner: FieldLearner,
  mark: LearnerMark,
): KeptRecords {
  if (records.rows <= rows) return records;
  learner.rollback(mark);
  const segments: Buffer[] = [];
  for (const { buffer, start, end } of listRecords(records.segments, rows)) {
    const line = Buffer.concat([buffer.subarray(start, end), NEWLINE]);
    learner.learn(line, 0, line.length - 1);
    segments.push(line);
  }
  return { segments, rows, firstRecord: records.firstRecord ?? 1 };
}

const NOTHING: KeptRecords = { segments: [], rows: 0 };
const NEWLINE = Buffer.from("\n");

function dropFirst({ segments, rows }: KeptRecords): KeptRecords {
  const [first, ...others] = segments;
  if (first === undefined) return NOTHING;
  const rest = first.subarray(first.indexOf(0x0a) + 1);
  return { segments: rest.length === 0 ? others : [rest, ...others], rows: rows - 1, firstRecord: 2 };
}
