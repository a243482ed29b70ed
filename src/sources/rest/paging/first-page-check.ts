import type { PaginatorConfig } from "../../../model/rest-config.js";
import { countRecords } from "./count-records.js";
import type { KnownTotal } from "./numbered-totals.js";
import type { PageEnd, PageNotice, PageStuck, PageView } from "./paginator.js";

/** Finds page numbers that begin one too low or one too high, which both look like a shorter list. */
export interface FirstPageCheck {
  /** True if the list ends at an empty page 0, and nothing says that it is empty: then page 1 is asked for. */
  isInDoubt(page: PageView, totals: readonly KnownTotal[]): boolean;
  /** What that page 1 means; undefined: no check is under way. */
  read(page: PageView): PageEnd | PageStuck | undefined;
  /** A warning where the last of the pages that a total promises is empty, as if page 0 were missing. */
  doubts(page: PageView, totals: readonly KnownTotal[]): readonly PageNotice[];
}

/** For one chain. Pages that are counted down, or from the middle, are not checked. */
export function createFirstPageCheck(
  config: Extract<PaginatorConfig, { type: "page_number" }>,
  direction: 1 | -1,
): FirstPageCheck {
  const isFromStart = direction === 1 && config.base === undefined;
  let isChecking = false;
  return {
    isInDoubt({ number, records }, totals) {
      isChecking =
        isFromStart &&
        config.start === 0 &&
        number === 1 &&
        records.rows === 0 &&
        config.hasMorePath === undefined &&
        totals.every(({ value }) => value > 0) &&
        (config.maximumPage ?? Infinity) > 1;
      return isChecking;
    },
    read({ records }) {
      if (!isChecking) return undefined;
      isChecking = false;
      if (records.rows === 0) return { kind: "end", reason: "pages 0 and 1 are empty" };
      return {
        kind: "stuck",
        problem: `page 0 is empty, but page 1 has ${countRecords(records.rows)}: the API counts pages from 1`,
        hint: "Set start: 1, or stop_after_empty_page: false if the API filters rows after cutting pages.",
      };
    },
    doubts({ number, records }, totals) {
      const last = totals.find(({ counts, value }) => counts === "pages" && value === number);
      if (!isFromStart || config.start !== 1 || number === 1 || records.rows > 0 || last === undefined)
        return [];
      return [
        {
          level: "warning",
          message: `page ${String(number)}, the last that ${last.label} promises, is empty: if the API counts pages from 0, set start: 0`,
        },
      ];
    },
  };
}
