import { randomUUID } from "node:crypto";
import { close, closeSync, open, readSync, write } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { explainDiskError } from "./disk-error.js";

/**
 * Bytes on disk under no name: however the process ends, nothing is left behind. One that nobody closes is closed once
 * nobody refers to it.
 */
export class TemporaryFile {
  private readonly descriptor: number;
  private readonly path: string;
  private isOpen = true;
  private written = 0;

  private constructor(descriptor: number, path: string) {
    this.descriptor = descriptor;
    this.path = path;
    unreferenced.register(this, descriptor, this);
  }

  /**
   * Makes an empty one in `directory`, which is created with mode 0700 if it is not there (rule S3). Rejects with a
   * WarehouseError of type `disk`.
   */
  static async create(directory: string): Promise<TemporaryFile> {
    const path = join(directory, `body-${randomUUID()}.tmp`);
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const file = new TemporaryFile(await openAsync(path, "wx+", 0o600), path);
      await rm(path);
      return file;
    } catch (error) {
      throw await explainDiskError(error, path);
    }
  }

  /** Bytes written so far. */
  get length(): number {
    return this.written;
  }

  /** Writes behind what is there. Rejects with a WarehouseError of type `disk` that names the path and the bytes free (rule R9). */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await writeAsync(this.descriptor, bytes, done);
        done += bytesWritten;
        this.written += bytesWritten;
      }
    } catch (error) {
      throw await explainDiskError(error, this.path);
    }
  }

  /** A copy of the bytes at `[start, end)`, as far as there are such. */
  read(start = 0, end = this.written): Buffer {
    const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(end, this.written) - start));
    this.readInto(bytes, start);
    return bytes;
  }

  /** Fills `target` with the bytes from `start` on, which must be there. */
  readInto(target: Uint8Array, start: number): void {
    for (let done = 0; done < target.length;) {
      const count = readSync(this.descriptor, target, done, target.length - done, start + done);
      if (count === 0) throw new RangeError(`a temporary file has no byte ${String(start + done)}`);
      done += count;
    }
  }

  /** Gives the disk back; safe more than once. Nothing can be read afterwards. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    unreferenced.unregister(this);
    closeSync(this.descriptor);
  }
}

const openAsync = promisify(open);
const writeAsync = promisify(write);

const unreferenced = new FinalizationRegistry<number>((descriptor) => {
  close(descriptor);
});
