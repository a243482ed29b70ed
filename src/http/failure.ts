import { isSuccess, type Outcome } from "./exchange.js";
import type { HttpRequest, HttpResponse, ResponseDecision } from "./client.js";
import { readHeader } from "./merge-headers.js";
import type { NetworkFault } from "./network-fault.js";
import type { Hop } from "./next-hop.js";
import { parseRetryAfter } from "./retry-after.js";
import type { RetryConfig } from "../model/rest-config.js";

/** Why an attempt is no success. */
export type Failure =
  | {
      readonly kind: "status";
      readonly hop: Hop;
      readonly response: HttpResponse;
      /** A 429, or a 403 that says by its headers that it is one (rule H1). */
      readonly isRateLimit: boolean;
    }
  /** A response action decided so. */
  | {
      readonly kind: "action";
      readonly hop: Hop;
      readonly response: HttpResponse;
      readonly isRateLimit: boolean;
      readonly decision: ResponseDecision & { readonly action: "retry" | "fail" };
    }
  | {
      readonly kind: "refused_body";
      readonly hop: Hop;
      readonly response: HttpResponse;
      readonly reason: string;
    }
  | {
      readonly kind: "fault";
      readonly hop: Hop;
      readonly fault: NetworkFault;
      readonly status: number | undefined;
    };

/** What an attempt was worth. */
export type Verdict = { readonly kind: "success"; readonly response: HttpResponse } | Failure;

/**
 * Judges an attempt: by what the request's response actions decide, then by its status and, of a 2xx, by what the
 * request accepts as a body.
 */
export async function judge(outcome: Outcome, request: HttpRequest, nowMs: number): Promise<Verdict> {
  if (outcome.kind === "fault") return outcome;
  const { hop } = outcome;
  const decision = await request.decide?.(outcome.response);
  const response =
    decision?.action === "replace" ? { ...outcome.response, body: decision.body } : outcome.response;
  const { status } = response;
  const isRateLimit = status === 429 || (status === 403 && looksRateLimited(response, nowMs));
  if (decision?.action === "ignore") return { kind: "success", response: { ...response, isIgnored: true } };
  if (decision?.action === "retry" || decision?.action === "fail") {
    return { kind: "action", hop, response, isRateLimit, decision };
  }
  const isExpected = request.expectedStatuses?.includes(isRateLimit ? 429 : status) ?? false;
  if (isExpected) return { kind: "success", response };
  if (!isSuccess(status)) return { kind: "status", hop, response, isRateLimit };
  const reason = request.acceptBody?.(response);
  return reason === undefined
    ? { kind: "success", response }
    : { kind: "refused_body", hop, response, reason };
}

/** True if the same request may do better: by the configured statuses, or a fault of network or body. */
export function isRetried(failure: Failure, statuses: RetryConfig["statuses"]): boolean {
  if (failure.kind === "action") return failure.decision.action === "retry";
  if (failure.kind !== "status") return true;
  const status = failure.isRateLimit ? 429 : failure.response.status;
  return statuses.some((entry) => (entry === "5xx" ? status >= 500 && status <= 599 : entry === status));
}

/** What the server asks to wait, in milliseconds. */
export function readRetryAfter(failure: Failure, nowMs: number): number | undefined {
  if (failure.kind === "fault") return undefined;
  if (failure.kind === "action" && failure.decision.action === "retry") {
    const { waitMs } = failure.decision;
    if (waitMs !== undefined) return waitMs;
  }
  return parseRetryAfter(readHeader(failure.response.headers, "retry-after"), nowMs);
}

/** True if the origin is down or hangs, false if it works, undefined if the attempt says nothing about it. */
export function isOutage(verdict: Verdict): boolean | undefined {
  switch (verdict.kind) {
    case "success":
    case "refused_body":
      return false;
    case "status":
    case "action":
      return verdict.response.status >= 500 || verdict.response.status === 408;
    case "fault":
      return verdict.fault.kind !== "corrupt_body";
    default:
      return verdict satisfies never;
  }
}

function looksRateLimited({ headers }: HttpResponse, nowMs: number): boolean {
  const remaining = readHeader(headers, "x-ratelimit-remaining")?.trim();
  return remaining === "0" || parseRetryAfter(readHeader(headers, "retry-after"), nowMs) !== undefined;
}
