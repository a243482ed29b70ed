import { createWriteStream, readFileSync, type WriteStream } from "node:fs";
import { once } from "node:events";

/** Remembers, in a byte or so of a file, how many rows each row became; for messages that name a record. */
export class RowTrace {
  private readonly path: string;
  private file: WriteStream | undefined;
  private readonly plain: number;
  private counts: number[] = [];

  /** Before the first note, `plain` rows became one row each. */
  constructor(path: string, plain: number) {
    this.path = path;
    this.plain = plain;
  }

  /** Notes that the next row became `count` rows. */
  note(count: number): void {
    for (; count >= LARGEST; count -= LARGEST) this.counts.push(LARGEST);
    this.counts.push(count);
  }

  /** Writes what was noted when it is much. */
  async flush(isLast = false): Promise<void> {
    if (this.counts.length < (isLast ? 1 : FLUSH_BYTES)) return;
    this.file ??= createWriteStream(this.path, { mode: 0o600 });
    const bytes = Uint8Array.from(this.counts);
    this.counts = [];
    if (!this.file.write(bytes)) await once(this.file, "drain");
  }

  async finish(): Promise<void> {
    await this.flush(true);
    if (this.file === undefined) return;
    this.file.end();
    await once(this.file, "close");
  }

  /** The row, from 0, that the row `made` came from. */
  locate(made: number): number {
    if (made < this.plain) return made;
    const bytes = this.file === undefined ? [] : readFileSync(this.path);
    let row = this.plain;
    let before = this.plain;
    for (const count of bytes) {
      before += count;
      if (before > made) return row;
      if (count < LARGEST) row += 1;
    }
    return row;
  }
}

/** A byte of this value goes on in the next one. */
const LARGEST = 255;
const FLUSH_BYTES = 1 << 16;
