import type { RetryConfig } from "../model/rest-config.js";

/** What follows a failed attempt that may be repeated. */
export type RetryDecision =
  | { readonly kind: "wait"; readonly waitMs: number }
  /** That was the last attempt. */
  | { readonly kind: "exhausted" }
  /** The server asks for a longer wait than `max_wait`: not slept (rule H1). */
  | { readonly kind: "too_long"; readonly waitMs: number }
  /** After so many failures in a row nothing is sent for longer than the attempts left would wait. */
  | { readonly kind: "circuit_open"; readonly failures: number; readonly openMs: number }
  /** The resource has waited between attempts for as long as `retry.budget` allows. */
  | { readonly kind: "budget_used_up"; readonly budgetMs: number };

/** So many waits add up to longer than anyone waits. */
const MOST_SUMMED = 1_000;
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
  const waitMs = Math.min(Math.round(nominalMs * spread), policy.maxWaitMs);
  return { kind: "wait", waitMs };
}

/** All that a request would wait from attempt number `attempt` on, if each one failed, without the jitter. */
export function totalWaitMs(
  { attempts, baseMs, maxWaitMs }: Pick<RetryConfig, "attempts" | "baseMs" | "maxWaitMs">,
  attempt: number,
): number {
  let totalMs = 0;
  const last = Math.min(attempts, attempt + MOST_SUMMED);
  for (let at = attempt; at < last; at += 1) totalMs += Math.min(baseMs * 2 ** (at - 1), maxWaitMs);
  return totalMs;
}
