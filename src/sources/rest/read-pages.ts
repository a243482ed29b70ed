import type { HttpRequest, HttpResponse } from "../../http/client.js";
import type { PageRecords } from "../../model/source.js";
import { encodeBody } from "./encode-body.js";
import { resolveNextLink } from "./next-link.js";
import type { ChainProgress, PageChain, PagePlace } from "./page-chain.js";
import { createPageGuard } from "./page-guard.js";
import type { PageStep } from "./paginator.js";
import type { RequestParts } from "./request-parts.js";
import { createSeenRequests } from "./seen-requests.js";
import { isObject } from "./value-path.js";
import { settlePage, settleRepeat, tellOverlap } from "./settle-page.js";

/** One page that was read. */
export interface ReadPage<Page extends PageRecords> {
  readonly number: number;
  readonly response: HttpResponse;
  readonly records: Page;
}

/**
 * Requests page after page until the paginator says that the chain is complete, or its consumer stops. Throws
 * GuardError when paging makes no progress or going on would be a guess (rules P), and what sending and reading throw.
 */
export async function* readPages<Page extends PageRecords>(
  chain: PageChain<Page>,
): AsyncGenerator<ReadPage<Page>> {
  const { paginator } = chain;
  const seen = createSeenRequests();
  const progress: ChainProgress<Page> = { number: 0, emptyPages: 0, overlap: 0 };
  let step = paginator.first();
  let link: URL | undefined;
  for (;;) {
    const request = chain.build(step, link);
    if (seen.has(request) && settleRepeat(chain, progress, step) === "end") break;
    const response = await chain.send(toHttpRequest(request, step));
    if (response.isIgnored === true) break;
    if (step.endStatuses?.includes(response.status) === true) break;
    progress.number += 1;
    progress.step = step;
    progress.url = response.url;
    const records = await chain.read(response, placeOf(chain, progress, step));
    if (records.chosen !== "") progress.chosen ??= records.chosen;
    if (progress.number === 1 && isObject(records.envelope))
      progress.firstKeys = new Set(Object.keys(records.envelope));
    yield { number: progress.number, response, records };

    // Pages whose request does not depend on this one (numbers, offsets by size) could be under way by now.
    const decision = paginator.next({
      number: progress.number,
      request,
      status: response.status,
      headers: response.headers,
      records,
      previous: progress.previous,
    });
    const next = settlePage(chain, progress, decision, records);
    if (next === undefined) break;
    link =
      next.step.link === undefined ? undefined : resolveLink(chain, progress, next.step.link, response.url);
    step = next.step;
  }
  tellOverlap(chain, progress.overlap);
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

function toHttpRequest(request: RequestParts, step: PageStep): HttpRequest {
  const body = encodeBody(request);
  return {
    method: request.method,
    url: request.url,
    headers: request.headers,
    ...(body === undefined ? {} : { body }),
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
