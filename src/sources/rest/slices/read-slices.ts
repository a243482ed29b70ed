import type { RecordSink } from "../../../model/source.js";
import type { Slice } from "./slices.js";

/** Reads one slice; ends early when `isStopped` says that another has failed. */
export type SliceReader = (
  slice: Slice,
  records: Pick<RecordSink, "writeBody">,
  isStopped: () => boolean,
) => Promise<void>;

/**
 * Reads slices, at most `concurrency` at once, so that their records are spooled in the slices' order. Takes no more
 * after the first failure, waits for what is under way, then rejects with it; nor after the sink is full.
 */
export async function readSlices(
  slices: Iterable<Slice>,
  { concurrency, records }: { readonly concurrency: number; readonly records: RecordSink },
  read: SliceReader,
): Promise<void> {
  const waiting = slices[Symbol.iterator]();
  const failures: unknown[] = [];
  const isStopped = (): boolean => failures.length > 0;
  const fail = (error: unknown): void => {
    failures.push(error);
  };
  const work = async (): Promise<void> => {
    while (!isStopped() && !records.isFull) {
      const next = waiting.next();
      if (next.done === true) return;
      // Opened in the same moment, so that lanes have the slices' order.
      const lane = records.openLane();
      await read(next.value, lane, isStopped).catch(fail);
      await lane.close().catch(fail);
    }
  };
  const length = records.mayFill ? 1 : concurrency;
  await Promise.all(Array.from({ length }, () => work().catch(fail)));
  if (failures.length > 0) throw failures[0];
}
