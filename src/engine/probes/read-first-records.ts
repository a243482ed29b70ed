import { LineReader } from "../../extract/spool/line-reader.js";

/** The first records of NDJSON files, each as it is spelled there; reads no more than it needs. */
export async function readFirstRecords(files: readonly string[], most: number): Promise<string[]> {
  const records: string[] = [];
  for (const file of files) {
    if (records.length >= most) break;
    const lines = new LineReader(file);
    try {
      while (records.length < most && (await lines.more())) {
        while (records.length < most && lines.next())
          records.push(lines.buffer.toString("utf8", lines.start, lines.end).trim());
      }
    } finally {
      await lines.close();
    }
  }
  return records;
}
