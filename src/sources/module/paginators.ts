import { resolvePaginator } from "../../config/rest/paginator-config.js";
import { paginatorSchema, type PaginatorInput } from "../../config/schema/schema-paginator.js";
import { validateValue } from "../../config/validate-value.js";
import type { PaginatorConfig } from "../../model/rest-config.js";
import { toConfigKeys } from "./settings-case.js";
import { createSettingsContext, throwIssues } from "./settings-check.js";
import type { UserFunction } from "../../model/user-function.js";
import type { NextPage } from "../rest/paging/next-page.js";
import type {
  CursorSettings,
  CustomSettings,
  HeaderCursorSettings,
  HeaderLinkSettings,
  JsonLinkSettings,
  OffsetSettings,
  PageNumberSettings,
} from "./paginator-settings.js";
import { locateCaller } from "./user-location.js";

const FUNCTION_NAME = /^[A-Za-z_$][\w$]*$/;
const PAGINATOR = Symbol.for("dango.paginator");

/** How a list goes on after its first page; made by `paginators`. It holds no position: one serves many lists. */
export interface PaginatorChoice {
  readonly [PAGINATOR]: true;
  readonly config: PaginatorConfig;
  /** The function of a custom one. */
  readonly nextPage?: UserFunction;
}

/**
 * The ways in which APIs page their lists. Options and defaults are those of `paginator` in sources.yml; wrong options
 * throw a ConfigError (exit code 2). A page that brings nothing new ends the run with exit code 5, it never loops.
 */
export const paginators = {
  /** `?page=1`, `?page=2`, …, up to an empty page, a total, or what `hasMorePath` says. Starts at 1. */
  pageNumber: (settings: PageNumberSettings = {}): PaginatorChoice =>
    choose("pageNumber", "page_number", settings),
  /** `?offset=0&limit=100`, `?offset=100&limit=100`, …; steps by the rows received. */
  offset: (settings: OffsetSettings = {}): PaginatorChoice => choose("offset", "offset", settings),
  /** A token of each page asks for the next one; the list ends when there is none. */
  cursor: (settings: CursorSettings = {}): PaginatorChoice => choose("cursor", "cursor", settings),
  /** A token in a response header of each page asks for the next one. */
  headerCursor: (settings: HeaderCursorSettings = {}): PaginatorChoice =>
    choose("headerCursor", "header_cursor", settings),
  /** A function says what the next request carries, from each page; nothing ends the list. */
  custom: (nextPage: NextPage, settings: CustomSettings = {}): PaginatorChoice => {
    if (typeof nextPage !== "function") throw new TypeError("paginators.custom needs a function");
    const named = { function: `module:${FUNCTION_NAME.test(nextPage.name) ? nextPage.name : "nextPage"}` };
    const name = nextPage.name === "" ? "nextPage" : nextPage.name;
    return {
      ...choose("custom", "custom", { ...settings, ...named }),
      nextPage: { name, call: (...args) => nextPage(...(args as Parameters<NextPage>)) },
    };
  },
  /** Each body names the URL of the next page; the list ends when there is none. */
  jsonLink: (settings: JsonLinkSettings = {}): PaginatorChoice => choose("jsonLink", "json_link", settings),
  /** The `Link` header names the URL of the next page (RFC 8288); the list ends when there is none. */
  headerLink: (settings: HeaderLinkSettings = {}): PaginatorChoice =>
    choose("headerLink", "header_link", settings),
  /** One request. */
  singlePage: (): PaginatorChoice => choose("singlePage", "single_page", {}),
  /** Decides from the first response and proves it on the second; what cannot be proven is an error (exit code 5). */
  auto: (): PaginatorChoice => choose("auto", "auto", {}),
};

/** True for what `paginators` return, of any copy of this package. */
export function isPaginatorChoice(value: unknown): value is PaginatorChoice {
  return typeof value === "object" && value !== null && PAGINATOR in value;
}

function choose(
  name: keyof typeof paginators,
  type: PaginatorInput["type"],
  settings: object,
): PaginatorChoice {
  const context = createSettingsContext({
    subject: `paginators.${name}`,
    location: locateCaller(paginators[name]),
  });
  const input = validateValue(paginatorSchema, toConfigKeys({ ...settings, type }), [], context);
  const config = resolvePaginator(input, {
    path: [],
    issues: context.issues,
    placeholders: new Set(),
  });
  throwIssues(context.issues.issues);
  return { [PAGINATOR]: true, config };
}
