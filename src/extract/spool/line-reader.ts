import { createReadStream } from "node:fs";

/**
 * Reads a file line by line without an object a line: `next` steps to the following line of the bytes at hand, `more`
 * brings the next bytes. Bytes that were handed out do not change.
 */
export class LineReader {
  /** The bytes at hand; the current line is `[start, end)`, without its line break. */
  buffer: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  private at = 0;
  private limit = 0;
  private isEnded = false;
  private readonly pieces: AsyncIterator<Buffer>;

  constructor(file: string, chunkBytes = CHUNK_BYTES) {
    const stream = createReadStream(file, { highWaterMark: chunkBytes });
    this.pieces = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  /** Steps to the next line that is not blank; false when the bytes at hand have no other whole line. */
  next(): boolean {
    while (this.at < this.limit) {
      const newline = this.buffer.indexOf(NEWLINE, this.at);
      const end = newline < 0 || newline >= this.limit ? this.limit : newline;
      this.start = this.at;
      this.end = end;
      this.at = end + 1;
      if (!isBlank(this.buffer, this.start, end)) return true;
    }
    return false;
  }

  /** Brings more lines; false at the end of the file. */
  async more(): Promise<boolean> {
    const rest = this.buffer.subarray(Math.min(this.at, this.buffer.length));
    const pieces = [rest];
    while (!this.isEnded) {
      const piece = await this.pieces.next();
      if (piece.done === true) this.isEnded = true;
      else {
        pieces.push(piece.value);
        if (piece.value.includes(NEWLINE)) break;
      }
    }
    this.buffer = pieces.length === 2 && rest.length === 0 ? (pieces[1] as Buffer) : Buffer.concat(pieces);
    this.at = 0;
    this.limit = this.isEnded ? this.buffer.length : this.buffer.lastIndexOf(NEWLINE) + 1;
    return this.limit > 0;
  }

  /** Closes the file; needed only when it was not read to its end. */
  async close(): Promise<void> {
    await this.pieces.return?.();
  }
}

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 0x0a;

function isBlank(buffer: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (buffer[at] !== 0x20) return false;
  return true;
}
