import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import { LineReader } from "../extract/spool/line-reader.js";
import type { Respeller } from "../model/load-plan.js";

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
  const discarded: number[] = [];
  let rows = 0;
  let read = 0;
  for (const file of files) {
    signal.throwIfAborted();
    const target = join(directory, `respelled-${basename(file)}`);
    const output = await open(target, "wx", 0o600);
    const lines = new LineReader(file);
    try {
      while (await lines.more()) {
        const kept: Uint8Array[] = [];
        while (lines.next()) {
          const record = respell(lines.buffer.subarray(lines.start, lines.end));
          if (record === null) discarded.push(read);
          else kept.push(record, LINE_END);
          read += 1;
        }
        rows += kept.length / 2;
        // Unlike `write`, it goes on until all of it is written, or says that the disk is full.
        await output.writeFile(Buffer.concat(kept));
      }
    } finally {
      await lines.close();
      await output.close();
    }
    written.push(target);
  }
  return { files: written, rows, discarded };
}

const LINE_END = Buffer.from("\n");
