import type { RateLimitConfig } from "../../model/rest-config.js";

/** Counts the requests of one limit. Callers take turns: one `take` that gave 0, then its `sent`, then the next. */
export interface RateWindow {
  /** Counts one request and gives 0, or counts none and gives the milliseconds after which to ask again. */
  take(nowMs: number): number | Promise<number>;
  /** The request that was counted last went out just now. */
  sent(nowMs: number): void;
}

/**
 * A window that slides: no stretch of `perMs` holds more than `requests` requests. `{requests: 1}` is a gap. Times
 * are those at which requests really went out, so that what the server measures keeps to the limit too.
 */
export function createRateWindow({ requests, perMs }: RateLimitConfig): RateWindow {
  let times: number[] = [];
  let oldest = 0;

  function forget(nowMs: number): void {
    while (oldest < times.length && (times[oldest] ?? 0) + perMs <= nowMs) oldest += 1;
    if (oldest <= requests) return;
    times = times.slice(oldest);
    oldest = 0;
  }

  return {
    take(nowMs) {
      forget(nowMs);
      if (times.length - oldest >= requests) return Math.max(0, (times[oldest] ?? nowMs) + perMs - nowMs);
      times.push(nowMs);
      return 0;
    },
    sent(nowMs) {
      if (times.length > oldest) times[times.length - 1] = nowMs;
    },
  };
}
