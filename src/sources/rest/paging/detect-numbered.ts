import type { NumberedEnd } from "../../../model/rest-config.js";
import { findAskedName, readAsked, readAskedSize } from "./asked-size.js";
import { DETECTED_RULES, targetFor, type Detection } from "./detection.js";
import type { PageStuck, PageView } from "./paginator.js";
import {
  describeFact,
  findCount,
  findPage,
  findPages,
  findTotal,
  findTotalHeader,
  toCount,
  type EnvelopeFact,
} from "./signs-of-more.js";
import { formatPath } from "../value-path.js";

/** Page with pages, then offset or limit with a total (rule P10); both are guesses. */
export function detectNumbered(facts: readonly EnvelopeFact[], page: PageView): Detection | undefined {
  if (page.records.rows === 0) return undefined;
  return detectPages(facts, page) ?? detectOffset(facts, page);
}

function detectPages(facts: readonly EnvelopeFact[], page: PageView): Detection | undefined {
  const fact = findPage(facts);
  const asked = readAsked(page.request, PAGE_NAMES);
  const current = fact === undefined ? asked : toCount(fact);
  const { rows } = page.records;
  const pages = findPages(facts);
  const total = findTotal(facts, rows);
  if (current === undefined) return undefined;
  const count = pages === undefined ? countPages(total, readSize(facts) ?? rows) : toCount(pages);
  if (count === undefined || count <= 1) return undefined;
  const isLast = current !== 0 && current === count;
  const end: Partial<NumberedEnd> =
    pages === undefined
      ? { totalItemsPath: total === undefined ? undefined : formatPath(total.path) }
      : { totalPagesPath: formatPath(pages.path) };
  if (current > 1 && current !== asked && !isLast) {
    return refuseMiddle(
      `${fact === undefined ? "page" : formatPath(fact.path)} is ${String(current)} of ${String(count)}`,
    );
  }
  // Asked for by the user's own parameter, the last page is the end.
  if (isLast && current === asked) return undefined;
  const name = findAskedName(page.request, PAGE_NAMES) ?? namePageParam(fact);
  const shown = fact === undefined ? `${name} is ${String(current)}` : describeFact(fact);
  return {
    kind: "follow",
    config: {
      type: "page_number",
      target: targetFor(page, name),
      start: current,
      maximumPage: undefined,
      size: undefined,
      sizeTarget: undefined,
      ...NO_END,
      ...end,
      ...DETECTED_RULES,
    },
    why: `${shown} of ${String(count)} pages, sent as ${name}`,
    guess: { direction: isLast ? -1 : 1, ...(fact === undefined ? {} : { echo: fact.path }) },
  };
}

function detectOffset(facts: readonly EnvelopeFact[], page: PageView): Detection | undefined {
  const { rows } = page.records;
  const total = findTotal(facts, rows);
  const header = findTotalHeader(page.headers);
  const all = total === undefined ? header?.total : toCount(total);
  if (all === undefined || all <= rows) return undefined;
  const fact = findCount(facts, OFFSET_NAMES);
  const asked = readAsked(page.request, OFFSET_NAMES);
  const hasLimit = readSize(facts) !== undefined || readAskedSize(page.request) !== undefined;
  if (fact === undefined && asked === undefined && !hasLimit) return undefined;
  const current = fact === undefined ? (asked ?? 0) : toCount(fact);
  if (current > 1 && current !== asked) return refuseMiddle(`the first row is number ${String(current)}`);
  const name = findAskedName(page.request, OFFSET_NAMES) ?? fact?.key ?? "offset";
  const label = total === undefined ? `header ${header?.name ?? ""} is ${String(all)}` : describeFact(total);
  return {
    kind: "follow",
    config: {
      type: "offset",
      target: targetFor(page, name),
      start: current,
      limit: undefined,
      limitTarget: { in: "placeholder" },
      maximumOffset: undefined,
      advance: "rows",
      ...NO_END,
      ...(total === undefined
        ? { totalItemsHeader: header?.name }
        : { totalItemsPath: formatPath(total.path) }),
      ...DETECTED_RULES,
    },
    why: `${label} above ${String(rows)} rows, the offset sent as ${name}`,
    guess: { base: current === 1 ? 1 : 0, ...(fact === undefined ? {} : { echo: fact.path }) },
  };
}

const PAGE_NAMES = /^(?:p|page|currentpage|pagenumber|pageno|pagenum|pageindex)$/;
const OFFSET_NAMES = /^(?:offset|skip|start|startat|startindex|startrow|firstresult)$/;
const SIZE_NAMES =
  /^(?:limit|perpage|pagesize|pagelimit|size|take|top|maxresults|maxitems|itemsperpage|resultsperpage)$/;

const NO_END: NumberedEnd = {
  totalPath: undefined,
  totalItemsPath: undefined,
  totalItemsHeader: undefined,
  totalPagesPath: undefined,
  totalPagesHeader: undefined,
  hasMorePath: undefined,
  stopAfterEmptyPage: true,
  stopOnShortPage: false,
  endOnStatus: [],
};

function readSize(facts: readonly EnvelopeFact[]): number | undefined {
  const size = findCount(facts, SIZE_NAMES);
  return size === undefined || toCount(size) === 0 ? undefined : toCount(size);
}

function countPages(total: EnvelopeFact | undefined, size: number): number | undefined {
  return total === undefined ? undefined : Math.ceil(toCount(total) / size);
}

/** `current_page` is asked for as `page`; `pageNumber` by its own name. */
function namePageParam(fact: EnvelopeFact | undefined): string {
  if (fact === undefined || ["page", "currentpage", "current", "number"].includes(fact.name)) return "page";
  return fact.key;
}

function refuseMiddle(what: string): PageStuck {
  return {
    kind: "stuck",
    problem: `the first answer lies in the middle: ${what}`,
    hint: "Set a paginator for this resource, with the page or offset to start from.",
  };
}
