import type { AuthConfig } from "./auth-config.js";
import type { ResponseFormat } from "./body-format.js";
import type { RecordLimits } from "./record-limits.js";
import type { ResourceOptions } from "./resource.js";
import type { ProcessingStep } from "./processing-step.js";
import type { FunctionReference } from "./user-function.js";
import type { SourceLocation } from "../shared/errors.js";

/** A `rest_api` block after defaults, both spellings and interpolation are resolved. Keys in camelCase. */
export interface RestSourceConfig {
  readonly client: RestClientConfig;
  readonly resources: readonly RestResourceConfig[];
  /** All functions that custom slots name, wherever they stand; loaded before anything is requested. */
  readonly functions: readonly FunctionReference[];
}

/** Client-level settings; each resource has its own resolved copy. */
export interface RestClientConfig extends RecordLimits {
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly auth: AuthConfig | undefined;
  /** Milliseconds to the first byte and between bytes. Default 30,000. */
  readonly timeoutMs: number;
  readonly retry: RetryConfig;
  readonly rateLimit: readonly RateLimitConfig[];
  /** Origins beside `baseUrl`'s that may get credentials. */
  readonly allowedOrigins: readonly string[];
  readonly redirects: number;
  /** Requests under way at once: of the source, or of the resource where it has a bound of its own. Default 4. */
  readonly concurrency: number;
  /** The source's bound, where the resource has one of its own. */
  readonly sourceConcurrency?: number | undefined;
  /** Undefined: no circuit breaker. */
  readonly circuitBreaker?: CircuitConfig | undefined;
  readonly tls?: TlsConfig | undefined;
  /** Undefined: HTTP_PROXY, HTTPS_PROXY and NO_PROXY; false: none, whatever they say. May hold credentials. */
  readonly proxy?: string | false | undefined;
  /** Next links keep the origin of `baseUrl` (rule H3). Default false. */
  readonly rewriteLinks?: boolean | undefined;
  readonly maxBodyBytes: number;
  /** What `dango check` asks instead of the first page. */
  readonly check?: HealthCheckConfig | undefined;
}

/** A request, and what its answer must hold: values by dotted path. */
export interface HealthCheckConfig {
  /** Relative to the base URL, or absolute; sent as written. */
  readonly path: string;
  readonly expect: Readonly<Record<string, unknown>>;
}

/** Retry policy (contract §6.6, rule H1). */
export interface RetryConfig {
  /** Requests in all, the first included. Default 5. */
  readonly attempts: number;
  /** First wait, doubled each time. Default 1,000. */
  readonly baseMs: number;
  /** Longest `Retry-After` that is slept. Default 300,000. */
  readonly maxWaitMs: number;
  /** Default 408, 429 and all 5xx. */
  readonly statuses: readonly (number | "5xx")[];
  /** Most time that one resource spends waiting between attempts in a run, rate limits aside. Undefined: no bound. */
  readonly budgetMs?: number | undefined;
}

/** After so many failures of an origin in a row nothing is sent to it for so long (rule H1). */
export interface CircuitConfig {
  readonly failures: number;
  readonly pauseMs: number;
}

/** Certificates in PEM, read. */
export interface TlsConfig {
  /** Trusted beside the public authorities. */
  readonly ca?: string | undefined;
  /** The client's own certificate and its private key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** No certificate is checked. */
  readonly insecure: boolean;
}

/** So many requests in so many milliseconds. */
export interface RateLimitConfig {
  readonly requests: number;
  readonly perMs: number;
}

/** One resource with everything resolved. */
export interface RestResourceConfig {
  readonly options: ResourceOptions;
  readonly selected: boolean;
  readonly processingSteps?: readonly ProcessingStep<FunctionReference>[];
  readonly client: RestClientConfig;
  readonly endpoint: EndpointConfig;
  /** Its records, where they stand in the configuration: then nothing is requested for it. */
  readonly records?: readonly unknown[];
  /** Undefined for a resource whose requests need no other's records. */
  readonly parent?: ParentConfig | undefined;
  readonly location: SourceLocation;
}

/** How a resource's requests are made from the records of another (contract §2.1, Parent and child). */
export interface ParentConfig {
  readonly resource: string;
  /** What the `{resources.…}` placeholders stand for, each once. */
  readonly fields: readonly ParentField[];
  /** `include_from_parent`: paths in the parent's records, and the member that each becomes. */
  readonly included: readonly { readonly path: string; readonly member: string }[];
  readonly onMissingField: "error" | "skip";
  /** Fields of its ancestors that this resource's records carry for its own children. */
  readonly carried: readonly ParentField[];
  /** True if a value may keep its JSON type in the request: then 1 and "1" are two requests. */
  readonly isTyped: boolean;
  /** True if only records are wanted that an incremental parent's own bounds let through. */
  readonly isIncrementalDependency: boolean;
}

/** One field of a parent, or of an ancestor, that requests need. */
export interface ParentField {
  /** `resources.users.id`. */
  readonly placeholder: string;
  /** The resource whose records have it. */
  readonly resource: string;
  /** Dotted, or a JSONPath. */
  readonly path: string;
  /** In a path it needs a value (rule B5). */
  readonly isInPath: boolean;
}

/** One endpoint with everything resolved. */
export interface EndpointConfig {
  /** Relative to the base URL, or absolute; placeholders not yet replaced. */
  readonly path: string;
  readonly method: "GET" | "POST";
  /** True if the configuration names no method. */
  readonly isMethodDefault?: boolean;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly json: unknown;
  /** A body that is no JSON; never beside `json` or `graphql`. */
  readonly data?: RequestData | undefined;
  /** A query to POST as `{query, variables}`; never beside `json` or `data`. */
  readonly graphql?: GraphqlConfig | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly paginator: PaginatorConfig;
  readonly dataSelector: string | undefined;
  readonly emptyWhenSelectorMissing: boolean;
  /** Asked of every answer in order; the first that decides wins (rule H6). Default: none. */
  readonly responseActions?: readonly ResponseActionConfig[] | undefined;
  /** Undefined: each body tells. */
  readonly responseFormat?: ResponseFormat;
  /** Names for the values of records that are lists, or a path to the names in the body (rule D5). */
  readonly recordFields?: string | readonly string[];
  /** Members of the objects above the records, given to each record as `_<name>` (rule D5). */
  readonly ancestors?: readonly string[];
  /** The guard on pages of one chain; undefined: none. */
  readonly maxPages: number | undefined;
  /** The last path segment holds a parent's value, and neither selector nor pages are declared (rule P11). */
  readonly isSingleEntity?: boolean;
}

/** What is made of an answer for which all conditions that are given hold. */
export interface ResponseActionConfig {
  readonly status?: number | "4xx" | "5xx" | undefined;
  /** Text that the body holds. */
  readonly content?: string | undefined;
  /** A JSONPath that matches something in the body. */
  readonly path?: string | undefined;
  readonly action: "ignore" | "retry" | "fail" | FunctionReference;
}

/** A query parameter before encoding: lists repeat the key, null leaves it out. */
export type ParamValue =
  string | number | bigint | boolean | null | readonly (string | number | bigint | boolean)[] | JsonParam;

/** A parameter whose value is sent as compact JSON (rule B5). */
export interface JsonParam {
  readonly type: "json";
  readonly value: unknown;
}

/** Fields of a form in order, or the whole body as text; placeholders not yet replaced. */
export type RequestData = readonly FormField[] | string;

/** One field of a form; null leaves it out. */
export type FormField = readonly [name: string, value: string | number | bigint | boolean | null];

/** A GraphQL query. Nothing in `query` is a placeholder (rule P12); variables that are null are left out already. */
export interface GraphqlConfig {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Rules that all paginators share (rules P2, P5, P6). */
export interface PaginatorCommon {
  readonly onRepeat: "error" | "end" | "accept";
  readonly maxEmptyPages: number;
}

/** Where a numbered chain ends. */
export interface NumberedEnd {
  readonly totalPath: string | undefined;
  readonly totalItemsPath: string | undefined;
  readonly totalItemsHeader: string | undefined;
  readonly totalPagesPath: string | undefined;
  readonly totalPagesHeader: string | undefined;
  readonly hasMorePath: string | undefined;
  readonly stopAfterEmptyPage: boolean;
  readonly stopOnShortPage: boolean;
  readonly endOnStatus: readonly number[];
  /** Rule P13. Default error. */
  readonly onMissingPath?: "error" | "end";
}

/** Where a paginator's value goes. */
export type TokenTarget =
  | { readonly in: "query"; readonly name: string }
  | { readonly in: "header"; readonly name: string }
  | { readonly in: "body"; readonly path: string }
  /** Only by `{paginator.…}` placeholders. */
  | { readonly in: "placeholder" };

/** One part of a cursor: the path or response header that it comes from, and where it goes. */
export interface CursorPartConfig {
  readonly path?: string | undefined;
  readonly header?: string | undefined;
  readonly target: TokenTarget;
}

/** A paginator with defaults filled in. */
export type PaginatorConfig =
  | ({
      readonly type: "page_number";
      readonly target: TokenTarget;
      readonly start: number;
      /** The number of the very first page, from which totals count; default 0 if that is `start`, else 1. */
      readonly base?: number | undefined;
      readonly maximumPage: number | undefined;
      readonly size: number | undefined;
      readonly sizeTarget: TokenTarget | undefined;
    } & NumberedEnd &
      PaginatorCommon)
  | ({
      readonly type: "offset";
      readonly target: TokenTarget;
      readonly start: number;
      readonly limit: number | undefined;
      readonly limitTarget: TokenTarget;
      readonly maximumOffset: number | undefined;
      readonly advance: "rows" | "size";
    } & NumberedEnd &
      PaginatorCommon)
  | ({
      readonly type: "cursor";
      readonly target: TokenTarget;
      readonly cursorPath: string | undefined;
      readonly cursorHeader: string | undefined;
      readonly lastRecord: string | undefined;
      /** Written as `header_cursor`. */
      readonly isHeaderCursor?: boolean;
      /** The cursor is an object whose members are sent one by one. */
      readonly merge?: boolean;
      /** The cursor is several values, each with a place of its own to come from and to go to. */
      readonly parts?: readonly CursorPartConfig[] | undefined;
      readonly start: string | number | undefined;
      readonly size?: number | undefined;
      readonly sizeTarget?: TokenTarget | undefined;
      readonly hasMorePath: string | undefined;
      readonly stopAfterEmptyPage: boolean;
      readonly stopOnShortPage: boolean;
      readonly onMissingPath: "error" | "end";
    } & PaginatorCommon)
  | ({
      readonly type: "json_link";
      readonly nextUrlPath: string;
      readonly hasMorePath: string | undefined;
      readonly onMissingPath: "error" | "end";
    } & PaginatorCommon)
  | ({
      readonly type: "header_link";
      readonly linksNextKey: string;
      readonly onMissingPath: "error" | "end";
    } & PaginatorCommon)
  /** GraphQL's own: the `pageInfo` beside the records (rule P12). */
  | {
      readonly type: "page_info";
      readonly target: TokenTarget;
      /** The query as it is sent: shows whether it takes the variable. */
      readonly query: string;
    }
  /** A function of the user's decides (`NextPage`). */
  | ({
      readonly type: "custom";
      readonly nextPage: FunctionReference;
      /** Where a single value goes; undefined: the function says it. */
      readonly target: TokenTarget | undefined;
      readonly start: string | number | undefined;
    } & PaginatorCommon)
  | { readonly type: "single_page" }
  | { readonly type: "auto" };
