import { AsyncLocalStorage } from "node:async_hooks";
import type { RuntimeSettings } from "../../config/project.js";
import type { AuthHost } from "../../http/auth/auth-host.js";
import type { HttpClient } from "../../http/client.js";
import type { Traffic } from "../../http/limits/traffic.js";
import type { EventSink } from "../../model/events.js";
import type { Clock } from "../../shared/async.js";
import type { Redactor } from "../../shared/redact.js";

/** What surrounds the code of one source module, from loading it to closing the source. */
export interface ModuleHost {
  readonly source: string;
  /** Absolute, symbolic links resolved; undefined outside of a project. */
  readonly root: string | undefined;
  readonly runtime: RuntimeSettings;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly random: () => number;
  readonly userAgent: string;
  /** Shared by all clients of the source. */
  readonly traffic?: Traffic;
  /** The tokens of all clients of the source. */
  readonly auth: AuthHost;
  /** The HTTP client of each `RestClient` that was used, to be closed with the source. */
  readonly clients: Map<object, HttpClient>;
}

/** One resource while it is read. */
export interface ReadingScope {
  readonly resource: string;
  /** True if rows that come twice are merged by key. */
  readonly hasKey: boolean;
  readonly signal: AbortSignal;
  readonly emit: EventSink;
  /**
   * Called before every request: hands over what was yielded so far, and throws {@link StopReading} when no more is
   * wanted, so that a limit costs no request too many.
   */
  beforeRequest(): Promise<void>;
  /** How many more records `--limit` lets in, those not handed over yet counted; undefined without a limit. */
  room(): number | undefined;
  /** Called with every body received. */
  countPage(bytes: number): void;
}

/** Where a module's code runs: `reading` is undefined while the source is loaded and built. */
export interface RunScope {
  readonly host: ModuleHost;
  readonly reading: ReadingScope | undefined;
}

/** Passes through a user's generator when enough was read; never seen outside of it. */
export class StopReading extends Error {
  constructor() {
    super("enough records were read");
    this.name = "StopReading";
  }
}

const storage = new AsyncLocalStorage<RunScope>();

/** Runs `work`, and whatever it awaits, in a scope. */
export function runInScope<T>(scope: RunScope, work: () => T): T {
  return storage.run(scope, work);
}

/** The scope of the calling code; undefined outside of a run. */
export function currentScope(): RunScope | undefined {
  return storage.getStore();
}
