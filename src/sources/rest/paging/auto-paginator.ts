import { isDeepStrictEqual } from "node:util";
import { detectPaginator } from "./auto-detection.js";
import { detectEntity } from "./detect-entity.js";
import { createConfiguredPaginator } from "./configured-paginator.js";
import type { Detection, Guess } from "./detection.js";
import { createOffsetPaginator } from "./offset-paginator.js";
import { createPageNumberPaginator } from "./page-number-paginator.js";
import type { PageDecision, PageNotice, PageStuck, PageView, SyncPaginator } from "./paginator.js";
import { showValue } from "../show-value.js";
import { formatPath, readPath } from "../value-path.js";

/**
 * Chooses a paginator from the first page and proves a guess on the next one that has records (rule P10). `isEntity`:
 * the path names one entity, and an object is that one unless it looks like a page (rule P11).
 */
export function createAutoPaginator(isEntity = false): SyncPaginator {
  let chosen: SyncPaginator | undefined;
  let description = "auto";
  let unproven: { readonly guess: Guess; readonly firstEcho: unknown; readonly why: string } | undefined;
  return {
    get rules() {
      return chosen?.rules ?? { onRepeat: "error", maxEmptyPages: 100, isNumbered: false };
    },
    describe: () => description,
    first: () => ({ values: {}, tokens: [] }),
    next(page): PageDecision {
      if (chosen === undefined) {
        const detection = (isEntity ? detectEntity(page) : undefined) ?? detectPaginator(page);
        if (detection.kind === "stuck") return detection;
        if (detection.kind === "single") {
          description = "auto: single_page";
          return {
            kind: "end",
            reason: detection.why,
            notices: [noticeSingle(detection, page.records.rows)],
          };
        }
        chosen = createDetected(detection);
        description = `auto: ${chosen.describe()}`;
        const { guess, why } = detection;
        if (guess !== undefined) unproven = { guess, firstEcho: readEcho(guess, page), why };
        return withNotice(chosen.next(page), {
          level: "info",
          message: `auto chose ${chosen.describe()}: ${why}`,
        });
      }
      if (unproven !== undefined && page.records.rows > 0) {
        const disproof = findDisproof(page, unproven.guess, unproven.firstEcho);
        if (disproof !== undefined) return refuseGuess(chosen, unproven.why, disproof);
        unproven = undefined;
      }
      return chosen.next(page);
    },
    foresee: (most) => (unproven === undefined ? (chosen?.foresee?.(most) ?? []) : []),
  };
}

function createDetected({ config, guess }: Extract<Detection, { kind: "follow" }>): SyncPaginator {
  if (config.type === "page_number") return createPageNumberPaginator(config, guess?.direction);
  return config.type === "offset"
    ? createOffsetPaginator(config, guess?.base)
    : createConfiguredPaginator(config);
}

function readEcho({ echo }: Guess, page: PageView): unknown {
  return echo === undefined ? undefined : readPath(page.records.envelope, formatPath(echo));
}

function findDisproof(page: PageView, guess: Guess, firstEcho: unknown): string | undefined {
  if (page.previous !== undefined && page.records.sameRecordsAs(page.previous)) {
    return `page ${String(page.number)} brought the records of page 1 again`;
  }
  const echo = readEcho(guess, page);
  if (echo === undefined || !isDeepStrictEqual(echo, firstEcho)) return undefined;
  return `page ${String(page.number)} still says that ${formatPath(guess.echo ?? [])} is ${showValue(echo)}`;
}

function refuseGuess(chosen: SyncPaginator, why: string, disproof: string): PageStuck {
  return {
    kind: "stuck",
    problem: `auto guessed ${chosen.describe()} (${why}), but ${disproof}`,
    hint: "Set a paginator for this resource; single_page if the first page is all there is.",
  };
}

function noticeSingle({ why, isRound }: Extract<Detection, { kind: "single" }>, rows: number): PageNotice {
  if (!isRound) return { level: "info", message: `auto chose single_page: ${why}` };
  return {
    level: "warning",
    message: `auto chose single_page: ${why}, but ${String(rows)} rows may be one page of many; set a paginator (single_page if these are all)`,
  };
}

function withNotice(decision: PageDecision, notice: PageNotice): PageDecision {
  return decision.kind === "stuck"
    ? decision
    : { ...decision, notices: [notice, ...(decision.notices ?? [])] };
}
