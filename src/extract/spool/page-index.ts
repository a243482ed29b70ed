/** Where a row came from: its page, and its place there, both from 1. `page` is undefined for a module's records. */
export interface RowLocation {
  readonly page: number | undefined;
  readonly record: number;
  /** The request chain of the page, if the resource has several: `users.id 7`. */
  readonly chain?: string;
}

/** The rows from `firstRow` on, up to the next range, which came for one value of the parent. */
export interface ParentRange {
  readonly key: string;
  readonly firstRow: number;
}

/** Pages in a row that bring equally many rows each. */
interface Run {
  readonly firstRow: number;
  readonly firstPage: number | undefined;
  readonly rowsPerPage: number;
  /** The place in its page of each page's first row. */
  readonly firstRecord: number;
  /** Rows that each record gave. */
  readonly copies: number;
  readonly chain: (() => string) | undefined;
  pages: number;
}

/** What is known of a page's rows; by default they are its records from the first on, each once. */
export interface PageRowFacts {
  readonly firstRecord?: number | undefined;
  readonly copies?: number | undefined;
  readonly chain?: (() => string) | undefined;
  readonly parentKey?: string | undefined;
}

/** Remembers which page brought which rows, in a few bytes however many pages of equal size there are. */
export class PageIndex {
  private readonly runs: Run[] = [];
  private readonly ranges: ParentRange[] = [];
  private rows = 0;

  /** Notes that the next `rows` rows belong to `page`, of which they are the records from `firstRecord` on. */
  add(page: number | undefined, rows: number, facts: PageRowFacts = {}): void {
    if (rows === 0) return;
    const { firstRecord = 1, copies = 1, chain, parentKey } = facts;
    if (parentKey !== undefined && this.ranges.at(-1)?.key !== parentKey)
      this.ranges.push({ key: parentKey, firstRow: this.rows });
    const last = this.runs.at(-1);
    const isNext =
      last !== undefined &&
      last.rowsPerPage === rows &&
      last.firstRecord === firstRecord &&
      last.copies === copies &&
      last.chain === chain &&
      (last.firstPage === undefined ? page === undefined : last.firstPage + last.pages === page);
    if (isNext) last.pages += 1;
    else {
      const run = { firstRow: this.rows, firstPage: page, rowsPerPage: rows, firstRecord, copies, chain };
      this.runs.push({ ...run, pages: 1 });
    }
    this.rows += rows;
  }

  /** Whose the rows are, in order; empty where pages were not asked for with a key. */
  get parents(): readonly ParentRange[] {
    return this.ranges;
  }

  /** Finds a row by its number in the spool, from 0; undefined if there is no such row. */
  locate(row: number): RowLocation | undefined {
    if (row < 0 || row >= this.rows) return undefined;
    let low = 0;
    let high = this.runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.runs[middle]?.firstRow ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    const run = this.runs[low];
    if (run === undefined) return undefined;
    const { firstPage, firstRow, rowsPerPage, firstRecord, copies, chain } = run;
    if (firstPage === undefined) return { page: undefined, record: row + 1 };
    const inRun = row - firstRow;
    const record = Math.floor((inRun % rowsPerPage) / copies) + firstRecord;
    const page = firstPage + Math.floor(inRun / rowsPerPage);
    return chain === undefined ? { page, record } : { page, record, chain: chain() };
  }
}
