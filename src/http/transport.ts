import { setMaxListeners } from "node:events";
import { setImmediate } from "node:timers/promises";
import { Agent, EnvHttpProxyAgent, type Dispatcher } from "undici";
import type { OutgoingRequest } from "./auth/authenticator.js";

/** The head of an answer, its body still to be read. */
export interface WireAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Throws when the body is cut short or pauses too long. */
  readonly body: AsyncIterable<Buffer>;
  /** Gives the connection back: reads a short body to its end, breaks off a longer one. Never throws. */
  discard(): Promise<void>;
}

/** One request, one answer: no retry, no redirect, no decoding. */
export interface Transport {
  /** Throws undici's or Node's own error, or the signal's reason. */
  send(request: OutgoingRequest, signal: AbortSignal): Promise<WireAnswer>;
  close(): Promise<void>;
}

const MOST_CONNECTIONS = 16;
const MOST_HEADER_BYTES = 65_536;
/** A body of this size is read to its end to keep its connection; of a longer one the connection is dropped. */
const DISCARDED_BYTES = 16_384;
/** Node's own 250 ms per address is too short for far hosts. */
const ADDRESS_ATTEMPT_MS = 1_000;

/**
 * The only door to undici: a keep-alive pool per origin, through the proxies that HTTP_PROXY, HTTPS_PROXY and
 * NO_PROXY name. `timeoutMs` limits connecting, the wait for the head, and each pause in a body.
 */
export function createTransport(timeoutMs: number): Transport {
  const dispatcher = createDispatcher(timeoutMs);
  return {
    async send(request, signal) {
      // One signal ends all requests of a run, each of which listens to it.
      setMaxListeners(0, signal);
      const { statusCode, headers, body } = await dispatcher.request({
        origin: request.url.origin,
        path: `${request.url.pathname}${request.url.search}`,
        method: request.method,
        headers: { ...request.headers },
        body: request.body ?? null,
        signal,
      });
      return {
        status: statusCode,
        headers,
        body: readChunks(body as AsyncIterable<Buffer>),
        discard: async () => {
          await body.dump({ limit: DISCARDED_BYTES }).catch(() => undefined);
          await setImmediate();
        },
      };
    },
    close: () => dispatcher.destroy(),
  };
}

/** undici frees a connection one turn of the event loop after its body's end: a request before that opens another. */
async function* readChunks(body: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  yield* body;
  await setImmediate();
}

function createDispatcher(timeoutMs: number): Dispatcher {
  const options = {
    connections: MOST_CONNECTIONS,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: MOST_HEADER_BYTES,
    connect: { timeout: timeoutMs, autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS },
  };
  const names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"];
  const hasProxy = names.some((name) => (process.env[name] ?? "") !== "");
  // Plain http goes to a proxy as an absolute URL, not through CONNECT, which many refuse for port 80.
  return hasProxy ? new EnvHttpProxyAgent({ ...options, proxyTunnel: false }) : new Agent(options);
}
