import type { ExpressionEvaluator } from "./expression.js";
import type { LoadPlan, WideningQuestion } from "./load-plan.js";
import type { LeftOut, LoadedTable } from "./report.js";
import type { ResourceOptions } from "./resource.js";
import type { DatasetSchema, Table } from "./schema.js";
import { EMPTY_STATE, type CursorState, type PipelineState, type ResourceState } from "./state.js";

/** Where a pipeline loads to. */
export interface WarehouseTarget {
  /** Absolute path of the DuckDB file. */
  readonly path: string;
  readonly dataset: string;
  /** What state is stored under: the source's name, unless it says otherwise. */
  readonly pipeline: string;
  /** What schema and loads are stored under: the source's name, unless it says otherwise. */
  readonly schema: string;
  /** A directory that may be filled with temporary data and is removed by the caller. */
  readonly tempDirectory: string;
  /** How long to wait for another process that holds the file. Default 300 s. */
  readonly lockWaitMs: number;
  /** Told once, with who holds the file, when the waiting begins. */
  readonly onLockWait?: (reason: string) => void;
}

/** What a pipeline finds when a run starts. */
export interface WarehouseSnapshot {
  /** False: no warehouse file, or nothing of this pipeline in it. */
  readonly exists: boolean;
  readonly schema: DatasetSchema;
  readonly state: PipelineState;
  /** How many loads and changes the pipeline has committed: another number means that someone else was here. */
  readonly commits: number;
  /** What dlt loaded into the dataset and dango has not taken over yet. */
  readonly others?: readonly OtherPipeline[];
}

/** What a first sync finds. */
export const EMPTY_SNAPSHOT: WarehouseSnapshot = {
  exists: false,
  schema: { tables: new Map() },
  state: EMPTY_STATE,
  commits: 0,
};

/** A pipeline of dlt in a file, with the dataset that it loads to. */
export interface FoundPipeline extends OtherPipeline {
  readonly dataset: string;
}

/** What was copied out of a file of dlt. */
export interface AdoptedDataset {
  /** By name, `_dlt_*` excepted. */
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
  /** Tables of the dataset that are not the schema's, and were not copied. */
  readonly left: readonly string[];
}

/** A pipeline of dlt with one of its schemas. */
export interface OtherPipeline {
  readonly pipeline: string;
  readonly schema: string;
  /** Its tables in the dataset, without `_dlt_*`. */
  readonly tables: readonly string[];
}

/** One resource's share of a commit. */
export interface ResourceLoad {
  readonly options: ResourceOptions;
  /** Resources of one family are committed together or not at all (rule I4); undefined: a family of its own. */
  readonly family?: string;
  readonly plan: LoadPlan;
  /** NDJSON files in order, already respelled if the plan asked for it; may be empty. */
  readonly files: readonly string[];
  /** About so many bytes are in `files`. */
  readonly bytes: number;
  /** Rows in `files` that are to be loaded. */
  readonly rows: number;
  /** Rows in `files` behind those: they have nothing but a cursor, which counts for the last value (rule I5). */
  readonly passedOver?: number;
  /** Names a row, counted from 0, for messages: `record 3 of page 2`. */
  describeRow(row: number): string;
  /** Rows that a contract or a conversion discarded before staging. */
  readonly discarded: number;
  /** `--full-refresh`: tables are rebuilt, the stored cursor is not used. */
  readonly rebuild: boolean;
  readonly allowEmptyReplace: boolean;
  /** The cursor state this load starts from; undefined: none stored, or not incremental. */
  readonly cursor: CursorState | undefined;
  /** Where reading began: the cursor's last value less `lag`, else `initial_value`; undefined: nowhere in particular. */
  readonly startValue?: CursorState["lastValue"];
  /** Where a cursor is kept for each value of the parent (rule I4): whose the rows are, in their order; none may come before the first. */
  readonly parents?: readonly ParentShare[];
  /** Rows whose cursor is there or beyond are left to the next run; undefined: none are. */
  readonly readUntil?: string | number | bigint;
  /** True for text that holds a secret: no such cursor may be stored (rule S2). */
  isSecret?(text: string): boolean;
  /** The state to store with the data, the cursor's `lastValue` excepted: that one comes out of the load. */
  readonly stateAfter: ResourceState;
}

/** The rows from `firstRow` on, up to the next share, which came for one value of the parent. */
export interface ParentShare {
  readonly key: string;
  readonly firstRow: number;
  /** Where reading began; undefined: nowhere in particular. */
  readonly startValue: string | number | bigint | undefined;
  /** The furthest value known before, stored or `initial_value`. */
  readonly known: string | number | bigint | undefined;
  /** True if `known` was stored by a load before. */
  readonly isStored: boolean;
}

/** Everything that one source commits in one transaction. */
export interface SourceLoad {
  /** dlt's format: unix seconds as a decimal string, such as `1795254860.123456`. */
  readonly loadId: string;
  readonly runId: string;
  /** When reading the source began. */
  readonly startedAtMs: number;
  readonly resources: readonly ResourceLoad[];
  /** What the load was decided on. If the pipeline has committed since then, nothing is written: LockedError. */
  readonly before: WarehouseSnapshot;
  /** `--limit`: the dataset is rebuilt, and no state is written. */
  readonly isLimited: boolean;
  /** Source name for `_dango_runs`. */
  readonly source: string;
}

/** What a commit did. */
export interface CommitReport {
  /** By resource name, root table first. */
  readonly tables: ReadonlyMap<string, readonly LoadedTable[]>;
  /** By resource name: what cursor and keys left out and why; no entry: nothing. */
  readonly leftOut: ReadonlyMap<string, readonly LeftOut[]>;
  /** By resource name: what to look at, in words. */
  readonly warnings: ReadonlyMap<string, string>;
  /** A resource that the load itself refused (null key, zero-row replace, unlike cursors): its own error, nothing of it committed. */
  readonly refused: ReadonlyMap<string, Error>;
  /** False when every resource was refused: nothing was committed. */
  readonly committed: boolean;
}

/** A change of a pipeline outside a load, in one transaction: of its state, and tables that go. */
export interface PipelineChange {
  /** In dlt's format; the change is remembered in `_dlt_loads` like a load. */
  readonly loadId: string;
  /** What it was decided on. If the pipeline has committed since then, nothing is written: LockedError. */
  readonly before: WarehouseSnapshot;
  /** The state of all resources from now on. */
  readonly resources: PipelineState["resources"];
  /** Names of tables to drop, children too. */
  readonly dropped: readonly string[];
}

/** A state that a pipeline had. */
export interface PastState {
  readonly state: PipelineState;
  readonly loadId: string;
  /** As the warehouse prints it, UTC. */
  readonly createdAt: string;
}

/** A run that committed something of a source. */
export interface PastRun {
  readonly runId: string;
  readonly loadId: string;
  /** When reading the source began: ISO 8601, UTC. */
  readonly startedAt: string;
  /** Until the commit. */
  readonly seconds: number;
  /** Of all tables together. */
  readonly counts: Omit<LoadedTable, "name">;
}

/** The tables that belong to one pipeline. Others may stand in the same dataset. */
export interface PipelineSchema {
  /** As in `_dlt_version`; undefined: never synced. */
  readonly document: Readonly<Record<string, unknown>> | undefined;
  /** Those of the document that exist, roots and children, by name. */
  readonly tables: readonly Table[];
}

/** What a dataset holds, for `pipeline show`. */
export interface DatasetOverview {
  /** User tables first, then `_dlt_*` and `_dango_*`, each by name. */
  readonly tables: readonly {
    readonly name: string;
    readonly rows: number;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
  }[];
  /** Loads of the pipeline, newest first, ten at most; `insertedAt` in UTC. */
  readonly loads: readonly { readonly loadId: string; readonly insertedAt: string }[];
}

/** The only door to DuckDB for the engine. Each call opens the file late and closes it early. */
export interface Warehouse {
  /** Schema and state of one pipeline, read in one moment. */
  readSnapshot(target: WarehouseTarget, signal: AbortSignal): Promise<WarehouseSnapshot>;
  /** Whether a commit would be possible now; changes nothing. Throws WarehouseError or LockedError. */
  checkAccess(target: WarehouseTarget, signal: AbortSignal): Promise<{ readonly freeBytes: number }>;
  /** Tables with their sizes, and the last loads; the file must exist. */
  overview(target: WarehouseTarget, signal: AbortSignal): Promise<DatasetOverview>;
  /** For each question, whether every stored value stays the same in the wider type. */
  answerWidenings(
    target: WarehouseTarget,
    questions: readonly WideningQuestion[],
    signal: AbortSignal,
  ): Promise<readonly boolean[]>;
  /** Every state of the pipeline whose load was completed, newest first. */
  readStates(target: WarehouseTarget, signal: AbortSignal): Promise<readonly PastState[]>;
  /** The runs of a source that committed something, newest first. */
  readRuns(target: WarehouseTarget, source: string, signal: AbortSignal): Promise<readonly PastRun[]>;
  readSchema(target: WarehouseTarget, signal: AbortSignal): Promise<PipelineSchema>;
  /** The pipelines in the DuckDB file at `target.path`, which must exist, and is only read. */
  findPipelines(
    target: Omit<WarehouseTarget, "dataset" | "pipeline" | "schema">,
    signal: AbortSignal,
  ): Promise<readonly FoundPipeline[]>;
  /** Copies a pipeline of dlt out of `file` in one transaction, under the target's names. */
  adopt(
    target: WarehouseTarget,
    from: { readonly file: string; readonly found: FoundPipeline },
    signal: AbortSignal,
  ): Promise<AdoptedDataset>;
  /** Changes state and tables in one transaction; the version of the new state. The file must exist. */
  change(target: WarehouseTarget, change: PipelineChange, signal: AbortSignal): Promise<number>;
  /** Evaluates SQL expressions over records in files below `directory`; without one it only parses. */
  openEvaluator(directory: string | undefined, signal: AbortSignal): Promise<ExpressionEvaluator>;
  /** Stages outside the file's lock, then commits everything in one transaction. */
  commit(target: WarehouseTarget, load: SourceLoad, signal: AbortSignal): Promise<CommitReport>;
}
