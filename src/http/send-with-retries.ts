import type { Redactor } from "../shared/redact.js";
import type { HttpContext, HttpRequest, HttpResponse } from "./client.js";
import { describeFault } from "./describe-fault.js";
import { exchange, type ExchangeParts } from "./exchange.js";
import { isRetried, judge, readRetryAfter, type Failure } from "./failure.js";
import { createFailureError, describeStatus } from "./failure-error.js";
import { nextRetryWait, type RetryDecision } from "./next-retry-wait.js";
import { assertSameOrigin } from "./origin.js";
import { toServerText } from "./server-text.js";

/** All that sending needs; made once a client. */
export interface SendParts extends ExchangeParts {
  readonly random: () => number;
  readonly redactor: Redactor;
}

/** Rule H2: a body that trickles is tried once more. */
const MOST_SLOW_BODIES = 2;

/** Sends until an answer is good, the failure is final, or the attempts are used up (contract §6.6, rule H1). */
export async function sendWithRetries(
  request: HttpRequest,
  context: HttpContext,
  parts: SendParts,
): Promise<HttpResponse> {
  assertSameOrigin(request.url, parts.config);
  let hasRefreshed = false;
  let slowBodies = 0;
  for (let attempts = 1; ; attempts += 1) {
    context.signal.throwIfAborted();
    const outcome = await exchange(request, context, parts);
    const failure = judge(outcome, request, parts.clock.now());
    if (failure.kind === "success") return failure.response;
    if (isUnauthorized(failure) && !hasRefreshed) {
      hasRefreshed = true;
      if ((await parts.authenticator?.onUnauthorized?.(context.signal)) === true) continue;
    }
    if (failure.kind === "fault" && failure.fault.kind === "slow_body") slowBodies += 1;
    const decision: RetryDecision =
      slowBodies >= MOST_SLOW_BODIES ? { kind: "exhausted" } : decide(failure, attempts, parts);
    if (decision.kind !== "wait") throw toError(failure, { request, attempts, decision, parts });
    announce(failure, { attempts, waitMs: decision.waitMs }, context, parts);
    await parts.clock.sleep(decision.waitMs, context.signal);
  }
}

function isUnauthorized(failure: Failure): boolean {
  return failure.kind === "status" && failure.response.status === 401 && !failure.hop.isBare;
}

function decide(failure: Failure, attempts: number, { config, clock, random }: SendParts): RetryDecision {
  if (!isRetried(failure, config.retry.statuses)) return { kind: "exhausted" };
  return nextRetryWait(config.retry, attempts, readRetryAfter(failure, clock.now()), random);
}

function toError(
  failure: Failure,
  {
    request,
    attempts,
    decision,
    parts,
  }: { request: HttpRequest; attempts: number; decision: RetryDecision; parts: SendParts },
): Error {
  const { config, clock, redactor, redactUrl, authenticator, baseHeaders } = parts;
  const names = [...Object.keys(baseHeaders), ...Object.keys(request.headers)];
  return createFailureError(failure, {
    requestedUrl: request.url,
    attempts,
    decision,
    hasCredentials:
      authenticator !== undefined || names.some((name) => name.toLowerCase() === "authorization"),
    timeoutMs: config.timeoutMs,
    maxWaitMs: config.retry.maxWaitMs,
    nowMs: clock.now(),
    redactor,
    redactUrl,
  });
}

function announce(
  failure: Failure,
  { attempts, waitMs }: { attempts: number; waitMs: number },
  { source, resource, emit }: HttpContext,
  parts: SendParts,
): void {
  const reason = toServerText(describeReason(failure, parts), parts.redactor);
  emit({ event: "retry", source, resource, reason, attempt: attempts, waitMs });
}

function describeReason(failure: Failure, { config }: SendParts): string {
  switch (failure.kind) {
    case "status":
      return describeStatus(failure.response.status);
    case "refused_body":
      return failure.reason;
    case "fault":
      return describeFault(failure.fault, { host: failure.hop.url.host, timeoutMs: config.timeoutMs }).text;
    default:
      return failure satisfies never;
  }
}
