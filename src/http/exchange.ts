import type { RestClientConfig } from "../model/rest-config.js";
import { ConfigError, GuardError, isDangoError, ResponseError } from "../shared/errors.js";
import type { Clock } from "../shared/async.js";
import type { Authenticator, OutgoingRequest } from "./auth/authenticator.js";
import type { HttpContext, HttpRequest, HttpResponse } from "./client.js";
import { filterHeaders, mergeHeaders, readHeader, type Headers } from "./merge-headers.js";
import { classifyNetworkError, type NetworkFault } from "./network-fault.js";
import { nextHop, type Hop } from "./next-hop.js";
import { isAllowedOrigin } from "./origin.js";
import type { Turn } from "./limits/rate-limiter.js";
import { receiveBody, type ReceivedBody } from "./receive-body.js";
import { slowWindowMs } from "./limits/slow-window.js";
import type { Traffic } from "./limits/traffic.js";
import type { Transport, WireAnswer } from "./transport.js";

/** What one attempt came to; `hop` is the last request that it sent. */
export type Outcome =
  | {
      readonly kind: "answer";
      readonly hop: Hop;
      readonly response: HttpResponse;
      /** What `hop` became on the wire; the authenticator knows it again. */
      readonly sent: OutgoingRequest;
    }
  | {
      readonly kind: "fault";
      readonly hop: Hop;
      readonly fault: NetworkFault;
      /** Set when the fault is in the body. */
      readonly status: number | undefined;
    };

/** All that one attempt needs; made once a client. */
export interface ExchangeParts {
  readonly config: RestClientConfig;
  readonly clock: Clock;
  readonly transport: Transport;
  /** Where large bodies go. */
  readonly directory: string;
  readonly traffic: Traffic;
  readonly authenticator: Authenticator | undefined;
  /** Accept, Accept-Encoding, User-Agent, and the client's own headers over them. */
  readonly baseHeaders: Headers;
  readonly redactUrl: (url: URL) => string;
}

/** An error's body is only shown in part. */
const ERROR_BODY_BYTES = 65_536;
const RATE_LIMITED_EVENT_MS = 1_000;

/**
 * One attempt: sends the request, follows its redirects, reads and decodes the body. Whatever may be tried again
 * is returned, only what is final is thrown.
 */
export async function exchange(
  request: HttpRequest,
  context: HttpContext,
  parts: ExchangeParts,
): Promise<Outcome> {
  const { method, url, headers, body } = request;
  let hop: Hop = { method, url, headers, body, isBare: false };
  const chain: Hop[] = [];
  for (;;) {
    chain.push(hop);
    // Before it queues: fetching a token is a request of its own.
    const outgoing = await toOutgoing(hop, context, parts);
    await using admission = await admit(hop, context, parts);
    const startedMs = parts.clock.now();
    let status = 0;
    try {
      const sent = await sendHop(hop, outgoing, { signal: context.signal, turn: admission.turn, parts });
      if (sent.kind === "fault") return { kind: "fault", hop, fault: sent.fault, status: undefined };
      status = sent.answer.status;
      const isExpected = request.expectedStatuses?.includes(status) ?? false;
      const next = isExpected ? undefined : await followRedirect(chain, sent.answer, parts);
      if (next === undefined) {
        return await finish(hop, sent, { request, signal: context.signal, parts });
      }
      hop = next;
    } finally {
      emitRequest({ hop: chain.at(-1) ?? hop, status, startedMs }, context, parts);
    }
  }
}

interface Admission extends AsyncDisposable {
  readonly turn: Turn | undefined;
}

/** Takes a place among the requests under way, then waits for the rate limit; disposed when the hop is over. */
async function admit(
  hop: Hop,
  { signal, source, resource, emit }: HttpContext,
  { config, traffic }: ExchangeParts,
): Promise<Admission> {
  const releases: (() => void)[] = [];
  const releaseAll = (): Promise<void> => {
    for (const release of releases) release();
    return Promise.resolve();
  };
  try {
    for (const place of traffic.placesOf(config, resource)) releases.push(await place.acquire(signal));
    const turn = await traffic.limiter.take({
      origin: hop.url.origin,
      // Another origin is another server, whose limits are not known.
      limits: isAllowedOrigin(hop.url, config) ? config.rateLimit : [],
      maxWaitMs: config.retry.maxWaitMs,
      signal,
      onWait: (waitMs) => {
        if (waitMs > RATE_LIMITED_EVENT_MS) emit({ event: "rate_limited", source, resource, waitMs });
      },
    });
    releases.unshift(() => {
      turn.sent();
    });
    return { turn: config.rateLimit.length === 0 ? undefined : turn, [Symbol.asyncDispose]: releaseAll };
  } catch (error) {
    await releaseAll();
    throw error;
  }
}

function emitRequest(
  { hop, status, startedMs }: { hop: Hop; status: number; startedMs: number },
  { source, resource, emit }: HttpContext,
  { clock, redactUrl }: ExchangeParts,
): void {
  const seconds = (clock.now() - startedMs) / 1000;
  emit({ event: "request", source, resource, method: hop.method, url: redactUrl(hop.url), status, seconds });
}

type Answered = { readonly kind: "answer"; readonly answer: WireAnswer; readonly outgoing: OutgoingRequest };

type Sent = Answered | { readonly kind: "fault"; readonly fault: NetworkFault };

async function sendHop(
  hop: Hop,
  outgoing: OutgoingRequest,
  { signal, turn, parts }: { signal: AbortSignal; turn: Turn | undefined; parts: ExchangeParts },
): Promise<Sent> {
  const onSent = turn?.sent.bind(turn);
  try {
    const answer = await parts.transport.send(outgoing, { signal, isBare: hop.isBare, onSent });
    return { kind: "answer", answer, outgoing };
  } catch (error) {
    signal.throwIfAborted();
    if (isDangoError(error)) throw error;
    const fault = classifyNetworkError(error, "head");
    if (fault.kind !== "invalid_request") return { kind: "fault", fault };
    const message = `${hop.method} ${parts.redactUrl(hop.url)} cannot be sent: ${fault.detail}`;
    const hint =
      "Header values hold no line breaks; look for one at the end of a secret or a header's value.";
    throw new ConfigError([{ message, hint }], { hint });
  }
}

async function toOutgoing(hop: Hop, context: HttpContext, parts: ExchangeParts): Promise<OutgoingRequest> {
  const headers = mergeHeaders(parts.baseHeaders, hop.headers);
  const request: OutgoingRequest = { method: hop.method, url: hop.url, headers, body: hop.body };
  if (hop.isBare) {
    return {
      ...request,
      headers: filterHeaders(headers, (name) => name === "accept" || name === "user-agent"),
    };
  }
  return (await parts.authenticator?.apply(request, context)) ?? request;
}

async function followRedirect(
  chain: readonly Hop[],
  answer: WireAnswer,
  parts: ExchangeParts,
): Promise<Hop | undefined> {
  const { config, authenticator, redactUrl } = parts;
  const secretParameters = authenticator?.secretParameters ?? [];
  const rules = { origins: config, redirects: config.redirects, secretParameters, redactUrl };
  let isFinal = false;
  try {
    const location = readHeader(answer.headers, "location");
    const next = nextHop(chain, { status: answer.status, location }, rules);
    isFinal = next === undefined;
    return next;
  } finally {
    if (!isFinal) await answer.discard();
  }
}

async function finish(
  hop: Hop,
  { answer, outgoing }: Answered,
  { request, signal, parts }: { request: HttpRequest; signal: AbortSignal; parts: ExchangeParts },
): Promise<Outcome> {
  const { status, headers } = answer;
  const isWanted = (request.expectedStatuses?.includes(status) ?? false) || isSuccess(status);
  const { config, clock } = parts;
  const body = await receiveBody(answer, {
    // What response actions look for may stand anywhere in an error's body.
    maxBytes: isWanted || request.decide !== undefined ? config.maxBodyBytes : ERROR_BODY_BYTES,
    isCutAtMax: !isWanted,
    directory: parts.directory,
    slowWindowMs: slowWindowMs(config.timeoutMs),
    now: () => clock.now(),
  });
  signal.throwIfAborted();
  if (body.kind === "received" || !isWanted) {
    // The status of an error says enough: its body is only an extra.
    const received = body.kind === "received" ? body.body : Buffer.alloc(0);
    return {
      kind: "answer",
      hop,
      response: { status, headers, body: received, url: hop.url },
      sent: outgoing,
    };
  }
  if (body.kind === "fault") return { kind: "fault", hop, fault: body.fault, status };
  throw unusable(body, { hop, status, parts });
}

function unusable(
  body: ReceivedBody & { kind: "too_large" | "unsupported" },
  { hop, status, parts }: { hop: Hop; status: number; parts: ExchangeParts },
): Error {
  const url = parts.redactUrl(hop.url);
  const context = { status, url, method: hop.method };
  if (body.kind === "unsupported") {
    return new ResponseError(`${hop.method} ${url} answered with a ${body.encoding} body`, {
      hint: `This Node (${process.version}) cannot decode ${body.encoding}; Node 22.15 and later can.`,
      context,
    });
  }
  const limit = String(parts.config.maxBodyBytes);
  return new GuardError(`${hop.method} ${url} answered with a body of more than ${limit} bytes (max_body)`, {
    hint: "Ask for smaller pages, or raise max_body.",
    context,
  });
}

/** True for a 2xx. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
