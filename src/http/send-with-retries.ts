import type { Redactor } from "../shared/redact.js";
import type { HttpContext, HttpRequest, HttpResponse } from "./client.js";
import { describeFault } from "./describe-fault.js";
import { createCircuitError } from "./limits/circuit-error.js";
import type { Circuit } from "./limits/circuit.js";
import { exchange, type ExchangeParts, type Outcome } from "./exchange.js";
import { isOutage, isRetried, judge, readRetryAfter, type Failure, type Verdict } from "./failure.js";
import { createFailureError, describeStatus } from "./failure-error.js";
import { nextRetryWait, totalWaitMs, type RetryDecision } from "./next-retry-wait.js";
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
  const { config, traffic } = parts;
  assertSameOrigin(request.url, config);
  const circuit = traffic.circuitOf(request.url.origin);
  let hasRefreshed = false;
  let slowBodies = 0;
  let patienceMs = totalWaitMs(config.retry, 1);
  for (let attempts = 1; ; attempts += 1) {
    context.signal.throwIfAborted();
    const gate = { circuit, patienceMs, attempts };
    const outcome = await attempt(request, { context, parts, gate, mayRefresh: !hasRefreshed });
    if (outcome === "refreshed") {
      hasRefreshed = true;
      continue;
    }
    if (outcome.kind === "success") return outcome.response;
    if (outcome.kind === "fault" && outcome.fault.kind === "slow_body") slowBodies += 1;
    const decision = decide(outcome, { attempts, slowBodies, circuit, context, parts });
    if (decision.kind !== "wait") throw toError(outcome, { request, attempts, decision, parts });
    announce(outcome, { attempts, waitMs: decision.waitMs }, context, parts);
    await waitToRetry(outcome, decision.waitMs, context, parts);
    patienceMs = Math.max(0, totalWaitMs(config.retry, attempts) - decision.waitMs);
  }
}

interface Gate {
  readonly circuit: Circuit;
  readonly patienceMs: number;
  readonly attempts: number;
}

/** One attempt behind the circuit; `refreshed` if a 401 brought new credentials. */
async function attempt(
  request: HttpRequest,
  options: {
    readonly context: HttpContext;
    readonly parts: SendParts;
    readonly gate: Gate;
    readonly mayRefresh: boolean;
  },
): Promise<Verdict | "refreshed"> {
  const { context, parts, gate, mayRefresh } = options;
  const config = parts.config.circuitBreaker;
  const { signal } = context;
  const admitted = await gate.circuit.admit({ config, patienceMs: gate.patienceMs, signal });
  if (admitted.kind === "open") throw createCircuitError(request, { ...gate, ...admitted, parts });
  let isWell: boolean | undefined;
  try {
    const outcome = await exchange(request, context, parts);
    if (mayRefresh && isUnauthorized(outcome, request)) {
      isWell = true;
      if ((await parts.authenticator?.onUnauthorized?.(outcome.sent, context)) === true) return "refreshed";
    }
    const verdict = await judge(outcome, request, parts.clock.now());
    isWell = !isOutage(verdict);
    return verdict;
  } finally {
    admitted.report(isWell);
  }
}

function isUnauthorized(outcome: Outcome, request: HttpRequest): outcome is Outcome & { kind: "answer" } {
  if (outcome.kind !== "answer" || outcome.response.status !== 401) return false;
  return !outcome.hop.isBare && request.expectedStatuses?.includes(401) !== true;
}

function decide(
  failure: Failure,
  state: {
    readonly attempts: number;
    readonly slowBodies: number;
    readonly circuit: Circuit;
    readonly context: HttpContext;
    readonly parts: SendParts;
  },
): RetryDecision {
  const { attempts, circuit, context, parts } = state;
  const { config, clock, random, traffic } = parts;
  if (state.slowBodies >= MOST_SLOW_BODIES || !isRetried(failure, config.retry.statuses)) {
    return { kind: "exhausted" };
  }
  const decision = nextRetryWait(config.retry, attempts, readRetryAfter(failure, clock.now()), random);
  if (decision.kind !== "wait") return decision;
  const openMs = circuit.openForMs(config.circuitBreaker);
  if (openMs > Math.max(totalWaitMs(config.retry, attempts), decision.waitMs)) {
    return { kind: "circuit_open", failures: circuit.failures(), openMs };
  }
  const { budgetMs } = config.retry;
  if (budgetMs === undefined || isRateLimited(failure)) return decision;
  const spentMs = (traffic.retryWaits.get(context.resource) ?? 0) + decision.waitMs;
  if (spentMs > budgetMs) return { kind: "budget_used_up", budgetMs };
  traffic.retryWaits.set(context.resource, spentMs);
  return decision;
}

async function waitToRetry(
  failure: Failure,
  waitMs: number,
  context: HttpContext,
  { clock, traffic }: SendParts,
): Promise<void> {
  // The server means all requests, not only the one that it refused.
  if (isRateLimited(failure) && readRetryAfter(failure, clock.now()) !== undefined) {
    traffic.limiter.hold(failure.hop.url.origin, clock.now() + waitMs);
  }
  await clock.sleep(waitMs, context.signal);
}

function isRateLimited(failure: Failure): boolean {
  return (failure.kind === "status" || failure.kind === "action") && failure.isRateLimit;
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
  return createFailureError(request.isAnswerSecret === true ? withoutBody(failure) : failure, {
    requestedUrl: request.url,
    page: request.page,
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

function withoutBody(failure: Failure): Failure {
  if (failure.kind !== "refused_body") return failure;
  const body = Buffer.from("(not shown, it may hold a token)");
  return { ...failure, response: { ...failure.response, body } };
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
    case "action":
      return `${describeStatus(failure.response.status)}, by response_actions`;
    case "refused_body":
      return failure.reason;
    case "fault":
      return describeFault(failure.fault, { host: failure.hop.url.host, timeoutMs: config.timeoutMs }).text;
    default:
      return failure satisfies never;
  }
}
