import type { SourceLocation } from "../shared/errors.js";
import type { Redactor } from "../shared/redact.js";
import type { RefreshTokenStore } from "../model/refresh-token-store.js";
import type { RestSourceConfig } from "../model/rest-config.js";

/** A project, read and checked as a whole. */
export interface Project {
  /** Absolute path of the folder that holds `.dango/`. */
  readonly root: string;
  readonly sources: readonly SourceConfig[];
  /** Absolute path of the DuckDB file. */
  readonly warehousePath: string;
  readonly runtime: RuntimeSettings;
  /** Knows every secret of the project; all output goes through it. */
  readonly redactor: Redactor;
  /** Values for the parameters of TypeScript sources, looked up when a module is loaded. */
  readonly values: ValueLookup;
  /** Where a pipeline's refresh tokens are kept once a server has replaced them. */
  readonly refreshTokens: (pipeline: string) => RefreshTokenStore;
}

/** One entry of `sources:`. */
export interface SourceConfig {
  readonly name: string;
  readonly enabled: boolean;
  readonly datasetName: string;
  /** What state is stored under; default: the source's name. Named to go on with a pipeline of dlt (rule M8). */
  readonly pipelineName: string;
  /** dlt's schema, which is its source's name; default: the source's name. */
  readonly schemaName: string;
  readonly description?: string;
  readonly location: SourceLocation;
  readonly definition:
    | { readonly type: "rest_api"; readonly rest: RestSourceConfig }
    | { readonly type: "dlt_native"; readonly module: ModuleSourceConfig };
}

/** The `dlt_native` block. */
export interface ModuleSourceConfig {
  /** As written: `custom_sources.my_api`, `my_api` or `custom_sources/my_api.ts`. */
  readonly sourceModule: string;
  readonly sourceName: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly location: SourceLocation;
}

/** `[runtime]` of config.toml, with dlt's defaults where contract §2.1 does not set its own. */
export interface RuntimeSettings {
  readonly logLevel: "DEBUG" | "INFO" | "WARNING" | "ERROR" | "CRITICAL";
  /** `request_timeout` in ms, if set. */
  readonly requestTimeoutMs?: number;
  readonly requestMaxAttempts?: number;
  readonly requestBackoffFactor?: number;
  /** The longest `Retry-After` that is slept, in ms. */
  readonly requestMaxRetryDelayMs?: number;
}

/** Looks a value up by contract §3. */
export interface ValueLookup {
  /**
   * A TypeScript source's parameter: environment, then secrets.toml, then (unless it is a secret) config.toml, in the
   * tables of contract §3. `places` lists every place looked at, in words, for the message of a missing value.
   */
  parameter(query: {
    readonly key: string;
    readonly sourceFunction: string;
    readonly module: string;
    readonly source: string;
    readonly isSecret: boolean;
  }): { readonly value: unknown; readonly places: readonly string[] };
}
