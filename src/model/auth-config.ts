import type { FunctionReference } from "./user-function.js";

/** An `auth` block with everything resolved; URLs are absolute but for a login's path. */
export type AuthConfig =
  | { readonly type: "bearer"; readonly token: string }
  | {
      readonly type: "api_key";
      readonly name: string;
      readonly apiKey: string;
      readonly location: "header" | "query" | "cookie";
    }
  | { readonly type: "http_basic"; readonly username: string; readonly password: string }
  | ClientCredentialsConfig
  | RefreshTokenConfig
  | JwtConfig
  | ServiceAccountConfig
  | SessionTokenConfig
  | CustomAuthConfig;

/** How long tokens are used. */
export interface TokenLifetime {
  /** For tokens whose answer does not say how long they are good. Default 1 h. */
  readonly defaultExpirationMs: number;
  /** So long before its end a token is replaced; at most half of its life. Default 5 min. */
  readonly expiryBufferMs: number;
}

/** What both OAuth2 grants share. */
export interface OAuth2Client extends TokenLifetime {
  readonly accessTokenUrl: string;
  readonly clientId: string;
  /** Undefined: a public client. */
  readonly clientSecret: string | undefined;
  readonly clientAuth: "body" | "basic";
  readonly scopes: readonly string[];
  /** Further members of the form; they replace those that dango sends, and a list repeats its name. */
  readonly requestData: Readonly<Record<string, string | readonly string[]>>;
  /** A token to begin with. */
  readonly accessToken: string | undefined;
}

export interface ClientCredentialsConfig extends OAuth2Client {
  readonly type: "oauth2_client_credentials";
}

export interface RefreshTokenConfig extends OAuth2Client {
  readonly type: "oauth2_refresh_token";
  /** As configured; a newer one may have been stored since. */
  readonly refreshToken: string;
}

/** Algorithms of RFC 7518 that sign. */
export const JWT_ALGORITHMS = [
  ...(["HS256", "HS384", "HS512"] as const),
  ...(["RS256", "RS384", "RS512"] as const),
  ...(["PS256", "PS384", "PS512"] as const),
  ...(["ES256", "ES384", "ES512"] as const),
] as const;

export type JwtAlgorithm = (typeof JWT_ALGORITHMS)[number];

export interface JwtConfig {
  readonly type: "jwt";
  /** PEM; for HS algorithms the shared secret. */
  readonly privateKey: string;
  readonly algorithm: JwtAlgorithm;
  /** `iat` and `exp` are added unless given. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Members beside `alg` and `typ`. */
  readonly header: Readonly<Record<string, unknown>>;
  readonly expiresInMs: number;
  readonly expiryBufferMs: number;
}

/** Google's service account: a signed assertion is exchanged for a token (RFC 7523). */
export interface ServiceAccountConfig extends TokenLifetime {
  readonly type: "service_account";
  readonly accessTokenUrl: string;
  readonly clientEmail: string;
  /** PEM of an RSA key. */
  readonly privateKey: string;
  readonly privateKeyId: string | undefined;
  readonly scopes: readonly string[];
  /** The user for whom the account acts. */
  readonly subject: string | undefined;
}

/** A login request, and a session token in its answer. */
export interface SessionTokenConfig extends TokenLifetime {
  readonly type: "session_token";
  readonly login: {
    /** Joined to the base URL, or absolute. */
    readonly path: string;
    readonly method: "GET" | "POST";
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | undefined;
    readonly contentType: string | undefined;
  };
  /** Where the token is in the answer: a dotted path of the body, or a header. */
  readonly token:
    { readonly in: "body"; readonly path: string } | { readonly in: "header"; readonly name: string };
  readonly header: string;
  /** Stands before the token in the header. */
  readonly prefix: string;
  /** Dotted path of the seconds that the token is good for. */
  readonly expiresInPath: string | undefined;
}

/** A function of the user's that adds credentials. */
export interface CustomAuthConfig {
  readonly type: "custom";
  readonly function: FunctionReference;
  /** Called once after a 401, before the request is sent again. */
  readonly onUnauthorized: FunctionReference | undefined;
  /** Given to both as their last argument. */
  readonly args: Readonly<Record<string, unknown>>;
}
