import type { AuthConfig, CustomAuthConfig, TokenLifetime } from "../../model/auth-config.js";
import type { Clock } from "../../shared/async.js";
import { signJwt } from "../../shared/sign-jwt.js";
import type { HttpContext } from "../client.js";
import type { AuthHost } from "./auth-host.js";
import type { Authenticator } from "./authenticator.js";
import { createCustomAuthenticator } from "./custom-authenticator.js";
import { issueByClientCredentials, issueByRefreshToken } from "./oauth2-issuer.js";
import { issueByServiceAccount } from "./service-account-issuer.js";
import { issueByLogin } from "./session-issuer.js";
import { createStaticAuthenticator } from "./static-authenticator.js";
import { createTokenAuthenticator } from "./token-authenticator.js";
import { createTokenCache, type IssuedToken, type IssueToken, type TokenCache } from "./token-cache.js";
import type { TokenRequester } from "./token-requester.js";

/** What an authenticator takes from its client. */
export interface AuthenticatorDependencies {
  readonly host: AuthHost;
  readonly clock: Clock;
  readonly requester: Omit<TokenRequester, "context">;
}

/** Makes the authenticator of an `auth` block. Those of one host that have equal settings share their tokens. */
export function createAuthenticator(
  auth: AuthConfig,
  dependencies: AuthenticatorDependencies,
): Authenticator {
  switch (auth.type) {
    case "bearer":
    case "http_basic":
    case "api_key":
      return createStaticAuthenticator(auth);
    case "custom":
      return createCustom(auth, dependencies);
    default:
      return createFromTokens(auth, dependencies);
  }
}

const BEARER = { header: "Authorization", prefix: "Bearer " };
const FOR_EVER: IssuedToken = { value: "", expiresInMs: Infinity };
const ENDLESS: TokenLifetime = { defaultExpirationMs: Infinity, expiryBufferMs: 0 };

type TokenConfig = Exclude<AuthConfig, { type: "bearer" | "http_basic" | "api_key" | "custom" }>;

function createFromTokens(auth: TokenConfig, dependencies: AuthenticatorDependencies): Authenticator {
  const { clock } = dependencies;
  const cache = shareCache(auth, dependencies, () => {
    const first =
      "accessToken" in auth && auth.accessToken !== undefined
        ? { value: auth.accessToken, expiresInMs: undefined }
        : undefined;
    const lifetime =
      auth.type === "jwt"
        ? { defaultExpirationMs: auth.expiresInMs, expiryBufferMs: auth.expiryBufferMs }
        : auth;
    return createTokenCache(issuerOf(auth, dependencies), lifetime, { clock, first });
  });
  return createTokenAuthenticator(
    cache,
    toRequester(dependencies),
    auth.type === "session_token" ? auth : BEARER,
  );
}

function issuerOf(auth: TokenConfig, { host, clock }: AuthenticatorDependencies): IssueToken {
  switch (auth.type) {
    case "oauth2_client_credentials":
      return issueByClientCredentials(auth);
    case "oauth2_refresh_token":
      return issueByRefreshToken(auth, host.refreshTokens, clock);
    case "service_account":
      return issueByServiceAccount(auth, clock);
    case "session_token":
      return issueByLogin(auth);
    case "jwt":
      return ({ redactor }) => {
        const iat = Math.floor(clock.now() / 1_000);
        const exp = iat + Math.ceil(auth.expiresInMs / 1_000);
        const value = signJwt({ ...auth, claims: { iat, exp, ...auth.claims } });
        redactor.add(value);
        return Promise.resolve({ value, expiresInMs: auth.expiresInMs });
      };
    default:
      return auth satisfies never;
  }
}

function createCustom(auth: CustomAuthConfig, dependencies: AuthenticatorDependencies): Authenticator {
  const { host, clock } = dependencies;
  const renewals = shareCache(auth, dependencies, () => {
    const renew: IssueToken = async () => {
      if (auth.onUnauthorized !== undefined) await host.functions(auth.onUnauthorized).call(auth.args);
      return FOR_EVER;
    };
    return createTokenCache(renew, ENDLESS, { clock, first: FOR_EVER });
  });
  return createCustomAuthenticator(auth, { functions: host.functions, renewals }, toRequester(dependencies));
}

function toRequester({ requester }: AuthenticatorDependencies): (context: HttpContext) => TokenRequester {
  return (context) => ({ ...requester, context });
}

function shareCache(
  auth: AuthConfig,
  { host, requester }: AuthenticatorDependencies,
  create: () => TokenCache,
): TokenCache {
  // A login's path is joined to the base URL, so the same settings can mean another server.
  const key = JSON.stringify([auth, auth.type === "session_token" ? requester.baseUrl : ""], toKey);
  const known = host.tokens.get(key) ?? create();
  host.tokens.set(key, known);
  return known;
}

function toKey(name: string, value: unknown): unknown {
  if (name === "location" && typeof value === "object") return undefined;
  return typeof value === "bigint" ? `${String(value)}n` : value;
}
