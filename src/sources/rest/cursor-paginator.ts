import { isDeepStrictEqual } from "node:util";
import { readHeader } from "../../http/merge-headers.js";
import type { PaginatorConfig } from "../../model/rest-config.js";
import { describeTarget } from "./describe-target.js";
import { readHasMore, refuseMissingFlag, refusePromise } from "./has-more.js";
import { refuseMissing } from "./missing-path.js";
import type {
  PageDecision,
  PageEnd,
  PageStep,
  PageStuck,
  PageView,
  SyncPaginator,
  TokenAssignment,
} from "./paginator.js";
import { showValue } from "./show-value.js";
import { isObject, readPath } from "./value-path.js";

type CursorConfig = Extract<PaginatorConfig, { type: "cursor" }>;

/** Hands the token of one page to the next request; the token comes from the body, a header or the last record. */
export function createCursorPaginator(config: CursorConfig): SyncPaginator {
  let firstRows = 0;
  return {
    rules: { onRepeat: config.onRepeat, maxEmptyPages: config.maxEmptyPages, isNumbered: false },
    describe: () => `cursor (${describeOrigin(config)} into ${describeTarget(config.target, "cursor")})`,
    first: () => createStep(config, config.start),
    next(page): PageDecision {
      const { rows } = page.records;
      if (page.number === 1) firstRows = rows;
      const more = readHasMore(page, config.hasMorePath, config.onMissingPath);
      if (typeof more === "object") return more;
      if (more === false) return { kind: "end", reason: `${config.hasMorePath ?? ""} is false` };
      if (rows === 0 && config.stopAfterEmptyPage) return { kind: "end", reason: "an empty page" };
      if (config.stopOnShortPage && more !== true && rows < (config.size ?? firstRows)) {
        return { kind: "end", reason: "a short page" };
      }
      const cursor =
        config.lastRecord === undefined ? readCursor(config, page) : readLastRecord(config.lastRecord, page);
      if (cursor.kind === "end" && more === true) {
        return refusePromise(config.hasMorePath, `cursor (${describeOrigin(config)})`, "cursor_path");
      }
      if (more === "missing" && cursor.kind === "cursor") return endWithoutFlag(config, page, cursor.value);
      if (cursor.kind !== "cursor") return cursor;
      const step = createStep(config, cursor.value);
      return { kind: "next", step: config.lastRecord === undefined ? step : { ...step, omit: "same_first" } };
    },
  };
}

/** Servers that leave out what is false say "no more" by silence; on the first page a cursor speaks against it. */
function endWithoutFlag(
  config: CursorConfig,
  page: PageView,
  cursor: string | number | bigint,
): PageDecision {
  if (page.number === 1 && config.onMissingPath === "error" && config.lastRecord === undefined) {
    return refuseMissingFlag(config.hasMorePath, `cursor ${showValue(cursor)}`);
  }
  return { kind: "end", reason: `no ${config.hasMorePath ?? ""}` };
}

type CursorReading =
  PageEnd | PageStuck | { readonly kind: "cursor"; readonly value: string | number | bigint };

function readCursor(config: CursorConfig, page: PageView): CursorReading {
  const { cursorPath, cursorHeader } = config;
  const label = describeOrigin(config);
  const value =
    cursorHeader === undefined
      ? readPath(page.records.envelope, cursorPath ?? "")
      : readHeader(page.headers, cursorHeader.toLowerCase());
  if (value === undefined) {
    const key = cursorHeader === undefined ? "cursor_path" : "cursor_header";
    const isRefused = page.number === 1 && config.onMissingPath === "error";
    const stuck = isRefused
      ? refuseMissing(page, `${key} "${cursorHeader ?? cursorPath ?? ""}"`, key)
      : undefined;
    return stuck ?? { kind: "end", reason: `no ${label}` };
  }
  if (value === null || value === "" || value === false || value === 0) {
    return { kind: "end", reason: `${label} is ${value === "" ? "empty" : String(value)}` };
  }
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint") {
    return { kind: "cursor", value };
  }
  return {
    kind: "stuck",
    problem: `${label} holds ${showValue(value)}, which is no cursor`,
    hint: "Let cursor_path name a string or a number.",
  };
}

/** Rule P8. */
function readLastRecord(path: string, page: PageView): CursorReading {
  const { records, previous } = page;
  if (records.rows === 0) return { kind: "end", reason: "an empty page" };
  const last = records.lastRecord();
  if (records.rows === 1 && previous !== undefined && isDeepStrictEqual(last, previous.lastRecord())) {
    return { kind: "end", reason: "a page with nothing but the record that it started from" };
  }
  const value = isObject(last) ? readPath(last, path) : path === "value" ? last : undefined;
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint") {
    return { kind: "cursor", value };
  }
  const keys = isObject(last) ? `; it has ${Object.keys(last).slice(0, 20).join(", ")}` : "";
  return {
    kind: "stuck",
    problem: `the last record has ${value === undefined ? "no" : showValue(value)} "${path}" to ask for the next page with${keys}`,
    hint: "Let last_record name a field that every record has.",
  };
}

function describeOrigin(config: CursorConfig): string {
  if (config.lastRecord !== undefined) return `${config.lastRecord} of the last record`;
  return config.cursorHeader === undefined ? (config.cursorPath ?? "") : `header ${config.cursorHeader}`;
}

function createStep(config: CursorConfig, cursor: string | number | bigint | undefined): PageStep {
  const tokens: TokenAssignment[] = [];
  if (cursor !== undefined) tokens.push({ target: config.target, value: cursor });
  if (config.size !== undefined && config.sizeTarget !== undefined) {
    tokens.push({ target: config.sizeTarget, value: config.size });
  }
  return {
    values: {
      ...(cursor === undefined ? {} : { cursor }),
      ...(config.size === undefined ? {} : { size: config.size }),
    },
    tokens,
    ...(cursor === undefined
      ? {}
      : { label: `${describeTarget(config.target, "cursor")} ${showValue(cursor)}` }),
  };
}
