import { setMaxListeners } from "node:events";
import type { TokenLifetime } from "../../model/auth-config.js";
import { AuthError } from "../../shared/errors.js";
import type { Clock } from "../../shared/async.js";
import type { TokenRequester } from "./token-requester.js";

/** A token as a server, or a private key, issued it. */
export interface IssuedToken {
  readonly value: string;
  /** Undefined: not said. */
  readonly expiresInMs: number | undefined;
}

/** Gets a new token; may send requests. */
export type IssueToken = (requester: TokenRequester) => Promise<IssuedToken>;

/** A token that is in use, by identity. */
export interface HeldToken {
  readonly value: string;
  /** From then on another one is asked for. */
  readonly staleAtMs: number;
}

/** One token that any number of requests and clients use. However many ask for a new one at once, one is fetched. */
export interface TokenCache {
  /** The token, fetched if there is none or its end is near. */
  get(requester: TokenRequester): Promise<HeldToken>;
  /** A token that is not `rejected`: a newer one that is there already, else a fetched one. */
  renew(rejected: HeldToken | undefined, requester: TokenRequester): Promise<HeldToken>;
  /** Resolves when no fetch is under way. */
  settle(): Promise<void>;
}

/** Many resources fail at once when credentials are wrong; an account is not to be locked by that. */
const REFUSAL_HOLDS_MS = 60_000;

/** An empty cache, or one that begins with `first`. */
export function createTokenCache(
  issue: IssueToken,
  lifetime: TokenLifetime,
  { clock, first }: { readonly clock: Clock; readonly first?: IssuedToken | undefined },
): TokenCache {
  let held = first === undefined ? undefined : hold(first, clock.now(), lifetime);
  let flight: Flight | undefined;
  let refusal: { readonly error: AuthError; readonly untilMs: number } | undefined;

  async function fetchToken(requester: TokenRequester): Promise<HeldToken> {
    const startedMs = clock.now();
    try {
      held = hold(await issue(requester), startedMs, lifetime);
      return held;
    } catch (error) {
      if (error instanceof AuthError) refusal = { error, untilMs: clock.now() + REFUSAL_HOLDS_MS };
      throw error;
    } finally {
      flight = undefined;
    }
  }

  async function join(requester: TokenRequester): Promise<HeldToken> {
    const { signal } = requester.context;
    for (;;) {
      signal.throwIfAborted();
      if (flight === undefined && refusal !== undefined && clock.now() < refusal.untilMs) throw refusal.error;
      flight ??= { token: fetchToken(requester), signal };
      const running = flight;
      try {
        return await orAborted(running.token, signal);
      } catch (error) {
        signal.throwIfAborted();
        // The request that fetched for all was given up; this one still wants a token.
        if (!running.signal.aborted) throw error;
        await running.token.catch(() => undefined);
      }
    }
  }

  return {
    get: async (requester) => (held !== undefined && clock.now() < held.staleAtMs ? held : join(requester)),
    renew: async (rejected, requester) => (held !== undefined && held !== rejected ? held : join(requester)),
    async settle() {
      await flight?.token.catch(() => undefined);
    },
  };
}

interface Flight {
  readonly token: Promise<HeldToken>;
  /** Of the request that fetches for all. */
  readonly signal: AbortSignal;
}

function hold({ value, expiresInMs }: IssuedToken, nowMs: number, lifetime: TokenLifetime): HeldToken {
  // 0 and less are said by servers whose tokens do not end.
  const said = expiresInMs === undefined || expiresInMs <= 0 ? lifetime.defaultExpirationMs : expiresInMs;
  return { value, staleAtMs: nowMs + said - Math.min(lifetime.expiryBufferMs, said / 2) };
}

async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // One signal ends all requests of a run, each of which listens to it.
  setMaxListeners(0, signal);
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      // The reason is whatever the caller aborted with.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
