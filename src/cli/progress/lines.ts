import type { RunEvent } from "../../model/events.js";
import type { ProgressSubscriber } from "./subscriber.js";
import { describeEvent, type Verbosity } from "./describe-event.js";

const INTERVAL_MS = 3_000;

/** Plain lines: what happens at once, counts every few seconds. */
export function createLineProgress(
  write: (line: string) => void,
  now: () => number,
  verbosity: Verbosity,
): ProgressSubscriber {
  const lastCount = new Map<string, number>();
  return {
    onEvent(event) {
      if (event.event === "progress" && !isDue(event, lastCount, now())) return;
      const line = describeEvent(event, verbosity);
      if (line !== undefined) write(line);
    },
    onEnd() {
      // The report follows.
    },
  };
}

function isDue(
  event: Extract<RunEvent, { event: "progress" }>,
  lastCount: Map<string, number>,
  nowMs: number,
): boolean {
  const key = `${event.source}.${event.resource}`;
  const last = lastCount.get(key);
  if (last === undefined) {
    // The first count waits too: short runs stay short.
    lastCount.set(key, nowMs);
    return false;
  }
  if (nowMs - last < INTERVAL_MS) return false;
  lastCount.set(key, nowMs);
  return true;
}
