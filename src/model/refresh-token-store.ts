import type { Clock } from "../shared/async.js";

/** Keeps the refresh tokens that a server hands out in place of the configured ones. */
export interface RefreshTokenStore {
  /**
   * Begins the use of the token that the configuration gives as `configured`. Waits while another process uses it, and
   * proves that a new one can be written before the old one is spent. Rejects with ConfigError when it cannot.
   */
  begin(
    configured: string,
    wait: { readonly clock: Clock; readonly signal: AbortSignal },
  ): Promise<RefreshTokenUse>;
}

/** A refresh token while it is used; no other process uses it until this is disposed of. */
export interface RefreshTokenUse extends AsyncDisposable {
  /** The newest one that is known. */
  readonly token: string;
  /** Resolves when `token` is on disk, and not before; the one before it counts no more. */
  save(token: string): Promise<void>;
}
