import type { PageFacts, PageRecords, RecordLane, RecordPick } from "../../model/source.js";
import type { Body } from "../../model/body.js";
import { TemporaryFile } from "../../shared/temporary-file.js";
import type { SplitBody } from "./page-records.js";

/** A page that was read before its turn came, ready to be spooled. */
export interface HeldPage {
  readonly split: SplitBody;
  readonly pick: RecordPick;
  readonly page: PageFacts;
  readonly bytes: number;
}

/** What lanes do with the sink that they belong to. */
export interface LaneParts {
  /** Splits and spools. */
  write(body: Body, pick: RecordPick, page: PageFacts): Promise<PageRecords>;
  /** Splits only; what the sink has learned stays as it is. */
  split(body: Buffer, pick: RecordPick, page: PageFacts): Promise<SplitBody>;
  /** Spools what was split before. */
  spool(held: HeldPage): Promise<void>;
  /** How many bytes all lanes together may hold before those that are not first must wait. */
  readonly mostHeldBytes: number;
}

/** Opens lanes, in the order in which their records are to be spooled. */
export function createRecordLanes(parts: LaneParts): () => RecordLane {
  const queue: LaneState[] = [];
  let heldBytes = 0;
  let failure: { readonly error: unknown } | undefined;

  /** Spools what the lanes behind a closed one hold, up to and with the first that is still open. */
  async function advance(): Promise<void> {
    queue.shift();
    for (let lane = queue[0]; lane !== undefined; lane = queue[0]) {
      for (let held = lane.held.shift(); held !== undefined; held = lane.held.shift()) {
        await parts.spool(held);
        heldBytes -= held.bytes;
      }
      lane.isFirst = true;
      lane.turn.resolve();
      if (!lane.isClosed) return;
      queue.shift();
    }
  }

  function fail(error: unknown): never {
    failure ??= { error };
    for (const lane of queue) lane.turn.resolve();
    throw error;
  }

  function assertSound(): void {
    if (failure !== undefined) throw failure.error;
  }

  return () => {
    const lane: LaneState = { held: [], isFirst: queue.length === 0, isClosed: false, turn: createTurn() };
    queue.push(lane);
    return {
      async writeBody(body, pick, page) {
        assertSound();
        if (body instanceof TemporaryFile && !hasTurn(lane)) {
          await lane.turn.promise;
          assertSound();
        }
        if (body instanceof TemporaryFile || hasTurn(lane)) return parts.write(body, pick, page);
        const bytes = body.length;
        const split = await parts.split(body, pick, page);
        const held = { split, pick, page, bytes };
        if (hasTurn(lane)) {
          // Its turn came while the body was split.
          await parts.spool(held);
          return split;
        }
        lane.held.push(held);
        heldBytes += bytes;
        if (heldBytes > parts.mostHeldBytes) {
          await lane.turn.promise;
          assertSound();
        }
        return split;
      },
      async close() {
        if (lane.isClosed) return;
        lane.isClosed = true;
        if (lane.isFirst && failure === undefined) await advance().catch(fail);
      },
    };
  };
}

interface LaneState {
  readonly held: HeldPage[];
  /** True once everything before it is spooled: it writes at once. */
  isFirst: boolean;
  isClosed: boolean;
  readonly turn: Turn;
}

/** A question of its own, because the answer changes across an `await`. */
function hasTurn(lane: LaneState): boolean {
  return lane.isFirst;
}

interface Turn {
  readonly promise: Promise<void>;
  resolve(): void;
}

function createTurn(): Turn {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
