import { setMaxListeners } from "node:events";

/** Lets so many at once through, in the order in which they asked. */
export interface Semaphore {
  /** Waits for a place; the function gives it back, and may be called more than once. Rejects with the signal's reason. */
  acquire(signal: AbortSignal): Promise<() => void>;
}

/** A semaphore of `limit` places. */
export function createSemaphore(limit: number): Semaphore {
  let free = limit;
  const waiting = new Set<() => void>();

  function release(): void {
    const [next] = waiting;
    if (next === undefined) {
      free += 1;
      return;
    }
    waiting.delete(next);
    next();
  }

  return {
    async acquire(signal) {
      signal.throwIfAborted();
      if (free > 0) free -= 1;
      else await waitForPlace(waiting, signal);
      let isHeld = true;
      return () => {
        if (isHeld) release();
        isHeld = false;
      };
    },
  };
}

function waitForPlace(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const enter = (): void => {
      signal.removeEventListener("abort", leave);
      resolve();
    };
    const leave = (): void => {
      waiting.delete(enter);
      reject(signal.reason as Error);
    };
    // One signal ends all requests of a run, each of which may listen to it.
    setMaxListeners(0, signal);
    signal.addEventListener("abort", leave, { once: true });
    waiting.add(enter);
  });
}
