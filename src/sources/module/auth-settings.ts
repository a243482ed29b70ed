/** Credentials that are sent with every request: those of `auth` in sources.yml, in camelCase. */
export type AuthSettings =
  | { readonly type: "bearer"; readonly token: string }
  | {
      readonly type: "api_key";
      readonly apiKey: string;
      /** Of the header, query parameter or cookie. Default `Authorization`. */
      readonly name?: string;
      /** Default `header`. */
      readonly location?: "header" | "query" | "cookie";
    }
  | { readonly type: "http_basic"; readonly username: string; readonly password: string }
  | ClientCredentialsSettings
  | RefreshTokenSettings
  | JwtSettings
  | ServiceAccountSettings
  | SessionTokenSettings
  | CustomAuthSettings;

/** How long tokens are used. */
export interface TokenLifetimeSettings {
  /** For tokens whose answer does not say how long they are good: seconds, or text. Default 1 h. */
  readonly defaultTokenExpiration?: number | string;
  /** So long before its end a token is replaced, at most half of its life. Default 5 min. */
  readonly expiryBuffer?: number | string;
}

/** What both OAuth2 grants share. */
export interface OAuth2Settings extends TokenLifetimeSettings {
  readonly accessTokenUrl: string;
  readonly clientId: string;
  readonly scopes?: string | readonly string[];
  /** Further members of the form; they replace those that dango sends. */
  readonly accessTokenRequestData?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** Whether id and secret are sent in the body (default) or as a Basic header. */
  readonly clientAuth?: "body" | "basic";
  /** A token to begin with. */
  readonly accessToken?: string;
}

/** OAuth2 with the client's own credentials. */
export interface ClientCredentialsSettings extends OAuth2Settings {
  readonly type: "oauth2_client_credentials";
  readonly clientSecret: string;
}

/**
 * OAuth2 with a refresh token. In a run, a new refresh token of the server's replaces this one in `.dlt/secrets.toml`
 * before the next request; a program that uses a client by itself keeps it for as long as it runs.
 */
export interface RefreshTokenSettings extends OAuth2Settings {
  readonly type: "oauth2_refresh_token";
  readonly refreshToken: string;
  /** Not given: a public client. */
  readonly clientSecret?: string;
}

/** A token that is signed here and sent as a bearer token. */
export interface JwtSettings {
  readonly type: "jwt";
  /** PEM; for HS algorithms the shared secret. */
  readonly privateKey: string;
  /** Default `RS256`. */
  readonly algorithm?: `${"HS" | "RS" | "PS" | "ES"}${"256" | "384" | "512"}`;
  /** Beside `iat` and `exp`, which are added. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Beside `alg` and `typ`. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Default 5 min. */
  readonly expiresIn?: number | string;
  /** Default 5 min, at most half of the token's life. */
  readonly expiryBuffer?: number | string;
}

/** Google's service account. One of `key` and `keyFile` is needed. */
export interface ServiceAccountSettings extends TokenLifetimeSettings {
  readonly type: "service_account";
  /** The JSON of the key, as text or parsed. */
  readonly key?: string | Readonly<Record<string, unknown>>;
  /** A file with it, relative to the project. */
  readonly keyFile?: string;
  readonly scopes?: string | readonly string[];
  /** Default: the key's `token_uri`, else Google's. */
  readonly accessTokenUrl?: string;
  /** The user for whom the account acts. */
  readonly subject?: string;
}

/** A login request whose answer holds a session token. One of `tokenPath` and `tokenHeader` is needed. */
export interface SessionTokenSettings {
  readonly type: "session_token";
  readonly login: {
    /** Joined to the base URL, or absolute. */
    readonly path: string;
    /** Default `POST`. */
    readonly method?: "GET" | "POST";
    readonly json?: unknown;
    /** A form, or the body as text. */
    readonly data?: string | Readonly<Record<string, string | number | boolean>>;
    readonly headers?: Readonly<Record<string, string>>;
  };
  /** Where the token is in the body: `data.token`. */
  readonly tokenPath?: string;
  readonly tokenHeader?: string;
  /** Default `Authorization`. */
  readonly header?: string;
  /** Stands before the token. Default `Bearer `. */
  readonly prefix?: string;
  /** Default 1 h. */
  readonly expiresIn?: number | string;
  /** Where the body says so, in seconds. */
  readonly expiresInPath?: string;
  readonly expiryBuffer?: number | string;
}

/** Functions of your own. */
export interface CustomAuthSettings {
  readonly type: "custom";
  readonly function: AuthFunction;
  /** Called once after a 401, before the request is sent again. Without it a 401 is final. */
  readonly onUnauthorized?: UnauthorizedFunction;
  /** Given to both. */
  readonly args?: Readonly<Record<string, unknown>>;
}

/** A request that credentials are asked for. */
export interface AuthRequest {
  readonly method: "GET" | "POST";
  /** With all parameters, as it is sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  /** Aborted when the run is stopped. */
  readonly signal: AbortSignal;
}

/** What is added to a request; a header or parameter of the same name is replaced. */
export interface AuthAdditions {
  readonly headers?: Readonly<Record<string, string | number | null | undefined>>;
  /** Query parameters. Their values show in no message. */
  readonly params?: Readonly<Record<string, string | number | null | undefined>>;
}

/**
 * `function` of `auth: {type: custom}`. Called for every attempt that may carry credentials; `args` are those of the
 * configuration.
 */
export type AuthFunction = (
  request: AuthRequest,
  args: Readonly<Record<string, unknown>>,
) => AuthAdditions | null | undefined | Promise<AuthAdditions | null | undefined>;

/** `on_unauthorized` of `auth: {type: custom}`: forget or renew what you hold. However many requests got a 401, it is called once. */
export type UnauthorizedFunction = (args: Readonly<Record<string, unknown>>) => unknown;
