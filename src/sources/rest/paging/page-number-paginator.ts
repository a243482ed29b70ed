import type { PaginatorConfig } from "../../../model/rest-config.js";
import { CHECK_STATUSES, createNumberedEnding, isWithin } from "./numbered-end.js";
import { createFirstPageCheck } from "./first-page-check.js";
import type { KnownTotal } from "./numbered-totals.js";
import type { PageStep, SyncPaginator, TokenAssignment } from "./paginator.js";
import { describeTarget } from "../describe-target.js";

type PageNumberConfig = Extract<PaginatorConfig, { type: "page_number" }>;

/** Counts pages. `direction` -1 counts down to the first page, for APIs whose first answer is the newest page. */
export function createPageNumberPaginator(config: PageNumberConfig, direction: 1 | -1 = 1): SyncPaginator {
  const ending = createNumberedEnding(config, "pages");
  const base = config.base ?? (config.start === 0 ? 0 : 1);
  const firstPage = createFirstPageCheck(config, direction);
  let current = config.start;
  let rowsReached = 0;
  let skippedRows = 0;
  let firstRows = 0;
  let pages = 0;
  return {
    rules: { onRepeat: config.onRepeat, maxEmptyPages: config.maxEmptyPages, isNumbered: true },
    describe: () => `page_number (${describeTarget(config.target, "page")} from ${String(config.start)})`,
    first: () => createStep(config, current, []),
    next(page) {
      const { rows } = page.records;
      const checked = firstPage.read(page);
      if (checked !== undefined) return checked;
      pages = page.number;
      if (pages === 1) firstRows = rows;
      if (pages === 1 && direction === 1) skippedRows = (current - base) * (config.size ?? rows);
      const rowsBefore = skippedRows + rowsReached;
      rowsReached += rows;
      const following = current + direction;
      const isPastMaximum = config.maximumPage !== undefined && following >= config.maximumPage;
      const verdict = ending.judge(page, {
        rowsBefore,
        rowsReached: skippedRows + rowsReached,
        pagesReached: direction === 1 ? following - base : page.number,
        size: config.size,
        maximum: isPastMaximum ? `maximum_page ${String(config.maximumPage)}` : undefined,
      });
      if (verdict.kind === "stuck") return verdict;
      if (verdict.kind === "end") {
        if (firstPage.isInDoubt(page, ending.believed())) {
          return { ...verdict, kind: "next", step: createStep(config, following, CHECK_STATUSES) };
        }
        const notices = firstPage.doubts(page, ending.believed());
        return { ...verdict, notices: [...(verdict.notices ?? []), ...notices] };
      }
      current = following;
      const statuses = [...config.endOnStatus, ...(verdict.check ? CHECK_STATUSES : [])];
      const step = createStep(config, current, statuses);
      return {
        kind: "next",
        step: verdict.check ? { ...step, omit: "same_page" } : step,
        notices: verdict.notices,
      };
    },
    foresee: (most) => {
      const reached = { current, base, direction, firstRows, pages, rows: skippedRows + rowsReached };
      return foreseePages(most, { config, totals: ending.believed(), ...reached });
    },
  };
}

/** The pages after `current`, if each is as full as the first (rule P4). */
function foreseePages(
  most: number,
  from: {
    readonly config: PageNumberConfig;
    readonly totals: readonly KnownTotal[];
    readonly current: number;
    readonly base: number;
    readonly direction: 1 | -1;
    readonly firstRows: number;
    /** Read so far. */
    readonly pages: number;
    readonly rows: number;
  },
): PageStep[] {
  const { config, totals, direction } = from;
  const steps: PageStep[] = [];
  for (let later = 1; totals.length > 0 && later <= most; later += 1) {
    const at = from.current + later * direction;
    const before = {
      rows: from.rows + later * from.firstRows,
      pages: direction === 1 ? at - from.base : from.pages + later,
    };
    if (at >= (config.maximumPage ?? Infinity) || at < 0 || !isWithin(totals, before)) break;
    steps.push(createStep(config, at, config.endOnStatus));
  }
  return steps;
}

function createStep(config: PageNumberConfig, page: number, endStatuses: readonly number[]): PageStep {
  const tokens: TokenAssignment[] = [{ target: config.target, value: page }];
  if (config.size !== undefined && config.sizeTarget !== undefined) {
    tokens.push({ target: config.sizeTarget, value: config.size });
  }
  return {
    values: { page, ...(config.size === undefined ? {} : { size: config.size }) },
    tokens,
    label: `${describeTarget(config.target, "page")} ${String(page)}`,
    endStatuses,
  };
}
