import { setMaxListeners } from "node:events";
import { setImmediate } from "node:timers/promises";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { Agent, ProxyAgent, type Dispatcher } from "undici";
import type { TlsConfig } from "../model/rest-config.js";
import type { OutgoingRequest } from "./auth/authenticator.js";
import { chooseProxy, type ProxySetting } from "./choose-proxy.js";

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
  /** Throws undici's or Node's own error, the signal's reason, or ConfigError for a proxy variable that is none. */
  send(request: OutgoingRequest, options: WireOptions): Promise<WireAnswer>;
  close(): Promise<void>;
}

/** What a request is sent with. */
export interface WireOptions {
  readonly signal: AbortSignal;
  /** The client's certificate is not shown: the origin is not one of the API's (rule H3). */
  readonly isBare?: boolean;
  /** Called when the request is written, its connection being there. */
  readonly onSent?: (() => void) | undefined;
}

/** What connections depend on: clients with the same settings can share them. */
export interface TransportSettings {
  /** Limits connecting, the wait for the head, and each pause in a body. */
  readonly timeoutMs: number;
  readonly tls: TlsConfig | undefined;
  readonly proxy: ProxySetting;
}

const MOST_HEADER_BYTES = 65_536;
/** A body of this size is read to its end to keep its connection; of a longer one the connection is dropped. */
const DISCARDED_BYTES = 16_384;
/** Node's own 250 ms per address is too short for far hosts. */
const ADDRESS_ATTEMPT_MS = 1_000;

/** The only door to undici: a keep-alive pool per origin, through a proxy where one is set. */
export function createTransport(settings: TransportSettings): Transport {
  const dispatchers = new Map<string, Dispatcher>();

  function dispatcherFor(url: URL, isBare: boolean): Dispatcher {
    const proxy = chooseProxy(url, settings.proxy, process.env);
    // Only a client with a certificate of its own has something to hide from other origins.
    const hidesCertificate = isBare && settings.tls?.cert !== undefined;
    const key = `${String(hidesCertificate)} ${proxy?.href ?? ""}`;
    const known = dispatchers.get(key) ?? createDispatcher(settings, { proxy, hidesCertificate });
    dispatchers.set(key, known);
    return known;
  }

  return {
    async send(request, { signal, isBare = false, onSent }) {
      // One signal ends all requests of a run, each of which listens to it.
      setMaxListeners(0, signal);
      const dispatcher = dispatcherFor(request.url, isBare);
      const { statusCode, headers, body } = await tellWhenSent(dispatcher, onSent).request({
        origin: request.url.origin,
        path: `${request.url.pathname}${request.url.search}`,
        method: request.method,
        headers: { ...request.headers },
        body: request.body ?? null,
        signal,
        // Given here too, because the pool behind a plain proxy does not take them from the agent.
        headersTimeout: settings.timeoutMs,
        bodyTimeout: settings.timeoutMs,
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
    async close() {
      await Promise.all([...dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
    },
  };
}

/** undici frees a connection one turn of the event loop after its body's end: a request before that opens another. */
async function* readChunks(body: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  yield* body;
  await setImmediate();
}

function tellWhenSent(dispatcher: Dispatcher, onSent: (() => void) | undefined): Dispatcher {
  if (onSent === undefined) return dispatcher;
  return dispatcher.compose((dispatch) => (options, handler) => {
    const start = handler.onRequestStart?.bind(handler);
    handler.onRequestStart = (...args) => {
      onSent();
      start?.(...args);
    };
    return dispatch(options, handler);
  });
}

function createDispatcher(
  { timeoutMs, tls }: TransportSettings,
  { proxy, hidesCertificate }: { readonly proxy: URL | undefined; readonly hidesCertificate: boolean },
): Dispatcher {
  const connect = {
    timeout: timeoutMs,
    autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
    ...(tls === undefined ? {} : tlsOptions(tls, hidesCertificate)),
  };
  const options = {
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: MOST_HEADER_BYTES,
  };
  if (proxy === undefined) return new Agent({ ...options, connect });
  // Plain http goes to a proxy as an absolute URL, not through CONNECT, which many refuse for port 80.
  return new ProxyAgent({
    ...options,
    uri: proxy.href,
    proxyTunnel: false,
    requestTls: connect,
    proxyTls: connect,
    ...proxyToken(proxy),
  });
}

/** undici takes credentials from the URL only where both parts are given. */
function proxyToken({ username, password }: URL): { token?: string } {
  if (username === "" && password === "") return {};
  const pair = `${decode(username)}:${decode(password)}`;
  return { token: `Basic ${Buffer.from(pair, "utf8").toString("base64")}` };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function tlsOptions(
  { ca, cert, key, insecure }: TlsConfig,
  hidesCertificate: boolean,
): { secureContext: SecureContext; rejectUnauthorized: boolean } {
  const own = hidesCertificate
    ? {}
    : { ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) };
  // Node's `ca` stands instead of the public authorities; here it stands beside them.
  const trusted = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
  return { secureContext: createSecureContext({ ...trusted, ...own }), rejectUnauthorized: !insecure };
}
