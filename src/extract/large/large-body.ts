import type { BodyFormat } from "../../model/body-format.js";
import type { PageFacts, RecordPick } from "../../model/source.js";
import type { TemporaryFile } from "../../shared/temporary-file.js";
import type { ByteReader } from "./byte-reader.js";

/** A body that is to be cut. */
export interface LargeBody {
  readonly file: TemporaryFile;
  /** At the first byte that is not blank. */
  readonly reader: ByteReader;
  readonly pick: RecordPick;
  readonly page: PageFacts;
  /** A part has at least so many bytes of records, the last one excepted. */
  readonly partBytes: number;
}

/** A body in parts, each a body of its own that holds some of the records, in order. */
export interface BodyParts {
  /** More than one; read as they are asked for, as often as one likes. */
  readonly bodies: Iterable<Buffer>;
  readonly format: BodyFormat;
  /** How the records of each are to be found. */
  readonly pick: RecordPick;
  /** True if the body was cut between the records that stand under `chosen`, where those of the first part were found. */
  isBetween(chosen: string): boolean;
  /** `PageRecords.chosen` of the whole body, if it is not that of the parts. */
  readonly chosen?: string;
}

/** Bodies made of `head`, a stretch of the file and `tail` each. */
export function joinParts(
  file: TemporaryFile,
  stretches: readonly Stretch[],
  { head, tail }: { readonly head: Buffer; readonly tail: Buffer },
): Iterable<Buffer> {
  return {
    *[Symbol.iterator]() {
      for (const { start, end } of stretches) {
        const body = Buffer.allocUnsafeSlow(head.length + end - start + tail.length);
        body.set(head);
        file.readInto(body.subarray(head.length, head.length + end - start), start);
        body.set(tail, head.length + end - start);
        yield body;
      }
    },
  };
}

/** Bytes of a file. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** What stands around the records goes with each part: where it is as large as this, nothing is gained. */
export const MOST_AROUND_BYTES = 4 << 20;
