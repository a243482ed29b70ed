import type { SourceLocation } from "../../shared/errors.js";
import type { CursorValue, IncrementalResourceSettings, ResourceSettings } from "./resource-settings.js";
import { locateCaller } from "./user-location.js";

const RESOURCE = Symbol.for("dango.resource");

/** A resource as `resource` made it: options and how to read it. */
export interface ResourceDefinition {
  readonly [RESOURCE]: true;
  /** As written, not yet checked. */
  readonly settings: unknown;
  readonly read: (context: ResourceContext<Incremental | undefined>) => ResourceOutput;
  readonly location: SourceLocation | undefined;
}

/**
 * What a resource may give: a generator (or any iterable, asynchronous or not), or a promise of one. Each value that
 * comes out is one record, or an array of records; `null` is none, `undefined` an error.
 */
export type ResourceOutput =
  AsyncIterable<unknown> | Iterable<unknown> | Promise<AsyncIterable<unknown> | Iterable<unknown>>;

/** What a resource is given when it is read. `I` is `undefined` for resources without `incremental`. */
export interface ResourceContext<I> {
  readonly incremental: I;
  /**
   * A JSON object that is kept between runs: change its members, and the change is committed with the data of this
   * resource, or not at all.
   */
  readonly state: Record<string, unknown>;
  /** Aborts when the run is stopped. `RestClient` heeds it by itself; hand it to whatever else waits. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** The range to read, each value spelled as the API spells it. */
export interface Incremental<V extends CursorValue = CursorValue, Start = V | null> {
  /** Where to start: the last value of the last run that was committed, less `lag`; else `initialValue`. */
  readonly startValue: Start;
  /** The same at the start of the run; it does not move while records are yielded. */
  readonly lastValue: Start;
  /** As declared. */
  readonly initialValue: Start;
  /** As declared; null for none. */
  readonly endValue: V | null;
}

/** Writes a line to the run's output and log. Secrets in it are replaced by `***`. */
export interface Logger {
  info(message: string): void;
  warn(message: string): void;
}

/** The wider kind of a literal: `"2024-01-01"` is text. */
type Widen<V> = V extends string ? string : V extends number ? number : V extends bigint ? bigint : V;

/**
 * Declares a resource: its options, and a generator that yields its records. Return it from the build function of
 * `defineSource`.
 *
 * Yield arrays (a page each) where you can, single objects where you must. `bigint`, `Date`, `Uint8Array` and
 * `undefined` members load as expected. What the generator throws fails this resource only, with the file and line of
 * your module; errors of `RestClient` keep their own meaning and exit code.
 */
export function resource<V extends CursorValue>(
  settings: IncrementalResourceSettings<V> & { readonly incremental: { readonly initialValue: V } },
  read: (context: ResourceContext<Incremental<Widen<V>, Widen<V>>>) => ResourceOutput,
): ResourceDefinition;
export function resource(
  settings: IncrementalResourceSettings<CursorValue>,
  read: (context: ResourceContext<Incremental>) => ResourceOutput,
): ResourceDefinition;
export function resource(
  settings: ResourceSettings & { readonly incremental?: undefined },
  read: (context: ResourceContext<undefined>) => ResourceOutput,
): ResourceDefinition;
export function resource(settings: unknown, read: (context: never) => ResourceOutput): ResourceDefinition {
  return {
    [RESOURCE]: true,
    settings,
    // The overloads tie the context's type to the settings, which decide at run time what it holds.
    read: read as ResourceDefinition["read"],
    location: locateCaller(resource),
  };
}

/** True for what `resource` returns, of any copy of this package. */
export function isResourceDefinition(value: unknown): value is ResourceDefinition {
  return typeof value === "object" && value !== null && RESOURCE in value;
}
