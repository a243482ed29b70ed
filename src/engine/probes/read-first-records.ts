import { createReadStream } from "node:fs";

/** The first records of NDJSON files, each as it is spelled there; reads no more than it needs. */
export async function readFirstRecords(files: readonly string[], most: number): Promise<string[]> {
  const records: string[] = [];
  for (const file of files) {
    let rest = Buffer.alloc(0);
    const stream = createReadStream(file) as AsyncIterable<Buffer>;
    for await (const chunk of stream) {
      rest = Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf(NEWLINE); end >= 0 && records.length < most; end = rest.indexOf(NEWLINE)) {
        addRecord(records, rest.subarray(0, end));
        rest = rest.subarray(end + 1);
      }
      if (records.length >= most) return records;
    }
    addRecord(records, rest);
    if (records.length >= most) return records;
  }
  return records;
}

const NEWLINE = 0x0a;

function addRecord(records: string[], bytes: Buffer): void {
  const text = bytes.toString("utf8").trim();
  if (text !== "") records.push(text);
}
