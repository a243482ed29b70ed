import { MOST_HELD_BYTES, type Body } from "../model/body.js";
import { TemporaryFile } from "../shared/temporary-file.js";

/** What is known of a body before it comes. */
export interface CollectorSettings {
  /** Where large bodies go. */
  readonly directory: string;
  /** Saves copying. */
  readonly expectedBytes?: number | undefined;
}

/** Gathers a body: in memory up to {@link MOST_HELD_BYTES}, on disk from there on. */
export class BodyCollector {
  length = 0;
  private readonly directory: string;
  /** Where bytes stand already as they are to stand in the end. */
  private target: Buffer | undefined;
  private chunks: Buffer[] = [];
  private heldBytes = 0;
  private file: TemporaryFile | undefined;

  constructor({ directory, expectedBytes }: CollectorSettings) {
    this.directory = directory;
    if (expectedBytes !== undefined && expectedBytes <= MOST_HELD_BYTES) {
      this.target = Buffer.allocUnsafeSlow(expectedBytes);
    }
  }

  /** Rejects with a WarehouseError of type `disk`. */
  async add(chunk: Buffer): Promise<void> {
    const { target, length } = this;
    this.length += chunk.length;
    if (target !== undefined) {
      if (this.length <= target.length) {
        chunk.copy(target, length);
        return;
      }
      this.target = undefined;
      this.hold(target.subarray(0, length));
    }
    this.hold(chunk);
    if (this.heldBytes > (this.file === undefined ? MOST_HELD_BYTES : WRITE_BYTES)) await this.write();
  }

  /** The body; nothing can be added afterwards. Rejects as {@link add} does. */
  async finish(): Promise<Body> {
    if (this.file === undefined) {
      return this.target?.subarray(0, this.length) ?? Buffer.concat(this.chunks, this.length);
    }
    await this.write();
    return this.file;
  }

  /** Lets go of what was gathered. */
  discard(): void {
    this.chunks = [];
    this.file?.close();
  }

  private hold(bytes: Buffer): void {
    this.chunks.push(bytes);
    this.heldBytes += bytes.length;
  }

  private async write(): Promise<void> {
    const pieces = this.file === undefined ? this.chunks : [Buffer.concat(this.chunks)];
    this.file ??= await TemporaryFile.create(this.directory);
    this.chunks = [];
    this.heldBytes = 0;
    // All that was held is not copied once more.
    for (const piece of pieces) await this.file.append(piece);
  }
}

const WRITE_BYTES = 1 << 20;
