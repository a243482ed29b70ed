/** The offset of the next byte that is no whitespace; line breaks on the way are overwritten by blanks. */
export function skipBlank(buffer: Buffer, at: number, end: number): number {
  while (at < end) {
    const byte = buffer[at] as number;
    if (byte > 0x20) return at;
    if (byte === 0x0a || byte === 0x0d) buffer[at] = 0x20;
    else if (byte !== 0x20 && byte !== 0x09) return at;
    at += 1;
  }
  return end;
}
