import type { CsvSettings } from "../../model/body-format.js";
import { DataError, GuardError } from "../../shared/errors.js";
import { isTabSeparated } from "./body-format.js";
import type { CsvDialect, CsvFault, CsvRow, readCsv } from "./csv.js";
import { createPageRecords, type SplitBody } from "../spool/page-records.js";
import { describePage, pageContext } from "../spool/page-message.js";
import { RecordCollector } from "../record-collector.js";
import { spellScalar } from "./scalar-text.js";
import { parseSelector } from "../select/selector.js";
import { isRoot, type Splitter } from "./splitter.js";
import { unreadableBody } from "./unreadable-body.js";

/** What reads CSV; loaded only when such a body comes. */
export interface CsvReader {
  readonly readCsv: typeof readCsv;
  readonly CsvFault: typeof CsvFault;
}

/**
 * Takes each row of a CSV body as a record, its members named by the header and typed as JSON's would be (rule D6).
 * Throws a DataError that names the line for a row with more or fewer fields than the header.
 */
export function splitCsv(splitter: Splitter, reader: CsvReader): SplitBody {
  const { pick, page, head, options } = splitter;
  if (pick.selector !== undefined && !isRoot(parseSelector(pick.selector))) {
    throw new GuardError(
      `${describePage(page)}: data_selector "${pick.selector}" cannot be applied to CSV, whose rows are the records`,
      { hint: "remove `data_selector`, or set it to null if it is a default", context: pageContext(page) },
    );
  }
  const records = new RecordCollector(options);
  const rows = new RowWriter(records, splitter, pick.format?.csv);
  try {
    reader.readCsv(splitter.buffer, chooseDialect(splitter), (row) => {
      rows.add(row);
    });
  } catch (error) {
    if (!(error instanceof reader.CsvFault)) throw error;
    const reason = `${error.message} (line ${String(error.line)})`;
    if (error.isCutShort) throw unreadableBody(reason, head, page, "CSV");
    throw brokenRow(splitter, reason, error.line);
  }
  rows.flush();
  return createPageRecords({ records, chosen: "$", readEnvelope: () => [] });
}

/** Text is handed over in pieces of about this many characters. */
const BATCH_LENGTH = 1 << 20;

/** Writes rows as NDJSON. */
class RowWriter {
  private readonly records: RecordCollector;
  private readonly splitter: Splitter;
  /** `"name":` for each column; empty before the header. */
  private keys: readonly string[];
  private hasHeader: boolean;
  private text = "";

  constructor(records: RecordCollector, splitter: Splitter, settings: CsvSettings | undefined) {
    this.records = records;
    this.splitter = splitter;
    this.keys = spellKeys(settings?.columns ?? []);
    this.hasHeader = settings?.columns === undefined;
  }

  add({ cells, line }: CsvRow): void {
    const { keys } = this;
    if (this.hasHeader && keys.length === 0) {
      this.keys = spellKeys(cells.map((cell) => cell ?? ""));
      return;
    }
    if (cells.length !== keys.length) {
      const names = this.hasHeader ? "the header" : "`columns`";
      const reason = `line ${String(line)} has ${countFields(cells.length)}, ${names} ${String(keys.length)}`;
      throw brokenRow(this.splitter, reason, line);
    }
    let text = "{";
    for (const [index, cell] of cells.entries()) {
      text += `${index === 0 ? "" : ","}${keys[index] as string}${cell === null ? "null" : spellScalar(cell)}`;
    }
    this.text += `${text}}\n`;
    if (this.text.length > BATCH_LENGTH) this.flush();
  }

  flush(): void {
    const lines = Buffer.from(this.text);
    this.text = "";
    this.records.addLines(lines, 0, lines.length);
  }
}

/** A column without a name is `column_<its number>`; of equal names the second gets `_2` (rule N1). */
function spellKeys(header: readonly string[]): string[] {
  const taken = new Set(header.map((name) => name.trim()));
  const seen = new Set<string>();
  return header.map((cell, index) => {
    const wanted = cell.trim() === "" ? `column_${String(index + 1)}` : cell.trim();
    let name = wanted;
    for (let copy = 2; seen.has(name) || (name !== wanted && taken.has(name)); copy += 1)
      name = `${wanted}_${String(copy)}`;
    seen.add(name);
    return `${JSON.stringify(name)}:`;
  });
}

function chooseDialect({ buffer, pick, page }: Splitter): CsvDialect {
  const settings = pick.format?.csv;
  const quote = settings?.quote === undefined ? '"' : (settings.quote ?? undefined);
  const delimiter =
    settings?.delimiter ?? (isTabSeparated(page.contentType) ? "\t" : detectDelimiter(buffer, quote));
  return { delimiter, quote };
}

const DELIMITERS = [",", ";", "\t", "|"] as const;

/** The one of which the first line that is not blank has most, outside of quotes; of equals the first. */
function detectDelimiter(buffer: Buffer, quote: string | undefined): string {
  const counts = new Map<string, number>(DELIMITERS.map((delimiter) => [delimiter, 0]));
  const text = buffer.toString("utf8", 0, HEADER_BYTES).replace(/^[\r\n]+/, "");
  let isQuoted = false;
  for (const character of text) {
    if (character === quote) isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (character === "\n" || character === "\r") break;
    const count = counts.get(character);
    if (count !== undefined) counts.set(character, count + 1);
  }
  return DELIMITERS.reduce((best, other) =>
    (counts.get(other) ?? 0) > (counts.get(best) ?? 0) ? other : best,
  );
}

const HEADER_BYTES = 1 << 16;

function countFields(count: number): string {
  return count === 1 ? "1 field" : `${String(count)} fields`;
}

function brokenRow({ page }: Splitter, reason: string, line: number): DataError {
  return new DataError(`${describePage(page)}: the CSV cannot be read: ${reason}`, {
    hint: 'if the fields are separated or quoted in another way, say so: `response_format: {type: csv, delimiter: ";", quote: null}`',
    context: { ...pageContext(page), line },
  });
}
