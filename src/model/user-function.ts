import type { SourceLocation } from "../shared/errors.js";

/** A function of a user's module that fills a custom slot: `custom_sources.clean:normalise`. */
export interface FunctionReference {
  /** As written before the colon. */
  readonly module: string;
  readonly export: string;
  readonly location: SourceLocation;
}

/** A user's function, loaded. */
export interface UserFunction {
  /** As the configuration names it, for messages: `custom_sources.clean:normalise`. */
  readonly name: string;
  /**
   * Calls it; what it returns may be a promise. Throws (and the promise rejects with) a UserCodeError that has file and
   * line of the module; a DangoError that it throws stays what it is.
   */
  call(...args: readonly unknown[]): unknown;
}

/** Gives the loaded function of a reference that the configuration holds. */
export type FunctionLookup = (reference: FunctionReference) => UserFunction;
