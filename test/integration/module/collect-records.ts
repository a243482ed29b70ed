import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecordSink } from "../../../src/extract/spool/record-sink.js";
import { parseLossless } from "../../../src/json/parse-lossless.js";
import type { RecordSink } from "../../../src/model/source.js";

/** Runs `work` with a real spool and gives the records in it, parsed. */
export async function collectRecords(
  limit: number | undefined,
  work: (records: RecordSink) => Promise<unknown>,
): Promise<unknown[]> {
  const directory = await mkdtemp(join(tmpdir(), "dango-spool-"));
  try {
    const sink = createRecordSink({
      directory,
      maxRecordBytes: 64 * 2 ** 20,
      ...(limit === undefined ? {} : { limit }),
    });
    await work(sink);
    const { files } = await sink.finish();
    const rows: unknown[] = [];
    for (const file of files) {
      for (const line of (await readFile(file, "utf8")).split("\n")) {
        const bytes = Buffer.from(line.trim());
        if (bytes.length > 0) rows.push(parseLossless(bytes, 0, bytes.length));
      }
    }
    return rows;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
