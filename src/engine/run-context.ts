import type { Project, SourceConfig } from "../config/project.js";
import type { EventSink } from "../model/events.js";
import type { Source } from "../model/source.js";
import type { Warehouse } from "../model/warehouse.js";
import type { Clock } from "../shared/async.js";

/** What a run is given from outside: nothing in the engine reads a global. */
export interface RunContext {
  readonly project: Project;
  readonly warehouse: Warehouse;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly emit: EventSink;
  /** Aborts with an InterruptedError as its reason. */
  readonly signal: AbortSignal;
  /** Makes a source ready to be read; loads its module if it has one. */
  openSource(config: SourceConfig): Promise<Source>;
}

/** The flags of `dango sync` that change what is done. */
export interface SyncOptions {
  /** Empty: all enabled sources. */
  readonly sources: readonly string[];
  /** Empty: all resources. */
  readonly resources: readonly string[];
  readonly fullRefresh: boolean;
  /** Rows a resource, into `<dataset>_limited`. */
  readonly limit: number | undefined;
  readonly allowEmptyReplace: boolean;
  /** A full refresh may drop the versions that scd2 keeps (M6). */
  readonly allowHistoryLoss: boolean;
  readonly lockWaitMs: number;
  /** Reads one page a resource, plans, loads nothing. */
  readonly dryRun: boolean;
}
