import type { RefreshTokenStore } from "../../model/refresh-token-store.js";
import type { FunctionLookup } from "../../model/user-function.js";
import type { TokenCache } from "./token-cache.js";

/** What the clients of one source share, so that one token serves them all. */
export interface AuthHost {
  /** By the settings that they belong to. */
  readonly tokens: Map<string, TokenCache>;
  /** Gives the functions of `custom`. */
  readonly functions: FunctionLookup;
  readonly refreshTokens: RefreshTokenStore;
}

/** A host of its own. Without a store, a new refresh token is kept for as long as the host. */
export function createAuthHost(given: Partial<Omit<AuthHost, "tokens">> = {}): AuthHost {
  return {
    tokens: new Map(),
    functions: given.functions ?? refuseFunction,
    refreshTokens: given.refreshTokens ?? createMemoryStore(),
  };
}

function refuseFunction(): never {
  throw new Error("no functions were loaded for auth");
}

function createMemoryStore(): RefreshTokenStore {
  const newest = new Map<string, string>();
  return {
    begin: (configured) =>
      Promise.resolve({
        token: newest.get(configured) ?? configured,
        save(token) {
          newest.set(configured, token);
          return Promise.resolve();
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  };
}
