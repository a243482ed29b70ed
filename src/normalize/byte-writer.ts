/** A growing run of bytes that are a JSON document, with the commas put right. */
export class ByteWriter {
  private buffer: Buffer;
  private length = 0;

  /** `size` is a guess at the bytes to come. */
  constructor(size: number) {
    this.buffer = Buffer.allocUnsafe(size);
  }

  /** Bytes written so far; for {@link rewind}, where the next one goes. */
  get size(): number {
    return this.length;
  }

  write(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  writeByte(byte: number): void {
    this.reserve(1);
    this.buffer[this.length] = byte;
    this.length += 1;
  }

  /** Writes a member's `"key":`, and a comma unless it is the object's first. */
  startMember(key: Uint8Array): void {
    if (this.buffer[this.length - 1] !== OPEN_OBJECT) this.writeByte(COMMA);
    this.write(key);
  }

  /** Ends an object or list; a comma behind its last element goes. */
  closeWith(byte: number): void {
    if (this.buffer[this.length - 1] === COMMA) this.length -= 1;
    this.writeByte(byte);
  }

  /** Takes back everything written since there were `size` bytes. */
  rewind(size: number): void {
    this.length = size;
  }

  /** What was written; the writer is not to be used afterwards. */
  bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + count));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
}

const OPEN_OBJECT = 0x7b;
const COMMA = 0x2c;
