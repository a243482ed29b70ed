import type { RateLimitConfig } from "../../model/rest-config.js";
import type { Clock } from "../../shared/async.js";
import { RateLimitError } from "../../shared/errors.js";
import { createRateWindow, type RateWindow } from "./rate-window.js";
import { createSemaphore, type Semaphore } from "./semaphore.js";

/** Holds requests back, origin by origin: by configured limits, and where the server asked to wait. */
export interface RateLimiter {
  /** Waits until a request may go out. Throws RateLimitError where a budget is used up for longer than `maxWaitMs`. */
  take(request: TurnRequest): Promise<Turn>;
  /** No request of `origin` goes out before `untilMs`: the server asked for it (429 with `Retry-After`). */
  hold(origin: string, untilMs: number): void;
}

/** A request that asks for its turn. */
export interface TurnRequest {
  readonly origin: string;
  readonly limits: readonly RateLimitConfig[];
  /** The longest wait for a budget, a limit over an hour or more; shorter limits are always waited for. */
  readonly maxWaitMs: number;
  readonly signal: AbortSignal;
  /** Told of each wait before it begins. */
  readonly onWait: (waitMs: number) => void;
}

/** The right to send one request. */
export interface Turn {
  /** Must be called when the request goes out, or is given up: only then the next one gets its turn. Idempotent. */
  sent(): void;
}

/** From here on a limit is a budget that is counted across runs. */
const BUDGET_MS = 3_600_000;

/** What a limiter takes from its surroundings. */
export interface RateLimiterOptions {
  readonly clock: Clock;
  /** Counts a limit over an hour or more, across runs; without it, budgets are counted for this process. */
  readonly openBudget?: ((origin: string, limit: RateLimitConfig) => RateWindow) | undefined;
}

/** A limiter for all clients of one source. Equal limits of one origin are one limit, whoever asks. */
export function createRateLimiter({ clock, openBudget }: RateLimiterOptions): RateLimiter {
  const heldUntilMs = new Map<string, number>();
  const queues = new Map<string, Queue>();

  function queueOf(origin: string, limit: RateLimitConfig): Queue {
    const key = `${origin} ${String(limit.requests)}/${String(limit.perMs)}`;
    const known = queues.get(key);
    if (known !== undefined) return known;
    const isBudget = limit.perMs >= BUDGET_MS;
    const window = (isBudget ? openBudget?.(origin, limit) : undefined) ?? createRateWindow(limit);
    const queue = { limit, isBudget, window, door: createSemaphore(1) };
    queues.set(key, queue);
    return queue;
  }

  async function pass(request: TurnRequest, wait: () => number | Promise<number>): Promise<void> {
    for (;;) {
      // Timers count whole milliseconds: rounded up, so that no gap comes out short.
      const waitMs = Math.ceil(await wait());
      if (waitMs <= 0) return;
      request.onWait(waitMs);
      await clock.sleep(waitMs, request.signal);
    }
  }

  async function takeFrom({ limit, isBudget, window }: Queue, request: TurnRequest): Promise<void> {
    await pass(request, async () => {
      const waitMs = await window.take(clock.now());
      if (isBudget && waitMs > request.maxWaitMs) throw usedUp(limit, request, clock.now() + waitMs);
      return waitMs;
    });
  }

  return {
    async take(request) {
      const held = (): number => (heldUntilMs.get(request.origin) ?? 0) - clock.now();
      await pass(request, held);
      const entered: { readonly queue: Queue; readonly leave: () => void }[] = [];
      const leaveAll = (): void => {
        for (const { leave } of entered) leave();
      };
      try {
        for (const limit of slowestFirst(request.limits)) {
          const queue = queueOf(request.origin, limit);
          entered.push({ queue, leave: await queue.door.acquire(request.signal) });
          await takeFrom(queue, request);
        }
        await pass(request, held);
      } catch (error) {
        leaveAll();
        throw error;
      }
      return createTurn(() => {
        for (const { queue } of entered) queue.window.sent(clock.now());
        leaveAll();
      });
    },
    hold(origin, untilMs) {
      heldUntilMs.set(origin, Math.max(heldUntilMs.get(origin) ?? 0, untilMs));
    },
  };
}

interface Queue {
  readonly limit: RateLimitConfig;
  readonly isBudget: boolean;
  readonly window: RateWindow;
  /** One at a time is between its count and its send. */
  readonly door: Semaphore;
}

/** So the queue of a slow limit never blocks that of a quick one; the same order for all also means no deadlock. */
function slowestFirst(limits: readonly RateLimitConfig[]): RateLimitConfig[] {
  const distinct = limits.filter(
    (limit, index) =>
      limits.findIndex(({ requests, perMs }) => requests === limit.requests && perMs === limit.perMs) ===
      index,
  );
  return distinct.sort((a, b) => b.perMs / b.requests - a.perMs / a.requests || b.perMs - a.perMs);
}

function createTurn(end: () => void): Turn {
  let isOver = false;
  return {
    sent() {
      if (!isOver) end();
      isOver = true;
    },
  };
}

function usedUp(limit: RateLimitConfig, request: TurnRequest, untilMs: number): RateLimitError {
  const until = new Date(untilMs).toISOString();
  const budget = `${String(limit.requests)} requests in ${describeSpan(limit.perMs)}`;
  return new RateLimitError(
    `The rate limit of ${budget} to ${request.origin} is used up until ${until}; max_wait is ${String(request.maxWaitMs / 1000)} s`,
    {
      hint: "Sync again after that time, raise max_wait of retry to wait for it, or raise rate_limit.",
      context: { retry_after_seconds: Math.round((untilMs - Date.now()) / 1000), origin: request.origin },
    },
  );
}

function describeSpan(ms: number): string {
  const hours = ms / 3_600_000;
  if (hours % 24 === 0) return `${String(hours / 24)} d`;
  return hours % 1 === 0 ? `${String(hours)} h` : `${String(ms / 60_000)} min`;
}
