import { createReadStream } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Respeller } from "../model/load-plan.js";

const NEWLINE = 0x0a;
const CHUNK_BYTES = 4 << 20;

/** The spool, rewritten for staging. */
export interface RespelledFiles {
  readonly files: readonly string[];
  readonly rows: number;
  /** The numbers, from 0, of the records that the plan discarded. */
  readonly discarded: readonly number[];
}

/** Rewrites every record of NDJSON files into `directory`; memory stays flat in the number of records. */
export async function respellFiles(
  files: readonly string[],
  directory: string,
  respell: Respeller,
  signal: AbortSignal,
): Promise<RespelledFiles> {
  const written: string[] = [];
  let rows = 0;
  let read = 0;
  const discarded: number[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    const target = join(directory, `respelled-${basename(file)}`);
    const output = await open(target, "wx", 0o600);
    try {
      for await (const records of readRecords(file)) {
        const respelled = records.map(respell);
        for (const [index, record] of respelled.entries()) if (record === null) discarded.push(read + index);
        read += records.length;
        const kept = respelled.filter((record) => record !== null);
        rows += kept.length;
        await writeLines(output, kept);
      }
    } finally {
      await output.close();
    }
    written.push(target);
  }
  return { files: written, rows, discarded };
}

async function* readRecords(file: string): AsyncGenerator<Uint8Array[]> {
  let rest = Buffer.alloc(0);
  for await (const piece of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
    const chunk = Buffer.concat([rest, piece as Buffer]);
    const last = chunk.lastIndexOf(NEWLINE);
    rest = chunk.subarray(last + 1);
    if (last >= 0) yield splitLines(chunk.subarray(0, last));
  }
  if (rest.length > 0) yield splitLines(rest);
}

function splitLines(chunk: Buffer): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  while (start < chunk.length) {
    const newline = chunk.indexOf(NEWLINE, start);
    const end = newline < 0 ? chunk.length : newline;
    const line = chunk.subarray(start, end);
    if (line.some((byte) => byte !== 0x20)) lines.push(line);
    start = end + 1;
  }
  return lines;
}

async function writeLines(output: FileHandle, lines: readonly Uint8Array[]): Promise<void> {
  if (lines.length === 0) return;
  const newline = Buffer.from("\n");
  await output.write(Buffer.concat(lines.flatMap((line) => [line, newline])));
}
