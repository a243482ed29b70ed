import { wholeBody } from "../../../model/body.js";
import type { HttpRequest, HttpResponse } from "../../../http/client.js";
import type { PageRecords } from "../../../model/source.js";
import { encodeBody } from "../requests/encode-body.js";
import { resolveNextLink } from "./next-link.js";
import type { ChainProgress, PageChain, PagePlace } from "./page-chain.js";
import { createPageFetcher } from "./page-fetcher.js";
import { createPageGuard } from "./page-guard.js";
import type { PageStep } from "./paginator.js";
import type { RequestParts } from "../requests/request-parts.js";
import { createSeenRequests } from "./seen-requests.js";
import { isObject } from "../value-path.js";
import { settlePage, settleRepeat, tellOverlap } from "./settle-page.js";

/** One page that was read. */
export interface ReadPage<Page extends PageRecords> {
  readonly number: number;
  readonly response: HttpResponse;
  readonly records: Page;
}

/**
 * Requests page after page until the paginator says that the chain is complete, or its consumer stops. Where a total
 * is known, pages are asked for ahead of their turn; they are read, judged and given in order all the same. Throws
 * GuardError when paging makes no progress or going on would be a guess (rules P), and what sending and reading throw.
 */
export async function* readPages<Page extends PageRecords>(
  chain: PageChain<Page>,
): AsyncGenerator<ReadPage<Page>> {
  const { paginator } = chain;
  await using fetcher = createPageFetcher(chain);
  const seen = createSeenRequests();
  const progress: ChainProgress<Page> = { number: 0, emptyPages: 0, overlap: 0 };
  let step = paginator.first();
  let link = firstLink(chain, progress, step);
  for (;;) {
    const request = chain.build(step, link);
    if (seen.has(request) && settleRepeat(chain, progress, step) === "end") break;
    const fetched = await fetcher.fetch(
      toHttpRequest(request, step, progress.number + 1),
      foreseeRequests(chain, progress),
    );
    const { response } = fetched;
    if (response.isIgnored === true) chain.noteIgnored?.(response.status);
    if (response.isIgnored === true || step.endStatuses?.includes(response.status) === true) {
      fetched.release();
      break;
    }
    progress.number += 1;
    progress.step = step;
    progress.url = response.url;
    const body = paginator.readsBody === true ? Buffer.from(wholeBody(response.body)) : undefined;
    let records: Page;
    try {
      records = await chain.read(response, placeOf(chain, progress, step));
    } finally {
      fetched.release();
    }
    if (records.chosen !== "") progress.chosen ??= records.chosen;
    if (progress.number === 1 && isObject(records.envelope))
      progress.firstKeys = new Set(Object.keys(records.envelope));
    yield { number: progress.number, response, records };

    const decision = await paginator.next({
      number: progress.number,
      request,
      status: response.status,
      url: response.url,
      headers: response.headers,
      body,
      records,
      previous: progress.previous,
    });
    const next = settlePage(chain, progress, decision, records);
    if (next === undefined || chain.isOver?.() === true) break;
    link =
      next.step.link === undefined ? undefined : resolveLink(chain, progress, next.step.link, response.url);
    step = next.step;
  }
  tellOverlap(chain, progress.overlap);
}

/** What is likely to be asked for after the request that is made now: nothing beyond a limit or guard. */
function foreseeRequests<Page extends PageRecords>(
  chain: PageChain<Page>,
  { number, previous }: ChainProgress<Page>,
): HttpRequest[] {
  const { paginator, slots, maxPages } = chain;
  if (number === 0 || slots.count === 1 || paginator.foresee === undefined) return [];
  const wanted = chain.room?.() ?? Infinity;
  const pages = Math.min((maxPages ?? Infinity) - number, Math.ceil(wanted / (previous?.rows ?? 1)));
  const most = Math.min(slots.count, pages) - 1;
  if (most <= 0) return [];
  return paginator
    .foresee(most)
    .map((step, index) => toHttpRequest(chain.build(step, undefined), step, number + 2 + index));
}

/** A chain that goes on from a stored link begins with it; a relative one starts from the configured URL. */
function firstLink<Page extends PageRecords>(
  chain: PageChain<Page>,
  progress: ChainProgress<Page>,
  step: PageStep,
): URL | undefined {
  if (step.link === undefined) return undefined;
  return resolveLink(chain, progress, step.link, chain.build(step, undefined).url);
}

function placeOf<Page extends PageRecords>(
  chain: PageChain<Page>,
  progress: ChainProgress<Page>,
  step: PageStep,
): PagePlace {
  const { number, previous, chosen, firstKeys } = progress;
  const { rules } = chain.paginator;
  const kind = step.omit ?? (rules.onRepeat === "end" ? "same_page" : undefined);
  return {
    number,
    chosen,
    omit: kind === undefined || previous === undefined ? undefined : { kind, previous },
    knownKeys: rules.isNumbered && number > 1 ? firstKeys : undefined,
  };
}

function toHttpRequest(request: RequestParts, step: PageStep, number: number): HttpRequest {
  const body = encodeBody(request);
  const token = step.link === undefined && step.label !== `page ${String(number)}` ? step.label : undefined;
  return {
    method: request.method,
    url: request.url,
    headers: request.headers,
    ...(body === undefined ? {} : { body }),
    ...(number === 1 ? {} : { page: { number, ...(token === undefined ? {} : { token }) } }),
    ...(step.endStatuses === undefined || step.endStatuses.length === 0
      ? {}
      : { expectedStatuses: step.endStatuses }),
  };
}

function resolveLink<Page extends PageRecords>(
  chain: PageChain<Page>,
  progress: ChainProgress<Page>,
  link: string,
  current: URL,
): URL {
  const resolved = resolveNextLink(link, current, chain.origins);
  if (resolved instanceof URL) return resolved;
  throw createPageGuard(chain, progress, resolved);
}
