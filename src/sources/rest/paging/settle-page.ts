import type { PageRecords } from "../../../model/source.js";
import { countRecords } from "./count-records.js";
import type { ChainProgress, PageChain } from "./page-chain.js";
import { createPageGuard } from "./page-guard.js";
import type { PageDecision, PageNext, PageStep } from "./paginator.js";

/** Tells notices, applies the guards of all kinds of paginators; undefined: the chain ends here. */
export function settlePage<Page extends PageRecords>(
  chain: PageChain<Page>,
  progress: ChainProgress<Page>,
  decision: PageDecision,
  records: Page,
): PageNext | undefined {
  if (decision.kind === "stuck") throw createPageGuard(chain, progress, decision);
  for (const notice of decision.notices ?? []) chain.notify(notice);
  progress.overlap += decision.overlap ?? 0;
  if (decision.kind === "end" || isRepeatedEnd(chain, progress, records)) return undefined;
  progress.emptyPages = records.rows === 0 ? progress.emptyPages + 1 : 0;
  const { maxEmptyPages } = chain.paginator.rules;
  if (progress.emptyPages >= maxEmptyPages) {
    throw createPageGuard(chain, progress, {
      problem: `${String(maxEmptyPages)} empty pages in a row are no progress`,
      hint: "Check the paginator, or raise max_empty_pages if the API has long gaps.",
    });
  }
  if (chain.maxPages !== undefined && progress.number >= chain.maxPages) {
    throw createPageGuard(chain, progress, {
      problem: `max_pages ${String(chain.maxPages)} is reached, and more pages follow`,
      hint: "Raise or remove max_pages.",
    });
  }
  if (records.rows > 0) {
    progress.previous?.release?.();
    progress.previous = records;
  }
  return decision;
}

/** Rule P5: a page with the records of the one before is no progress. */
function isRepeatedEnd<Page extends PageRecords>(
  chain: PageChain<Page>,
  progress: ChainProgress<Page>,
  records: Page,
): boolean {
  const { onRepeat } = chain.paginator.rules;
  if (onRepeat === "accept" || progress.previous === undefined || !records.sameRecordsAs(progress.previous))
    return false;
  if (onRepeat === "end") {
    chain.notify({
      level: "info",
      message: `page ${String(progress.number)} has the records of the page before: the end`,
    });
    return true;
  }
  const label = progress.step?.label;
  throw createPageGuard(chain, progress, {
    problem: `${label === undefined ? "it" : label} brought the same ${countRecords(records.rows)} as the page before`,
    hint: REPEAT_HINT,
  });
}

/** Rule P5: a request that the chain made before is no progress. */
export function settleRepeat<Page extends PageRecords>(
  chain: PageChain<Page>,
  progress: ChainProgress<Page>,
  step: PageStep,
): "end" | undefined {
  const { onRepeat } = chain.paginator.rules;
  if (onRepeat === "accept") return undefined;
  const label = step.label ?? "the next request";
  if (onRepeat === "end") {
    chain.notify({ level: "info", message: `${label} was used before: the end` });
    return "end";
  }
  throw createPageGuard(chain, progress, {
    problem: `it leads to ${label}, which was used before`,
    hint: REPEAT_HINT,
  });
}

const REPEAT_HINT =
  "Check that the paginator's parameter is the one that the API reads; on_repeat: end takes this for the end, accept goes on.";

/** Rule P3: rows that moved are told once, at the end of the chain. */
export function tellOverlap(chain: Pick<PageChain<PageRecords>, "notify" | "hasKey">, overlap: number): void {
  if (overlap === 0) return;
  const what = `${countRecords(overlap)} came twice, at the end of one page and the start of the next: rows moved while they were read`;
  chain.notify(
    chain.hasKey
      ? { level: "info", message: `${what}; they are merged by key` }
      : { level: "warning", message: `${what}; set a primary_key to merge them` },
  );
}
