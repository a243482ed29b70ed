import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";

/** Where pieces go, and about how long each is. */
export interface SplitOptions {
  readonly directory: string;
  readonly pieceBytes: number;
}

/** Copies files of whole lines into shorter files of whole lines, mode 0600, in order; returns their paths. */
export async function splitLines(
  files: readonly string[],
  { directory, pieceBytes }: SplitOptions,
): Promise<string[]> {
  const pieces: string[] = [];
  // One for all: a stream's buffers would stay until they are collected.
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  for (const path of files) {
    await using file = await open(path, "r");
    const { size } = await file.stat();
    for (let at = 0; at < size;) {
      const piece = join(directory, `piece-${String(pieces.length).padStart(6, "0")}.ndjson`);
      await using target = await open(piece, "wx", 0o600);
      pieces.push(piece);
      at = await copyLines({ file, target, buffer }, at, pieceBytes);
    }
  }
  return pieces;
}

const BUFFER_BYTES = 1 << 20;
const NEWLINE = 0x0a;

/** Copies from `at` on, to the end of the first line that ends behind `leastBytes`, or of the file; returns where it stopped. */
async function copyLines(
  { file, target, buffer }: { file: FileHandle; target: FileHandle; buffer: Buffer },
  at: number,
  leastBytes: number,
): Promise<number> {
  for (let copied = 0; ;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    const lineEnd = copied + bytesRead < leastBytes ? -1 : buffer.subarray(0, bytesRead).indexOf(NEWLINE);
    const bytes = lineEnd < 0 ? bytesRead : lineEnd + 1;
    await target.writeFile(buffer.subarray(0, bytes));
    at += bytes;
    copied += bytes;
    if (lineEnd >= 0 || bytesRead === 0) return at;
  }
}
