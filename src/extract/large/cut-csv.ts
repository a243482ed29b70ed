import { isTabSeparated } from "../formats/body-format.js";
import { joinParts, MOST_AROUND_BYTES, type BodyParts, type LargeBody, type Stretch } from "./large-body.js";
import type { ByteReader } from "./byte-reader.js";

/** Cuts CSV between rows; each part begins with the header. */
export function cutCsv({ file, reader, pick, page, partBytes }: LargeBody): BodyParts | undefined {
  const settings = pick.format?.csv;
  const quote = settings?.quote === undefined ? '"' : settings.quote;
  const hasHeader = settings?.columns === undefined;
  // Where the delimiter is told by the first line, all parts must begin with the same one.
  const isDelimiterKnown = settings?.delimiter !== undefined || isTabSeparated(page.contentType);
  if ((quote !== null && !/^[\x21-\x7e]$/.test(quote)) || !(hasHeader || isDelimiterKnown)) return undefined;
  const rows = new RowEnds(reader, quote === null ? -1 : quote.charCodeAt(0));
  const headEnd = hasHeader ? rows.next() : 0;
  if (headEnd === undefined || headEnd > MOST_AROUND_BYTES) return undefined;
  const stretches: Stretch[] = [];
  for (let start = headEnd; start < file.length;) {
    let end = rows.next();
    while (end !== undefined && end - start < partBytes) end = rows.next();
    stretches.push({ start, end: end ?? file.length });
    start = end ?? file.length;
  }
  if (stretches.length < 2) return undefined;
  const head = hasHeader ? file.read(0, headEnd) : Buffer.alloc(0);
  const bodies = joinParts(file, stretches, { head, tail: Buffer.alloc(0) });
  return { bodies, format: "csv", pick, isBetween: () => true };
}

/** Goes from one line break outside of quotes to the next. Rows that end without a line feed are not told apart. */
class RowEnds {
  private readonly reader: ByteReader;
  private readonly quote: number;

  constructor(reader: ByteReader, quote: number) {
    this.reader = reader;
    this.quote = quote;
  }

  /** The offset behind the row that begins here; undefined at the end of the body. */
  next(): number | undefined {
    const { reader, quote } = this;
    let isQuoted = false;
    for (let byte = reader.peek(); byte !== -1; byte = reader.peek()) {
      reader.at += 1;
      // A quote within quotes is written twice, which makes no difference here.
      if (byte === quote) isQuoted = !isQuoted;
      else if (byte === 0x0a && !isQuoted) return reader.at;
    }
    return undefined;
  }
}
