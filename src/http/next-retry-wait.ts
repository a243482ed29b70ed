import type { RetryConfig } from "../model/rest-config.js";

/** What follows a failed attempt that may be repeated. */
export type RetryDecision =
  | { readonly kind: "wait"; readonly waitMs: number }
  /** That was the last attempt. */
  | { readonly kind: "exhausted" }
  /** The server asks for a longer wait than `max_wait`: not slept (rule H1). */
  | { readonly kind: "too_long"; readonly waitMs: number };

/** Spread of the jitter: a wait lies within ±25 % of its nominal length. */
const JITTER = 0.5;

/**
 * Decides on the wait after attempt number `attempt` (from 1). `retryAfterMs` is what the server asked for: it is
 * taken as it is, neither shortened nor spread; without it the wait doubles from `baseMs` up to `maxWaitMs`.
 */
export function nextRetryWait(
  policy: Pick<RetryConfig, "attempts" | "baseMs" | "maxWaitMs">,
  attempt: number,
  retryAfterMs: number | undefined,
  random: () => number,
): RetryDecision {
  if (retryAfterMs !== undefined && retryAfterMs > policy.maxWaitMs) {
    return { kind: "too_long", waitMs: retryAfterMs };
  }
  if (attempt >= policy.attempts) return { kind: "exhausted" };
  if (retryAfterMs !== undefined) return { kind: "wait", waitMs: retryAfterMs };
  const spread = 1 - JITTER / 2 + JITTER * random();
  const nominalMs = policy.baseMs * 2 ** (attempt - 1);
  return { kind: "wait", waitMs: Math.min(Math.round(nominalMs * spread), policy.maxWaitMs) };
}
