import { mkdir, open, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { explainDiskError } from "../../shared/disk-error.js";

/** What a spool came to. */
export interface SpoolFiles {
  /** Absolute paths, in order. */
  readonly files: readonly string[];
  readonly bytes: number;
}

/**
 * Writes NDJSON into files of one directory: `part-00000.ndjson` and so on, each about `fileBytes` long, mode 0600
 * in a directory of mode 0700 (rule S3). One write may be under way while the caller prepares the next; nothing is
 * kept in memory beyond that.
 */
export class Spool {
  private readonly directory: string;
  private readonly fileBytes: number;
  private readonly files: string[] = [];
  private handle: FileHandle | undefined;
  private bytesInFile = 0;
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private inFlight: Promise<void> = Promise.resolve();
  private total = 0;

  constructor(directory: string, fileBytes = FILE_BYTES) {
    this.directory = directory;
    this.fileBytes = fileBytes;
  }

  /** Bytes appended so far. */
  get bytes(): number {
    return this.total;
  }

  /**
   * Appends segments of whole lines, which must not change afterwards. Resolves when there is room for more. Throws a
   * WarehouseError of type `disk` that names the path and the bytes free (rule R9), now or for an earlier append.
   */
  async append(segments: readonly Buffer[]): Promise<void> {
    for (const segment of segments) {
      this.pending.push(segment);
      this.pendingBytes += segment.length;
      this.total += segment.length;
    }
    if (this.pendingBytes < WRITE_BYTES) return;
    await this.inFlight;
    this.startWrite();
  }

  /** Writes what is left and closes the last file. */
  async finish(): Promise<SpoolFiles> {
    await this.inFlight;
    this.startWrite();
    await this.inFlight;
    await this.closeFile();
    return { files: this.files, bytes: this.total };
  }

  /** Stops writing and removes the directory; safe at any time, and more than once. */
  async remove(): Promise<void> {
    await this.inFlight.catch(ignore);
    await this.handle?.close().catch(ignore);
    this.handle = undefined;
    this.pending = [];
    this.pendingBytes = 0;
    await rm(this.directory, { recursive: true, force: true });
  }

  private startWrite(): void {
    const chunk = this.pending;
    this.pending = [];
    this.pendingBytes = 0;
    this.inFlight = this.writeAll(chunk);
    // A failure is thrown by whoever awaits next; until then it must not end the process.
    this.inFlight.catch(ignore);
  }

  private async writeAll(segments: readonly Buffer[]): Promise<void> {
    for (const piece of joinSmall(segments)) {
      for (const part of cutAtLines(piece, this.fileBytes)) await this.writePart(part);
    }
  }

  private async writePart(part: Buffer): Promise<void> {
    if (this.bytesInFile >= this.fileBytes) await this.closeFile();
    const path = this.files.at(-1) ?? this.directory;
    try {
      this.handle ??= await this.openFile();
      for (let written = 0; written < part.length;) {
        const { bytesWritten } = await this.handle.write(part, written);
        written += bytesWritten;
      }
      this.bytesInFile += part.length;
    } catch (error) {
      throw await explainDiskError(error, this.files.at(-1) ?? path);
    }
  }

  private async openFile(): Promise<FileHandle> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const path = join(this.directory, `part-${String(this.files.length).padStart(5, "0")}.ndjson`);
    this.files.push(path);
    this.bytesInFile = 0;
    return await open(path, "w", 0o600);
  }

  private async closeFile(): Promise<void> {
    const { handle } = this;
    this.handle = undefined;
    this.bytesInFile = 0;
    try {
      await handle?.close();
    } catch (error) {
      throw await explainDiskError(error, this.files.at(-1) ?? this.directory);
    }
  }
}

const WRITE_BYTES = 1 << 20;
const FILE_BYTES = 64 << 20;
/** Segments below this size are copied together: one large write is cheaper than many small ones. */
const SMALL_BYTES = 64 << 10;

function ignore(): void {
  // The caller reports elsewhere, or is cleaning up behind an error.
}

function* joinSmall(segments: readonly Buffer[]): Generator<Buffer> {
  let small: Buffer[] = [];
  for (const segment of segments) {
    if (segment.length < SMALL_BYTES) {
      small.push(segment);
      continue;
    }
    if (small.length > 0) yield Buffer.concat(small);
    small = [];
    yield segment;
  }
  if (small.length > 0) yield Buffer.concat(small);
}

/** Pieces of whole lines, none much longer than `bytes`. */
function* cutAtLines(piece: Buffer, bytes: number): Generator<Buffer> {
  let start = 0;
  while (piece.length - start > bytes) {
    const newline = piece.indexOf(0x0a, start + bytes);
    if (newline < 0) break;
    yield piece.subarray(start, newline + 1);
    start = newline + 1;
  }
  if (start < piece.length) yield piece.subarray(start);
}
