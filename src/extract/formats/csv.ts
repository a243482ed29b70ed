import { CsvError, parse } from "csv-parse/sync";

/** How a CSV body separates and quotes. */
export interface CsvDialect {
  readonly delimiter: string;
  /** Undefined: no character quotes. */
  readonly quote: string | undefined;
}

/** One row. An empty field is null if it stood without quotes, an empty string otherwise. */
export interface CsvRow {
  readonly cells: readonly (string | null)[];
  /** Where it begins, from 1. */
  readonly line: number;
}

/** What is wrong with a CSV body, and where. */
export class CsvFault extends Error {
  readonly line: number;
  /** The body ends within quotes. */
  readonly isCutShort: boolean;

  constructor(message: string, line: number, isCutShort = false) {
    super(message);
    this.line = line;
    this.isCutShort = isCutShort;
  }
}

/**
 * Reads RFC 4180 in UTF-8, with any kind of line end, and hands over row after row; blank lines are no rows. Rows may
 * have any number of fields. Throws a CsvFault for quotes that are misplaced or never closed.
 */
export function readCsv(body: Buffer, dialect: CsvDialect, onRow: (row: CsvRow) => void): void {
  const { delimiter, quote } = dialect;
  const options = {
    delimiter,
    quote: quote ?? null,
    escape: quote ?? null,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    skip_empty_lines: true,
  };
  const emptyQuotes = quote === undefined ? undefined : quote + quote;
  let lastLine = 0;
  const onRecord = (read: unknown, { lines }: { readonly lines: number }): undefined => {
    const { record, raw } = read as { readonly record: string[]; readonly raw: string };
    const line = lines - countBreaks(raw);
    lastLine = lines;
    if (!record.includes("")) onRow({ cells: record, line });
    else if (emptyQuotes === undefined || !raw.includes(emptyQuotes)) {
      onRow({ cells: record.map((cell) => (cell === "" ? null : cell)), line });
    } else onRow({ cells: readQuotedEmpties(raw, options), line });
  };
  try {
    parse(body, { ...options, raw: true, on_record: onRecord });
  } catch (error) {
    if (error instanceof CsvError) throw explain(error, lastLine + 1);
    throw error;
  }
}

/** The slow way, for the rows that need it: looking at each field's quotes takes the parser five times as long. */
function readQuotedEmpties(raw: string, options: object): (string | null)[] {
  const [row = []] = parse(raw, {
    ...options,
    cast: (text: string, { quoting }: { readonly quoting: boolean }) =>
      text === "" && !quoting ? null : text,
  }) as unknown as (string | null)[][];
  return row;
}

/** Line breaks within a row's text, that at its end not counted. */
function countBreaks(raw: string): number {
  const text = raw.replace(/[\r\n]+$/, "");
  return text.includes("\n") || text.includes("\r") ? text.split(/\r\n|\n|\r/).length - 1 : 0;
}

/** `nextLine` is where the row begins that could not be read. */
function explain(error: CsvError, nextLine: number): CsvFault {
  const { lines } = error as unknown as { readonly lines?: number };
  const line = lines ?? nextLine;
  switch (error.code) {
    case "CSV_QUOTE_NOT_CLOSED":
      return new CsvFault("a quoted field is never closed", nextLine, true);
    case "INVALID_OPENING_QUOTE":
      return new CsvFault("a quote stands within a field that does not begin with one", line);
    case "CSV_INVALID_CLOSING_QUOTE":
      return new CsvFault("text follows the closing quote of a field", line);
    default:
      return new CsvFault(error.message, line);
  }
}
