/** The incremental state of one cursor, in dlt's shape. The value keeps the API's own spelling. */
export interface CursorState {
  readonly initialValue: string | number | bigint | null;
  readonly lastValue: string | number | bigint | null;
}

/** Last values in the API's own spelling, by the key of a parent's values: `{"users.id":"7"}`. */
export type ParentCursors = ReadonlyMap<string, string | number | bigint>;

/** The state of one resource: its cursors by cursor path, and what a user's module keeps for itself. */
export interface ResourceState {
  readonly incremental: Readonly<Record<string, CursorState>>;
  /** Last values for each value of a parent (rule I4), by cursor path, then by the key of the parent's values. */
  readonly parents?: Readonly<Record<string, ParentCursors>>;
  /** Other members of the resource's state object (dlt's, or a module's own), kept as they are. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** A pipeline's state as the warehouse holds it. Version 0: never synced. */
export interface PipelineState {
  readonly version: number;
  /** By resource name. */
  readonly resources: Readonly<Record<string, ResourceState>>;
  /** The rest of dlt's state document, kept as it is. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** A pipeline that never synced. */
export const EMPTY_STATE: PipelineState = { version: 0, resources: {}, document: {} };
