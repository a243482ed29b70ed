import type { RateLimitConfig } from "../model/rest-config.js";
import type { Clock } from "../shared/async.js";

/** Spaces out the starts of requests. */
export interface RateLimiter {
  /** Takes the next free moment and waits for it. `onWait` is told of the wait before it begins. */
  wait(signal: AbortSignal, onWait: (waitMs: number) => void): Promise<void>;
}

/**
 * A limiter that keeps at least `perMs / requests` between two starts, of several limits the longest gap; so it
 * never exceeds any of them in any stretch of time.
 */
export function createRateLimiter(limits: readonly RateLimitConfig[], clock: Clock): RateLimiter {
  const gapMs = Math.max(0, ...limits.map((limit) => limit.perMs / limit.requests));
  let nextFreeMs = -Infinity;
  return {
    async wait(signal, onWait) {
      if (gapMs === 0) return;
      const nowMs = clock.now();
      const startMs = Math.max(nowMs, nextFreeMs);
      nextFreeMs = startMs + gapMs;
      // Timers count whole milliseconds: rounded up, so that no gap comes out short.
      const waitMs = Math.ceil(startMs - nowMs);
      if (waitMs === 0) return;
      onWait(waitMs);
      await clock.sleep(waitMs, signal);
    },
  };
}
