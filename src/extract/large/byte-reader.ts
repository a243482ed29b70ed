import type { TemporaryFile } from "../../shared/temporary-file.js";

/** Goes through the bytes of a file from front to back, of which it holds a piece at a time. */
export class ByteReader {
  /** The offset of the next byte. */
  at: number;
  private readonly file: TemporaryFile;
  private readonly windowBytes: number;
  private window: Buffer = Buffer.alloc(0);
  private windowStart = 0;

  constructor(file: TemporaryFile, at: number, windowBytes = WINDOW_BYTES) {
    this.file = file;
    this.at = at;
    this.windowBytes = windowBytes;
  }

  /** The next byte; -1 at the end. */
  peek(): number {
    const place = this.at - this.windowStart;
    if (place < this.window.length) return this.window[place] as number;
    return this.load() ? (this.window[0] as number) : -1;
  }

  /** Passes JSON's blanks; the next byte, or -1 at the end. */
  skipBlanks(): number {
    let byte = this.peek();
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      this.at += 1;
      byte = this.peek();
    }
    return byte;
  }

  /** Passes the JSON string that begins here, and gives its bytes; undefined if it has no end. */
  takeString(): Buffer | undefined {
    const start = this.at;
    return this.skipString() ? this.file.read(start, this.at) : undefined;
  }

  /** Passes the JSON string that begins here; false if it has no end. */
  skipString(): boolean {
    this.at += 1;
    for (;;) {
      const byte = this.peek();
      if (byte === -1) return false;
      this.at += byte === 0x5c ? 2 : 1;
      if (byte === 0x22) return true;
    }
  }

  /** Passes bytes up to the next comma, closing bracket or blank: a number or a word. */
  skipWord(): void {
    for (let byte = this.peek(); byte !== -1 && !WORD_ENDS.has(byte); byte = this.peek()) this.at += 1;
  }

  /**
   * Passes the object or list that begins here; whether its brackets match is not looked at. `onComma` gets the offset
   * of each comma between its members. False if it has no end.
   */
  skipNested(onComma: (at: number) => void): boolean {
    let depth = 0;
    let isString = false;
    for (;;) {
      if (this.peek() === -1) return false;
      const { window } = this;
      let place = this.at - this.windowStart;
      for (; place < window.length; place += 1) {
        const byte = window[place] as number;
        if (isString) {
          // The byte behind a backslash may be the first of the next window.
          if (byte === 0x5c) place += 1;
          else if (byte === 0x22) isString = false;
        } else if (byte === 0x22) isString = true;
        else if (byte === 0x2c) {
          if (depth === 1) onComma(this.windowStart + place);
        } else if (byte === 0x5b || byte === 0x7b) depth += 1;
        else if (byte === 0x5d || byte === 0x7d) {
          depth -= 1;
          if (depth > 0) continue;
          this.at = this.windowStart + place + 1;
          return true;
        }
      }
      this.at = this.windowStart + place;
    }
  }

  private load(): boolean {
    if (this.at >= this.file.length) return false;
    this.windowStart = this.at;
    this.window = this.file.read(this.at, this.at + this.windowBytes);
    return true;
  }
}

const WINDOW_BYTES = 1 << 20;
const WORD_ENDS = new Set(Buffer.from(",]} \n\r\t"));
