import { createReadStream } from "node:fs";

/** One record of a spool. */
export interface SpooledRecord {
  /** Its number in the spool, from 0. */
  readonly row: number;
  /** A JSON object; the bytes are those of a chunk and must not be changed. */
  readonly bytes: Buffer;
}

/** Reads the records of NDJSON files in order, a chunk of the files at a time. Rejects with the signal's reason. */
export async function* readRecords(
  files: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<readonly SpooledRecord[]> {
  let row = 0;
  const cut = (chunk: Buffer): SpooledRecord[] => {
    const records: SpooledRecord[] = [];
    for (let start = 0; start < chunk.length;) {
      const newline = chunk.indexOf(NEWLINE, start);
      const end = newline < 0 ? chunk.length : newline;
      const bytes = trimBlanks(chunk.subarray(start, end));
      if (bytes.length > 0) records.push({ row: row++, bytes });
      start = end + 1;
    }
    return records;
  };
  for (const file of files) {
    let rest: Buffer = Buffer.alloc(0);
    for await (const piece of createReadStream(file, { highWaterMark: CHUNK_BYTES, signal })) {
      const chunk = Buffer.concat([rest, piece as Buffer]);
      const last = chunk.lastIndexOf(NEWLINE);
      rest = chunk.subarray(last + 1);
      if (last >= 0) yield cut(chunk.subarray(0, last));
    }
    if (rest.length > 0) yield cut(rest);
  }
}

const NEWLINE = 0x0a;
const CHUNK_BYTES = 4 << 20;

function trimBlanks(line: Buffer): Buffer {
  let start = 0;
  let end = line.length;
  while (start < end && (line[start] as number) <= 0x20) start += 1;
  while (end > start && (line[end - 1] as number) <= 0x20) end -= 1;
  return line.subarray(start, end);
}
