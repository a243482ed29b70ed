import {
  createToken,
  describeCursor,
  readCursorToken,
  type CursorConfig,
  type CursorToken,
} from "./cursor-token.js";
import { describeTarget } from "../describe-target.js";
import { readHasMore, refuseMissingFlag, refusePromise } from "./has-more.js";
import type { PageDecision, PageStep, PageView, SyncPaginator } from "./paginator.js";
import { tellShortFirstPage } from "./short-first-page.js";

/** Hands the token of one page to the next request; the token comes from the body, headers or the last record. */
export function createCursorPaginator(config: CursorConfig): SyncPaginator {
  let firstRows = 0;
  return {
    rules: { onRepeat: config.onRepeat, maxEmptyPages: config.maxEmptyPages, isNumbered: false },
    describe: () => describe(config),
    first: () =>
      createStep(config, config.start === undefined ? undefined : createToken(config.start, config.target)),
    next(page): PageDecision {
      const { rows } = page.records;
      if (page.number === 1) firstRows = rows;
      const more = readHasMore(page, config.hasMorePath, config.onMissingPath);
      if (typeof more === "object") return more;
      if (more === false) return { kind: "end", reason: `${config.hasMorePath ?? ""} is false` };
      if (rows === 0 && config.stopAfterEmptyPage) return { kind: "end", reason: "an empty page" };
      if (config.stopOnShortPage && more !== true && rows < (config.size ?? firstRows)) {
        return { kind: "end", reason: "a short page", notices: tellShortFirstPage(page, config.size) };
      }
      const token = readCursorToken(config, page);
      if (token.kind === "end" && more === true) {
        return refusePromise(config.hasMorePath, `cursor (${describeCursor(config)})`, "cursor_path");
      }
      if (more === "missing" && token.kind === "token") return endWithoutFlag(config, page, token);
      if (token.kind !== "token") return token;
      const step = createStep(config, token);
      return { kind: "next", step: config.lastRecord === undefined ? step : { ...step, omit: "same_first" } };
    },
  };
}

function describe(config: CursorConfig): string {
  if (config.parts !== undefined) return `cursor (${describeCursor(config)})`;
  const place = config.merge === true ? "merged" : describeTarget(config.target, "cursor");
  if (config.isHeaderCursor === true) return `header_cursor (${config.cursorHeader ?? ""} into ${place})`;
  return `cursor (${describeCursor(config)}${config.merge === true ? ", merged" : ` into ${place}`})`;
}

/** Servers that leave out what is false say "no more" by silence; on the first page a cursor speaks against it. */
function endWithoutFlag(config: CursorConfig, page: PageView, token: CursorToken): PageDecision {
  if (page.number === 1 && config.onMissingPath === "error" && config.lastRecord === undefined) {
    return refuseMissingFlag(config.hasMorePath, token.label);
  }
  return { kind: "end", reason: `no ${config.hasMorePath ?? ""}` };
}

function createStep(config: CursorConfig, token: CursorToken | undefined): PageStep {
  const { size, sizeTarget } = config;
  const sizeTokens =
    size === undefined || sizeTarget === undefined ? [] : [{ target: sizeTarget, value: size }];
  return {
    values: {
      ...(token?.cursor === undefined ? {} : { cursor: token.cursor }),
      ...(size === undefined ? {} : { size }),
    },
    tokens: [...(token?.tokens ?? []), ...sizeTokens],
    ...(token === undefined ? {} : { label: token.label }),
  };
}
