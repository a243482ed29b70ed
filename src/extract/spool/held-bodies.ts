import { JsonFault } from "../../json/json-fault.js";
import type { RecordLimits } from "../../model/record-limits.js";
import type { PageFacts, RecordPick } from "../../model/source.js";
import { FieldLearner } from "../field-learner.js";
import { explainLimit } from "../formats/body-fault.js";
import { loadBodyReaders } from "../formats/body-readers.js";
import { openBody, splitBody } from "../formats/split-body.js";
import { keepFirst, omitKnown, type KeptRecords } from "../keep-records.js";
import { rewriteRecords } from "../rewrite-records.js";
import { describePage, pageContext } from "./page-message.js";
import type { SplitBody } from "./page-records.js";
import type { Spooling } from "./spooling.js";

/** What a sink does with bodies that are in memory. */
export interface HeldBodies {
  readonly limits: RecordLimits;
  /** Finds and learns the records, to be spooled or forgotten next. Rejects as `splitBody` throws. */
  prepare(body: Buffer, pick: RecordPick, page: PageFacts): Promise<PreparedBody>;
  /** Only finds them. */
  splitAside(body: Buffer, pick: RecordPick, page: PageFacts): Promise<SplitBody>;
  /** Learns and spools what was found aside; `rowsBefore` as in {@link PreparedBody}. */
  spoolAside(split: SplitBody, pick: RecordPick, page: PageFacts, rowsBefore?: number): Promise<void>;
}

/** The records of a body, found but not yet spooled. */
export interface PreparedBody {
  readonly split: SplitBody;
  /** `rowsBefore`: so many of the page's records were spooled with parts before this one; undefined: it is the first. */
  spool(rowsBefore?: number): Promise<void>;
  /** Instead of spooling: nothing of it stays. */
  forget(): void;
}

/** The bodies of one sink; `learner` learns what is spooled. */
export function createHeldBodies(
  limits: RecordLimits,
  learner: FieldLearner,
  spooling: Spooling,
): HeldBodies {
  const { maxRecordBytes, maxDepth, maxColumns } = limits;
  const scratch = new FieldLearner({ maxDepth, maxColumns });
  const split = async (body: Buffer, pick: RecordPick, page: PageFacts, by: FieldLearner) => {
    const opened = openBody(body, pick, page);
    const readers = await loadBodyReaders(opened.format);
    return splitBody(opened, { learner: by, maxRecordBytes, readers });
  };
  const bodies: HeldBodies = {
    limits,
    splitAside: (body, pick, page) => split(body, pick, page, scratch),
    async spoolAside(aside, pick, page, rowsBefore) {
      const kept = learnAside(aside, { pick, page, learner, limit: spooling.room });
      await spooling.take(kept, pick, page, rowsBefore);
    },
    async prepare(body, pick, page) {
      if (pick.copies !== undefined) {
        const aside = await bodies.splitAside(body, pick, page);
        const spool = (rowsBefore?: number) => bodies.spoolAside(aside, pick, page, rowsBefore);
        return { split: aside, spool, forget: () => undefined };
      }
      const mark = learner.mark();
      const found = await split(body, pick, page, learner);
      return {
        split: found,
        async spool(rowsBefore) {
          const kept = omitKnown(found, pick.omit);
          if (kept.rows === 0) learner.rollback(mark);
          await spooling.take(keepFirst(kept, spooling.room, learner, mark), pick, page, rowsBefore);
        },
        forget() {
          learner.rollback(mark);
        },
      };
    },
  };
  return bodies;
}

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
