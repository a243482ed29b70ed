import { EXIT, type ExitCode } from "./exit-codes.js";

/** Where in a user's file an error lies; `line` and `column` count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Machine-readable kind of an error, as it stands in `--json` output (contract §4.1). */
export type ErrorType =
  | "configuration"
  | "authentication"
  | "permission"
  | "not_found"
  | "rate_limit"
  | "unavailable"
  | "timeout"
  | "connection"
  | "response"
  | "guard"
  | "lock"
  | "data"
  | "disk"
  | "interrupted"
  | "internal";

/** The facts an error carries beside its message. All text in it is already free of secrets. */
export interface ErrorDetails {
  readonly hint?: string | undefined;
  readonly location?: SourceLocation | undefined;
  readonly cause?: unknown;
  /** Structured facts for `--json`, such as `status`, `url`, `page`. */
  readonly context?: Readonly<Record<string, unknown>>;
}

const BRAND = Symbol.for("dango.error");

/**
 * The base of every error that dango raises on purpose. `message` says what failed and where, `hint`
 * what to do next; `exitCode` is the one of contract §4.
 */
export abstract class DangoError extends Error {
  abstract readonly code: `DANGO_${string}`;
  abstract readonly type: ErrorType;
  abstract readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  readonly location: SourceLocation | undefined;
  readonly context: Readonly<Record<string, unknown>>;
  readonly [BRAND] = true;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.hint = details.hint;
    this.location = details.location;
    this.context = details.context ?? {};
  }
}

/** True for a DangoError of any copy of this package (a user's module may hold its own). */
export function isDangoError(error: unknown): error is DangoError {
  return typeof error === "object" && error !== null && BRAND in error;
}

/** A wrong flag or argument. */
export class UsageError extends DangoError {
  readonly code = "DANGO_USAGE";
  readonly type = "configuration";
  readonly exitCode = EXIT.usage;
}

/** One fault of a configuration file. `path` is like `sources[0].rest_api.resources[1].paginator`. */
export interface ConfigIssue {
  readonly message: string;
  readonly path?: string;
  readonly location?: SourceLocation;
  readonly hint?: string;
}

/** Everything that is wrong with a project's configuration, found in one pass. */
export class ConfigError extends DangoError {
  readonly code = "DANGO_CONFIG";
  readonly type = "configuration";
  readonly exitCode = EXIT.usage;
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[], details: ErrorDetails = {}) {
    super(
      issues.length === 1 && issues[0] !== undefined
        ? issues[0].message
        : `${String(issues.length)} errors in the configuration`,
      { location: issues[0]?.location, ...details },
    );
    this.issues = issues;
  }
}

/** A status that the API answered and that fails the resource (4xx other than 401, 403, 429). */
export class HttpStatusError extends DangoError {
  readonly code = "DANGO_SOURCE_STATUS";
  readonly type: ErrorType;
  readonly exitCode = EXIT.failed;
  readonly status: number;

  constructor(message: string, status: number, details: ErrorDetails = {}) {
    super(message, details);
    this.status = status;
    this.type = status === 404 || status === 410 ? "not_found" : "response";
  }
}

/** 401 after the one refresh, 403 that is no rate limit, or a refused token request. */
export class AuthError extends DangoError {
  readonly code = "DANGO_AUTH";
  readonly type: ErrorType;
  readonly exitCode = EXIT.auth;

  constructor(message: string, type: "authentication" | "permission", details: ErrorDetails = {}) {
    super(message, details);
    this.type = type;
  }
}

/** 429 that outlasted the retries, or a `Retry-After` above `max_wait`. */
export class RateLimitError extends DangoError {
  readonly code = "DANGO_SOURCE_RATE_LIMIT";
  readonly type = "rate_limit";
  readonly exitCode = EXIT.rateLimit;
}

/** 5xx, timeout, no connection, DNS or TLS failure after all attempts. */
export class UnavailableError extends DangoError {
  readonly code = "DANGO_SOURCE_UNAVAILABLE";
  readonly type: ErrorType;
  readonly exitCode = EXIT.unavailable;

  constructor(message: string, type: "unavailable" | "timeout" | "connection", details: ErrorDetails = {}) {
    super(message, details);
    this.type = type;
  }
}

/** A body that is not what it should be: HTML with 200, broken JSON, an error object in a 2xx. */
export class ResponseError extends DangoError {
  readonly code = "DANGO_SOURCE_RESPONSE";
  readonly type = "response";
  readonly exitCode = EXIT.failed;
}

/** Values that break a rule: null keys, unlike cursors, bytes that are not UTF-8. */
export class DataError extends DangoError {
  readonly code = "DANGO_SOURCE_DATA";
  readonly type = "data";
  readonly exitCode = EXIT.failed;
}

/** A user's TypeScript module that cannot be loaded, or that threw. */
export class UserCodeError extends DangoError {
  readonly code = "DANGO_SOURCE_MODULE";
  readonly type: ErrorType;
  readonly exitCode: ExitCode;

  /** `phase` "load" is a configuration error (exit 2), "run" a failed resource (exit 1). */
  constructor(message: string, phase: "load" | "run", details: ErrorDetails = {}) {
    super(message, details);
    this.type = phase === "load" ? "configuration" : "response";
    this.exitCode = phase === "load" ? EXIT.usage : EXIT.failed;
  }
}

/** A guard tripped: no progress, page cap, empty replace, freeze, or a choice that would be a guess. */
export class GuardError extends DangoError {
  readonly code = "DANGO_GUARD";
  readonly type = "guard";
  readonly exitCode = EXIT.guard;
}

/** The warehouse refused a statement, or its file cannot be read or written. */
export class WarehouseError extends DangoError {
  readonly code = "DANGO_WAREHOUSE";
  readonly type: ErrorType;
  readonly exitCode = EXIT.failed;

  constructor(message: string, type: "internal" | "disk" | "data" = "internal", details: ErrorDetails = {}) {
    super(message, details);
    this.type = type;
  }
}

/** Another process holds the warehouse or the pipeline; the message names it. */
export class LockedError extends DangoError {
  readonly code = "DANGO_WAREHOUSE_LOCKED";
  readonly type = "lock";
  readonly exitCode = EXIT.locked;
}

/** A signal or `--timeout` ended the run; nothing more is committed. */
export class InterruptedError extends DangoError {
  readonly code = "DANGO_INTERRUPTED";
  readonly type = "interrupted";
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode, details: ErrorDetails = {}) {
    super(message, details);
    this.exitCode = exitCode;
  }
}
