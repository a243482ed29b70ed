/**
 * Why bytes were refused: `syntax` is anything that is not JSON, `number` a NaN or Infinity literal (rule B1),
 * `depth` and `columns` the limits of rule B2.
 */
export type JsonFaultReason = "syntax" | "number" | "depth" | "columns";

/**
 * What is wrong with JSON bytes, and where. Internal: whoever knows the resource and the page turns it into a
 * ResponseError (`syntax`), a DataError (`number`) or a GuardError (`depth`, `columns`).
 */
export class JsonFault extends Error {
  /** The fault without its place, for callers that count bytes from another start. */
  readonly problem: string;
  /** Offset into the buffer that was scanned. */
  readonly offset: number;
  readonly reason: JsonFaultReason;

  constructor(problem: string, offset: number, reason: JsonFaultReason = "syntax") {
    super(`${problem} at byte ${String(offset)}`);
    this.name = "JsonFault";
    this.problem = problem;
    this.offset = offset;
    this.reason = reason;
  }
}
