import type { PaginatorConfig, TokenTarget } from "../../../model/rest-config.js";
import type { UserFunction } from "../../../model/user-function.js";
import { UserCodeError } from "../../../shared/errors.js";
import { createToken } from "./cursor-token.js";
import type { NextPageResult, NextRequest, PageResponse } from "./next-page.js";
import type { PageDecision, PageStep, PageStuck, PageView, Paginator, TokenAssignment } from "./paginator.js";
import { showValue } from "../show-value.js";
import { toApiResponse } from "../to-api-response.js";
import { isObject } from "../value-path.js";

type CustomConfig = Extract<PaginatorConfig, { type: "custom" }>;

/** Asks a function of the user's for what comes after each page. */
export function createCustomPaginator(config: CustomConfig, nextPage: UserFunction): Paginator {
  let previous: NextPageResult;
  return {
    rules: { onRepeat: config.onRepeat, maxEmptyPages: config.maxEmptyPages, isNumbered: false },
    readsBody: true,
    describe: () => `custom (${nextPage.name})`,
    first: () => startStep(config),
    async next(page): Promise<PageDecision> {
      const result = await nextPage.call(describePage(page, previous));
      if (result === undefined || result === null || result === false || result === "") {
        return { kind: "end", reason: `${nextPage.name} returned nothing` };
      }
      const step = readResult(result, config, nextPage.name);
      if (step === undefined) throw refuseResult(nextPage.name, result);
      previous = result;
      return "problem" in step ? step : { kind: "next", step };
    },
  };
}

function startStep({ start, target }: CustomConfig): PageStep {
  if (start === undefined) return { values: {}, tokens: [] };
  return {
    values: { cursor: start },
    tokens: target === undefined ? [] : [{ target, value: start }],
    label: `cursor ${showValue(start)}`,
  };
}

function describePage(page: PageView, previous: NextPageResult): PageResponse {
  const { status, headers, url, body = Buffer.alloc(0), records } = page;
  return Object.assign(toApiResponse({ status, headers, url, body }), {
    page: page.number,
    rows: records.rows,
    lastRecord: records.lastRecord(),
    previous,
  });
}

/** Undefined for what is neither a value nor a request. */
function readResult(
  result: unknown,
  { target }: CustomConfig,
  name: string,
): PageStep | PageStuck | undefined {
  if (!isObject(result)) return readCursor(result, target, name);
  if (Object.keys(result).some((key) => !MEMBERS.has(key))) return undefined;
  const { url, params = {}, headers = {}, json = {}, cursor } = result as NextRequest;
  if (![params, headers, json].every(isObject)) return undefined;
  if (url !== undefined && (typeof url !== "string" || url === "")) return undefined;
  const one = cursor === undefined ? FREE : readCursor(cursor, target, name);
  if (one === undefined || "problem" in one) return one;
  const tokens = [
    ...one.tokens,
    ...assign(params, (key) => ({ in: "query", name: key })),
    ...assign(headers, (key) => ({ in: "header", name: key })),
    ...Object.entries(json).map(([path, value]) => ({ target: { in: "body", path } as const, value })),
  ];
  if (tokens.some(({ target: { in: place }, value }) => place !== "body" && typeof value === "object"))
    return undefined;
  if (tokens.length === 0 && url === undefined && cursor === undefined) return undefined;
  return {
    values: one.values,
    tokens: tokens as TokenAssignment[],
    ...(url === undefined ? {} : { link: url }),
    label: showValue(result),
  };
}

const FREE: PageStep = { values: {}, tokens: [] };
const MEMBERS = new Set(["url", "params", "headers", "json", "cursor"]);

function readCursor(
  value: unknown,
  target: TokenTarget | undefined,
  name: string,
): PageStep | PageStuck | undefined {
  const place: TokenTarget = target ?? { in: "placeholder" };
  const token = createToken(value, place);
  if (token?.cursor === undefined) return undefined;
  if (target === undefined) {
    return {
      kind: "stuck",
      problem: `${name} returned ${showValue(value)}, and the paginator does not say where to send it`,
      hint: "Set param or cursor_body_path, use {paginator.cursor}, or let the function return {params: {…}}.",
    };
  }
  return { values: { cursor: token.cursor }, tokens: token.tokens, label: token.label };
}

function assign(
  members: Readonly<Record<string, unknown>>,
  place: (key: string) => TokenTarget,
): { target: TokenTarget; value: unknown }[] {
  return Object.entries(members)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => ({ target: place(key), value }));
}

function refuseResult(name: string, result: unknown): UserCodeError {
  return new UserCodeError(`${name} returned ${showValue(result)}, which asks for no page`, "run", {
    hint: "Return a text or number, {url}, {params}, {headers}, {json} or {cursor}, or nothing to end the list.",
  });
}
