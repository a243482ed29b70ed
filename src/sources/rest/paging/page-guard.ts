import type { PageRecords } from "../../../model/source.js";
import { GuardError } from "../../../shared/errors.js";
import type { PageChain } from "./page-chain.js";
import type { PageStuck } from "./paginator.js";

/** The GuardError for a page: names resource, page and URL. */
export function createPageGuard(
  chain: Pick<PageChain<PageRecords>, "name" | "redactUrl">,
  progress: { readonly number: number; readonly url?: URL },
  { problem, hint }: Pick<PageStuck, "problem" | "hint">,
): GuardError {
  const url = progress.url === undefined ? "" : chain.redactUrl(progress.url);
  return new GuardError(`${chain.name}, page ${String(progress.number)} (${url}): ${problem}`, {
    hint,
    context: { page: progress.number, url },
  });
}
