import type { PaginatorConfig } from "../../../model/rest-config.js";
import { countRecords } from "./count-records.js";
import { describeTarget } from "../describe-target.js";
import { CHECK_STATUSES, createNumberedEnding, isWithin } from "./numbered-end.js";
import type { KnownTotal } from "./numbered-totals.js";
import type {
  PageDecision,
  PageNext,
  PageStep,
  PageStuck,
  PageView,
  SyncPaginator,
  TokenAssignment,
} from "./paginator.js";

type OffsetConfig = Extract<PaginatorConfig, { type: "offset" }>;

/**
 * Steps through rows. `knownBase` is the offset of the very first row, 1 for APIs whose start index counts from one. Where
 * it is not known and may be 1, the last row is not taken for granted: one more request looks for it.
 */
export function createOffsetPaginator(config: OffsetConfig, knownBase?: 0 | 1): SyncPaginator {
  const base = knownBase ?? 0;
  const mayBeOne = knownBase === undefined && config.start > 0;
  const ending = createNumberedEnding(config, "rows");
  let offset = config.start;
  let wasShort = false;
  let stride: number | undefined;
  let pages = 0;
  return {
    rules: { onRepeat: config.onRepeat, maxEmptyPages: config.maxEmptyPages, isNumbered: true },
    describe: () => {
      const limit =
        config.limit === undefined
          ? ""
          : `, ${describeTarget(config.limitTarget, "limit")} ${String(config.limit)}`;
      return `offset (${describeTarget(config.target, "offset")} from ${String(config.start)}${limit})`;
    },
    first: () => createStep(config, offset, []),
    next(page): PageDecision {
      const { rows } = page.records;
      pages = page.number;
      if (pages === 1) stride = config.advance === "size" || rows === 0 ? config.limit : rows;
      const step = config.advance === "size" || rows === 0 ? config.limit : rows;
      const following = offset + (step ?? rows);
      const isPastMaximum = config.maximumOffset !== undefined && following >= config.maximumOffset;
      const verdict = ending.judge(page, {
        rowsBefore: offset - base,
        rowsReached: following - base,
        rowsReachedAtLeast: mayBeOne ? following - 1 : undefined,
        pagesReached: page.number,
        size: config.limit,
        maximum: isPastMaximum ? `maximum_offset ${String(config.maximumOffset)}` : undefined,
      });
      if (verdict.kind === "stuck") return verdict;
      const overlap = countOverlap(config, page);
      if (overlap > 0 && wasShort) return refuseOverlap(config, overlap);
      if (verdict.kind === "end") return overlap > 0 ? { ...verdict, overlap } : verdict;
      if (step === undefined) return NO_STEP;
      wasShort = config.limit !== undefined && rows < config.limit;
      offset = following;
      const next = createStep(config, offset, [
        ...config.endOnStatus,
        ...(verdict.check ? CHECK_STATUSES : []),
      ]);
      const decision: PageNext = {
        kind: "next",
        step: verdict.check ? { ...next, omit: "same_page" } : next,
        notices: verdict.notices,
      };
      return overlap > 0 ? { ...decision, overlap } : decision;
    },
    foresee: (most) =>
      foreseeOffsets(most, { config, totals: ending.believed(), stride, base, offset, pages }),
  };
}

/** Rule P4: offsets step by what the first page brought. */
function foreseeOffsets(
  most: number,
  from: {
    readonly config: OffsetConfig;
    readonly totals: readonly KnownTotal[];
    readonly stride: number | undefined;
    readonly base: number;
    /** Of the next page. */
    readonly offset: number;
    /** Read so far. */
    readonly pages: number;
  },
): PageStep[] {
  const { config, totals, stride } = from;
  const steps: PageStep[] = [];
  if (stride === undefined || totals.length === 0) return steps;
  for (let later = 1; later <= most; later += 1) {
    const offset = from.offset + later * stride;
    const isPastMaximum = config.maximumOffset !== undefined && offset >= config.maximumOffset;
    if (isPastMaximum || !isWithin(totals, { rows: offset - from.base, pages: from.pages + later })) break;
    steps.push(createStep(config, offset, config.endOnStatus));
  }
  return steps;
}

const NO_STEP: PageStuck = {
  kind: "stuck",
  problem: "the page is empty, and without a limit nothing tells how far to step over it",
  hint: "Set limit on the offset paginator.",
};

/** Pages that are the same as a whole are the chain's affair (rule P5). */
function countOverlap(config: OffsetConfig, page: PageView): number {
  if (config.advance !== "rows" || page.previous === undefined || page.records.rows === 0) return 0;
  const overlap = page.records.overlapWith?.(page.previous) ?? 0;
  return overlap === page.records.rows && page.records.sameRecordsAs(page.previous) ? 0 : overlap;
}

function refuseOverlap(config: OffsetConfig, overlap: number): PageStuck {
  return {
    kind: "stuck",
    problem: `after a page shorter than limit ${String(config.limit)}, this one begins with the ${countRecords(overlap)} that it ended with`,
    hint: "The API seems to filter rows after cutting pages: set advance: size, so that offsets step by the limit.",
  };
}

function createStep(config: OffsetConfig, offset: number, endStatuses: readonly number[]): PageStep {
  const tokens: TokenAssignment[] = [{ target: config.target, value: offset }];
  if (config.limit !== undefined) tokens.push({ target: config.limitTarget, value: config.limit });
  return {
    values: { offset, ...(config.limit === undefined ? {} : { size: config.limit }) },
    tokens,
    label: `${describeTarget(config.target, "offset")} ${String(offset)}`,
    endStatuses,
  };
}
