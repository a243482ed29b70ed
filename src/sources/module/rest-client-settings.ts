import type { AuthSettings } from "./auth-settings.js";
import type { PaginatorChoice } from "./paginators.js";

/** Options of `RestClient`: those of `client` in sources.yml, in camelCase. Durations as numbers are seconds. */
export interface RestClientSettings {
  /** An http or https URL; the paths of requests are joined to it. Credentials go to its origin only. */
  readonly baseUrl: string;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string | number | boolean | null>>;
  readonly auth?: AuthSettings;
  /** How lists are paged, unless `paginate` is told otherwise. Default: decided from the first response (`auto`). */
  readonly paginator?: PaginatorChoice;
  /** Where the records of a list are in the body (JSONPath), unless `paginate` is told otherwise. */
  readonly dataSelector?: string;
  /** To the first byte, and between bytes: seconds, or text such as `500ms`, `30s`, `5m`. Default 30 s. */
  readonly timeout?: number | string;
  readonly retry?: RetrySettings;
  /** Requests a second, or `{ requests: 100, per: "10s" }`, or a list of such limits that all hold. Default: none. */
  readonly rateLimit?: number | RateSettings | readonly (number | RateSettings)[];
  /** Origins beside `baseUrl`'s that requests, links and redirects may go to with credentials. */
  readonly allowedOrigins?: readonly string[];
  /** Redirects that are followed; 0 or false: a redirect is an error. Default 10. */
  readonly redirects?: number | false;
  /** Requests under way at once. Default 4. */
  readonly concurrency?: number;
  /** After so many failed attempts in a row nothing is sent for so long. `true`: 5 and 30 s. Default: off. */
  readonly circuitBreaker?: boolean | { readonly failures?: number; readonly pause?: number | string };
  readonly tls?: TlsSettings;
  /** The URL of a proxy, or `false`. Default: HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
  readonly proxy?: string | false;
  /** `true`: next links keep the origin of `baseUrl`. */
  readonly rewriteLinks?: boolean;
  /** Pages of one list after which to stop with an error (exit code 5). Default: none. */
  readonly maxPages?: number;
  /** The largest body, decoded: bytes, or text such as `64MiB`. Default 1 GiB. */
  readonly maxBody?: number | string;
  /** The largest record of a list: bytes, or text such as `64MiB`. Default 64 MiB. */
  readonly maxRecord?: number | string;
  /** The most levels of objects and lists within a record of a list. Default 1,000, and no more than that. */
  readonly maxDepth?: number;
  /** The most distinct fields that the records of one page may have. Default: none; what is loaded has a limit of its own. */
  readonly maxColumns?: number;
}

/** Certificates: paths from the project's folder, or PEM text. */
export interface TlsSettings {
  /** Authorities that are trusted beside the public ones. */
  readonly ca?: string;
  /** The client's own certificate and its private key. */
  readonly cert?: string;
  readonly key?: string;
  /** `true`: no certificate is checked; each run warns of it. */
  readonly insecure?: boolean;
}

/** What is tried again, and how often. */
export interface RetrySettings {
  /** Requests in all, the first included. Default 5. */
  readonly attempts?: number;
  /** The first wait, doubled each time: seconds, or text. Default 1 s. */
  readonly base?: number | string;
  /** The longest `Retry-After` that is slept: seconds, or text. Default 5 min. */
  readonly maxWait?: number | string;
  /** Default 408, 429 and all 5xx. */
  readonly statuses?: readonly (number | "5xx")[];
  /** The most that one resource waits between attempts in a run: seconds, or text. Default: no bound. */
  readonly budget?: number | string;
}

/** So many requests in so much time. */
export interface RateSettings {
  readonly requests: number;
  /** Seconds, or text such as `10s`. Default 1 s. */
  readonly per?: number | string;
}

/** Query parameters: lists repeat the name, null and undefined leave it out, dates are sent in ISO 8601. */
export type Params = Readonly<Record<string, ParamItem | readonly ParamItem[] | null | undefined>>;

/** One value of a query parameter. */
export type ParamItem = string | number | bigint | boolean | Date;

/** Options of `RestClient.get`. */
export interface RequestSettings {
  readonly params?: Params;
  /** Beside the client's own, and over them. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Options of `RestClient.post`. */
export interface PostSettings extends RequestSettings {
  /** The body; `bigint` members are sent with all their digits. Default: no body. */
  readonly json?: unknown;
}

/** Options of `RestClient.paginate`. */
export interface PaginateSettings extends PostSettings {
  /** Default `GET`. */
  readonly method?: "GET" | "POST";
  /** Default: the client's. */
  readonly paginator?: PaginatorChoice;
  /** JSONPath of the records in each body. Default: the client's, else the list that is plainly meant. */
  readonly dataSelector?: string;
  /** Pages after which to stop with an error (exit code 5). Default: the client's. */
  readonly maxPages?: number;
}
