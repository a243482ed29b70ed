import type { Body } from "./body.js";
import type { ResponseFormat } from "./body-format.js";
import type { EventSink } from "./events.js";
import type { ProcessingStep } from "./processing-step.js";
import type { SchemaField } from "./preview.js";
import type { RecordLimits } from "./record-limits.js";
import type { ResourceOptions } from "./resource.js";
import type { UserFunction } from "./user-function.js";
import type { Clock } from "../shared/async.js";

/**
 * A source, ready to be read: what `sources/rest` builds from YAML and `sources/module` from a user's TypeScript.
 * The engine reads resources in order (parents first).
 */
export interface Source {
  readonly name: string;
  readonly resources: readonly Resource[];
  /** How many resources may be read at once. */
  readonly concurrency: number;
  /** Ends connections; called once, after the last resource, on every path out. */
  close(): Promise<void>;
}

/** One resource: what loading must know, and how to read it. */
export interface Resource extends RecordLimits {
  readonly options: ResourceOptions;
  /** What is done with the records between reading and loading, in order. */
  readonly processingSteps?: readonly ProcessingStep<UserFunction>[];
  /** The resource whose records its requests are made from; it is read before. */
  readonly parent?: string;
  /** True if it needs only the records that an incremental parent asks for anyway; default: all of the parent's. */
  readonly isIncrementalDependency?: boolean;
  /** False: read for its children only, and not loaded (`selected: false`). Default true. */
  readonly isSelected?: boolean;
  /**
   * Reads everything and hands it to `context.records` in order. Rejects with a DangoError; returns normally only when
   * all records were handed over (or `context.records.isFull`).
   */
  read(context: ReadContext): Promise<ReadOutcome>;
  /** What `dango check` asks instead of the first page; undefined: the first page. */
  readonly healthCheck?: HealthCheck | undefined;
  /** The fields of the records' type as a GraphQL server tells them; undefined if there is no such server, or it does not. */
  describeSchema?(context: Pick<ReadContext, "signal" | "emit">): Promise<readonly SchemaField[] | undefined>;
  /** The first request in words, `GET https://…?page=1`, for `--dry-run`; undefined for modules. */
  describeFirstRequest(
    context: Pick<ReadContext, "incremental" | "clock">,
  ): Promise<string | undefined> | string | undefined;
}

/** A request that shows whether an API works, by its own word (contract §2.1, `check`). */
export interface HealthCheck {
  /** Equal for resources of one source whose check is one and the same. */
  readonly key: string;
  /** In words: `GET https://…/health`. */
  describe(): string;
  /** Rejects with a DangoError that says why the API is not healthy. */
  run(context: Pick<ReadContext, "signal" | "emit">): Promise<void>;
}

/** What a resource may use while it is read. */
export interface ReadContext {
  readonly records: RecordSink;
  /** The incremental bounds of this run; undefined for resources without a cursor. */
  readonly incremental: IncrementalBounds | undefined;
  /** The bounds for one value of the parent, by its key, where each has a cursor of its own; undefined: `incremental` holds for all. */
  readonly boundsOf?: (parentKey: string) => IncrementalBounds;
  /** The records of `Resource.parent`; undefined for resources without one. */
  readonly parent?: ParentRecords;
  /** What the resource keeps between runs; changes are committed with the data. */
  readonly state: Record<string, unknown>;
  readonly signal: AbortSignal;
  readonly emit: EventSink;
  readonly clock: Clock;
  /** True if nothing is loaded: a full sink ends the reading only after it was decided what would be asked for next. */
  readonly isProbe?: boolean;
}

/** What a parent's reading came to, as its children see it: complete, and as its processing steps left it. */
export interface ParentRecords {
  /** NDJSON, in order. */
  readonly files: readonly string[];
  /** Names a record, counted from 0, for messages: `record 3 of page 2`. */
  describeRow(row: number): string;
}

/** Values for request parameters; spelled as the API spelled them. */
export interface IncrementalBounds {
  readonly startValue: string | number | bigint | null;
  readonly initialValue: string | number | bigint | null;
  readonly lastValue: string | number | bigint | null;
  readonly endValue: string | number | bigint | null;
}

/** What reading came to, beside the records. */
export interface ReadOutcome {
  /** What was chosen or configured: `page_number (page from 1)`; null for modules. */
  readonly paginator: string | null;
  /** Rows whose cursor is there or beyond were not asked for and are left to the next run; undefined: all were. */
  readonly readUntil?: string | number | bigint;
  /** The sync token of the last page (rule I3); undefined: it stays as it was. */
  readonly token?: string | number | bigint;
}

/** Where records go: the spool of one resource. Implemented by `extract/`. */
export interface RecordSink {
  /**
   * Finds the records in one body and spools them as they are. Throws GuardError, ResponseError or DataError when
   * the body is not what it should be; then nothing of this body is kept. Of one that comes in a file some records may
   * be: what was spooled must be discarded then.
   */
  readonly writeBody: (body: Body, pick: RecordPick, page: PageFacts) => Promise<PageRecords>;
  /** Spools JavaScript values (bigint, Date, Uint8Array, undefined allowed), one record each. */
  writeObjects(records: readonly unknown[]): Promise<void>;
  /**
   * A lane for one of several request chains that are read at once: what is written to it is spooled after everything
   * of the lanes opened before. Lanes ahead of their turn hold little and then wait, so each must be closed.
   */
  openLane(): RecordLane;
  /** Records spooled so far. */
  readonly rows: number;
  /** True when `--limit` is reached: stop reading. */
  readonly isFull: boolean;
  /** How many records `--limit` still leaves; undefined without a limit. */
  readonly room?: number | undefined;
  /** True if it can become full: then request chains are read one after the other, and none in vain. */
  readonly mayFill: boolean;
}

/** Where the records of one request chain go. */
export interface RecordLane {
  readonly writeBody: RecordSink["writeBody"];
  /** Called once the chain is complete, or has failed; resolves when the lane's records are spooled or held. */
  close(): Promise<void>;
}

/** How to find the records of a body. */
export interface RecordPick {
  /** The configured `data_selector`; undefined: choose by contract §2.1 (Records) and rules D2. */
  readonly selector: string | undefined;
  /** `on_missing_selector: empty`. */
  readonly emptyWhenMissing: boolean;
  /**
   * The choice made on the chain's first page (`PageRecords.chosen`), to be used for the rest of the chain;
   * undefined on the first page.
   */
  readonly chosen: string | undefined;
  /** The last path segment held a parent's value and there is no selector: an object is one record (rule P11). */
  readonly singleEntity: boolean;
  /** What the configuration says of the body's format; undefined: nothing. */
  readonly format?: ResponseFormat | undefined;
  /** Names for the values of records that are lists, or a path to them in the body (rule D5). */
  readonly recordFields?: string | readonly string[] | undefined;
  /** Members of the objects that the selector goes through, to be added to each record as `_<name>` (rule D5). */
  readonly ancestors?: readonly string[] | undefined;
  /** What of this page is known already and must not be spooled again (rules P1, P5, P8). */
  readonly omit?: RecordOmission;
  /** Each record is spooled once for each of these (rule I4); undefined: once, as it is. */
  readonly copies?: readonly RecordCopy[];
}

/** What a record gets behind its own members, as JSON text without braces: `"_users_id":7`. */
export interface RecordCopy {
  /** What `include_from_parent` adds: fields like any other. */
  readonly members: string;
  /** What goes with the record through the spool, and is no field of it. */
  readonly carried: string;
}

/**
 * Records to find but not to spool, compared as JSON values: `same_page`: all of them, if they equal those of
 * `previous` in the same order; `same_first`: the first one, if it equals the last one of `previous`.
 * They count in `PageRecords.rows`.
 */
export interface RecordOmission {
  readonly kind: "same_page" | "same_first";
  readonly previous: PageRecords;
}

/** Facts of the response for messages and decoding. */
export interface PageFacts {
  /** 1 for the first page of a chain. */
  readonly number: number;
  /** Redacted. */
  readonly url: string;
  readonly status: number;
  readonly contentType: string | undefined;
  /** In a numbered chain, behind page 1: the top-level keys of page 1's body (rule P2). */
  readonly knownKeys?: ReadonlySet<string>;
  /** The key of the parent's values that the page was asked for with, where each has a cursor of its own. */
  readonly parentKey?: string | undefined;
  /** Names the request chain, where a resource has several; the same function for all of its pages. */
  readonly chain?: () => string;
}

/** What was found in one body. */
export interface PageRecords {
  readonly rows: number;
  /** The path the records were found under: `$`, `data`, `result.items`. */
  readonly chosen: string;
  /** The body parsed, with the chosen list left empty: what paginators look into. Big integers are `bigint`. */
  readonly envelope: unknown;
  /** The last record of the page, parsed on demand; undefined when there was none. */
  lastRecord(): unknown;
  /** True if this page has records and they equal those of `other`, as JSON values in the same order (rule P5). */
  sameRecordsAs(other: PageRecords): boolean;
  /** The value at a path of keys in each record, in order; undefined where a record has none. */
  valuesAt?(keys: readonly string[]): Iterable<unknown>;
  /**
   * How many records at the start of this page are those that `previous` ended with, as JSON values in the same
   * order (rule P3): the largest such number. Needs to be fast when there is no overlap: it is asked for every page.
   */
  overlapWith?(previous: PageRecords): number;
  /** Gives back what it holds on disk; only `rows`, `chosen`, `envelope` and `lastRecord` can be asked for afterwards. */
  release?(): void;
}
