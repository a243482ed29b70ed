import type { NumberedEnd } from "../../../model/rest-config.js";
import { readHasMore, type HasMore } from "./has-more.js";
import { createNumberedTotals, type KnownTotal } from "./numbered-totals.js";
import { tellShortFirstPage } from "./short-first-page.js";
import type { PageEnd, PageNotice, PageStuck, PageView } from "./paginator.js";

/** Where a page lies in the collection, counted from its very first row or page. */
export interface NumberedPosition {
  readonly rowsBefore: number;
  /** With this page. */
  readonly rowsReached: number;
  /** The same, if offsets count from 1 and not from 0, where nobody said which; undefined: it is known. */
  readonly rowsReachedAtLeast?: number | undefined;
  /** With this page; undefined where offsets tell nothing of pages. */
  readonly pagesReached: number;
  /** The page size asked for. */
  readonly size: number | undefined;
  /** Why the chain's configured maximum ends it after this page; undefined: it does not. */
  readonly maximum: string | undefined;
}

/** Whether a numbered chain goes on after a page; `check`: only to see if a total is true. */
export type NumberedVerdict =
  | PageEnd
  | PageStuck
  | { readonly kind: "go_on"; readonly check: boolean; readonly notices: readonly PageNotice[] };

/** Decides the end of page numbers and offsets alike (rules P1, P2, P13). */
export interface NumberedEnding {
  judge(page: PageView, position: NumberedPosition): NumberedVerdict;
  /** The totals that will end the chain, as last read; none while one is only checked. */
  believed(): readonly KnownTotal[];
}

/** True if no total ends the chain before the page that begins there. */
export function isWithin(
  totals: readonly KnownTotal[],
  before: { readonly rows: number; readonly pages: number },
): boolean {
  return totals.every(({ counts, value }) => before[counts] < value);
}

/** A 4xx that ends a check of a total; those of credentials, time and rate are still errors. */
export const CHECK_STATUSES = [
  400, 402, 403, 404, 405, 406, 409, 410, 411, 412, 413, 414, 416, 422, 424, 428,
];

/** `totalPathCounts` is what dlt's `total_path` means for the kind of paginator. */
export function createNumberedEnding(end: NumberedEnd, totalPathCounts: "rows" | "pages"): NumberedEnding {
  const totals = createNumberedTotals(end, totalPathCounts);
  const check = createTotalCheck();
  let firstRows = 0;
  return {
    believed: () => (check.isUnderWay() ? [] : check.believed(totals.known)),
    judge(page, position) {
      const { rows } = page.records;
      if (page.number === 1) firstRows = rows;
      const notices: PageNotice[] = [];
      const reason = check.read(page, notices);
      if (reason !== undefined) return { kind: "end", reason };
      const read = totals.read(page);
      if ("stuck" in read) return read.stuck;
      const more = readHasMore(page, end.hasMorePath, end.onMissingPath);
      if (typeof more === "object") return more;
      notices.push(...read.notices);
      const label = `has_more_path "${end.hasMorePath ?? ""}"`;
      if (more === "missing" && end.onMissingPath === "end") {
        return { kind: "end", reason: `${label} is missing`, notices };
      }
      if (more === "missing" && page.number === 1) {
        notices.push({ level: "info", message: `${label} is missing: paging goes on without it` });
      }
      const reached = check.believed(totals.known);
      if (more === false) return { kind: "end", reason: `${end.hasMorePath ?? ""} is false`, notices };
      if (rows === 0 && end.stopAfterEmptyPage) {
        return refuseEmpty(reached, position, more) ?? { kind: "end", reason: "an empty page", notices };
      }
      if (position.maximum !== undefined) {
        notices.push({ level: "info", message: `stopped at ${position.maximum}` });
        return { kind: "end", reason: position.maximum, notices };
      }
      if (more !== true) {
        const total = reached.find((known) => isReached(known, position));
        if (total !== undefined) {
          if (check.begin(total, page, position)) return { kind: "go_on", check: true, notices };
          return { kind: "end", reason: `${total.label} is reached`, notices };
        }
        if (end.stopOnShortPage && rows < (position.size ?? firstRows)) {
          notices.push(...tellShortFirstPage(page, position.size));
          return { kind: "end", reason: "a short page", notices };
        }
      }
      return { kind: "go_on", check: false, notices };
    },
  };
}

/** One more request where a total ends the chain, but may be the rows of one page, or counted from another base. */
interface TotalCheck {
  /** The totals that end the chain, as far as is known. */
  believed(totals: readonly KnownTotal[]): readonly KnownTotal[];
  isUnderWay(): boolean;
  /** True if the next request is a check of `total`. */
  begin(total: KnownTotal, page: PageView, position: NumberedPosition): boolean;
  /** Reads a page; gives the reason if it was a check, and confirmed that the chain is at its end. */
  read(page: PageView, notices: PageNotice[]): string | undefined;
}

function createTotalCheck(): TotalCheck {
  let checked: "total" | "base" | undefined;
  let areRowTotalsTrue = true;
  return {
    believed: (totals) => totals.filter(({ counts }) => areRowTotalsTrue || counts === "pages"),
    isUnderWay: () => checked !== undefined,
    begin(total, { number, records: { rows } }, position) {
      const { rowsReached, rowsReachedAtLeast = rowsReached, size } = position;
      const isFull = size === undefined ? rows > 0 : rows >= size;
      if (!isReached(total, { ...position, rowsReached: rowsReachedAtLeast })) checked = "base";
      else if (total.counts === "rows" && number === 1 && isFull) checked = "total";
      return checked !== undefined;
    },
    read(page, notices) {
      const reason = checked === undefined ? undefined : endOfCheck(page);
      if (checked === "total" && reason === undefined) {
        areRowTotalsTrue = false;
        notices.push({
          level: "info",
          message: "the total is not that of all rows: it no longer ends the chain",
        });
      }
      checked = undefined;
      return reason;
    },
  };
}

function endOfCheck(page: PageView): string | undefined {
  if (page.records.rows === 0) return "the total is reached, and the page after it is empty";
  if (page.previous === undefined || !page.records.sameRecordsAs(page.previous)) return undefined;
  return "the total is reached, and the page after it is the same again";
}

function isReached(total: KnownTotal, position: NumberedPosition): boolean {
  return (total.counts === "rows" ? position.rowsReached : position.pagesReached) >= total.value;
}

function refuseEmpty(
  totals: readonly KnownTotal[],
  position: NumberedPosition,
  more: HasMore,
): PageStuck | undefined {
  const unmet = totals.find(
    (total) => (total.counts === "rows" ? position.rowsBefore : position.pagesReached) < total.value,
  );
  if (unmet === undefined && more !== true) return undefined;
  const promise =
    unmet === undefined
      ? "has_more_path says that more rows follow"
      : `${unmet.label} promises ${String(unmet.value)} ${unmet.counts}`;
  const received = unmet?.counts === "pages" ? "" : ` after ${String(position.rowsBefore)} rows`;
  return {
    kind: "stuck",
    problem: `the page is empty${received}, but ${promise}`,
    hint: "If the API filters rows after cutting pages, set stop_after_empty_page: false; otherwise correct or remove the total.",
  };
}
