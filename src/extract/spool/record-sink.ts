import type { Body } from "../../model/body.js";
import type { RecordLimits } from "../../model/record-limits.js";
import type { PageFacts, RecordPick, RecordSink } from "../../model/source.js";
import { TemporaryFile } from "../../shared/temporary-file.js";
import { collectObjects } from "../collect-objects.js";
import { FieldLearner } from "../field-learner.js";
import { keepFirst } from "../keep-records.js";
import { writeLargeBody } from "../large/write-large-body.js";
import { createHeldBodies } from "./held-bodies.js";
import type { SplitBody } from "./page-records.js";
import { createRecordLanes } from "./record-lanes.js";
import { openSpooling, type SpooledRecords, type SpoolingOptions } from "./spooling.js";

/** Where and how a sink spools. */
export interface RecordSinkOptions extends SpoolingOptions, RecordLimits {
  /** The name that a key's column will have, so that it is known which keys of one name ever met (rule N1). */
  readonly nameOf?: (key: string) => string;
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
  const { limit } = options;
  const learner = new FieldLearner(options);
  const spooling = openSpooling(options);
  const bodies = createHeldBodies(options, learner, spooling);
  const writeBody = async (body: Body, pick: RecordPick, page: PageFacts): Promise<SplitBody> => {
    if (body instanceof TemporaryFile) return writeLargeBody(body, { pick, page }, bodies);
    const prepared = await bodies.prepare(body, pick, page);
    await prepared.spool();
    return prepared.split;
  };

  return {
    get rows() {
      return spooling.rows;
    },
    get isFull() {
      return spooling.room <= 0;
    },
    get room() {
      return limit === undefined ? undefined : spooling.room;
    },
    mayFill: limit !== undefined,
    writeBody,
    openLane: createRecordLanes({
      write: writeBody,
      split: (body, pick, page) => bodies.splitAside(body, pick, page),
      spool: ({ split, pick, page }) => bodies.spoolAside(split, pick, page),
      mostHeldBytes: MOST_HELD_BYTES,
    }),
    async writeObjects(values) {
      const mark = learner.mark();
      const collected = collectObjects(
        { values, firstRow: spooling.rows },
        { learner, maxRecordBytes: options.maxRecordBytes },
      );
      await spooling.take(keepFirst(collected, spooling.room, learner, mark));
    },
    async finish() {
      return { ...(await spooling.finish()), fields: learner.root };
    },
    discard: spooling.discard,
  };
}

const MOST_HELD_BYTES = 32 << 20;
