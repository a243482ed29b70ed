import type { NumberedEnd } from "../../model/rest-config.js";
import { readHasMore, type HasMore } from "./has-more.js";
import { createNumberedTotals, type KnownTotal } from "./numbered-totals.js";
import type { PageEnd, PageNotice, PageStuck, PageView } from "./paginator.js";

/** Where a page lies in the collection, counted from its very first row or page. */
export interface NumberedPosition {
  readonly rowsBefore: number;
  /** With this page. */
  readonly rowsReached: number;
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
  let isChecking = false;
  let areRowTotalsTrue = true;
  let firstRows = 0;
  const believed = (): KnownTotal[] =>
    totals.known.filter((total) => areRowTotalsTrue || total.counts === "pages");
  return {
    believed: () => (isChecking ? [] : believed()),
    judge(page, position) {
      const { rows } = page.records;
      if (page.number === 1) firstRows = rows;
      const notices: PageNotice[] = [];
      if (isChecking) {
        const reason = endOfCheck(page);
        if (reason !== undefined) return { kind: "end", reason };
        isChecking = false;
        areRowTotalsTrue = false;
        notices.push({
          level: "info",
          message: "the total is not that of all rows: it no longer ends the chain",
        });
      }
      const read = totals.read(page);
      if ("stuck" in read) return read.stuck;
      const more = readHasMore(page, end.hasMorePath, end.onMissingPath);
      if (typeof more === "object") return more;
      notices.push(...read.notices);
      if (more === "missing" && page.number === 1) {
        const label = `has_more_path "${end.hasMorePath ?? ""}"`;
        notices.push({ level: "info", message: `${label} is missing: paging goes on without it` });
      }
      const reached = believed();
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
          const isFull = position.size === undefined ? rows > 0 : rows >= position.size;
          if (total.counts === "pages" || page.number > 1 || !isFull) {
            return { kind: "end", reason: `${total.label} is reached`, notices };
          }
          isChecking = true;
          return { kind: "go_on", check: true, notices };
        }
        if (end.stopOnShortPage && rows < (position.size ?? firstRows)) {
          return { kind: "end", reason: "a short page", notices };
        }
      }
      return { kind: "go_on", check: false, notices };
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
