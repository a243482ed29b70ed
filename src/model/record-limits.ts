/** Nesting levels beyond which JSON is refused whatever `max_depth` says: it is read by functions that call themselves. */
export const MAX_DEPTH = 1_000;

/** Limits of rule B2 on the records of a resource, each a key of `client`. */
export interface RecordLimits {
  /** The longest record. */
  readonly maxRecordBytes: number;
  /** Levels of objects and lists within a record, its own included; 1,000 at most, which is the default. */
  readonly maxDepth?: number | undefined;
  /** Distinct fields of all records, and columns of each of their tables. Default 10,000. */
  readonly maxColumns?: number | undefined;
}

/** The limits alone, of something that has more. */
export function recordLimitsOf({ maxRecordBytes, maxDepth, maxColumns }: RecordLimits): RecordLimits {
  return { maxRecordBytes, maxDepth, maxColumns };
}
