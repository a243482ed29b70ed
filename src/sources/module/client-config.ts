import { resolveClient } from "../../config/rest/client-config.js";
import { clientSchema } from "../../config/schema/schema-client.js";
import { validateValue } from "../../config/validate-value.js";
import type { RestClientConfig } from "../../model/rest-config.js";
import type { FunctionLookup } from "../../model/user-function.js";
import type { SourceLocation } from "../../shared/errors.js";
import { readAuthSettings } from "./read-auth-settings.js";
import { isPaginatorChoice, type PaginatorChoice } from "./paginators.js";
import { toConfigKeys } from "./settings-case.js";
import { createSettingsContext, takeKnownKeys, throwIssues } from "./settings-check.js";

const KEYS = [
  "baseUrl",
  "headers",
  "auth",
  "timeout",
  "retry",
  "rateLimit",
  "allowedOrigins",
  "redirects",
  "concurrency",
  "circuitBreaker",
  "tls",
  "proxy",
  "rewriteLinks",
  "maxPages",
  "maxBody",
  "maxRecord",
  "maxDepth",
  "maxColumns",
];
const LIST_KEYS = ["paginator", "dataSelector"];

/** A `RestClient`'s options with defaults filled in. */
export interface ClientDefaults {
  readonly http: RestClientConfig;
  /** Those of `auth`. */
  readonly functions: FunctionLookup;
  readonly paginator: PaginatorChoice | undefined;
  readonly dataSelector: string | undefined;
  readonly maxPages: number | undefined;
}

/**
 * Checks what a module gave to `RestClient`, by the rules that hold for `client` in sources.yml, with the same
 * defaults. Throws ConfigError with everything that is wrong.
 */
export function readClientSettings(given: unknown, location: SourceLocation | undefined): ClientDefaults {
  const context = createSettingsContext({ subject: "RestClient", location });
  const { issues } = context;
  const settings = typeof given === "object" && given !== null ? (given as Record<string, unknown>) : {};
  const known = takeKnownKeys(settings, [...KEYS, ...LIST_KEYS], issues);
  const { paginator, dataSelector, ...rest } = known;
  const { auth, functions } = readAuthSettings(rest["auth"], issues);
  if (paginator !== undefined && !isPaginatorChoice(paginator)) {
    issues.add(["paginator"], "is none", {
      hint: "make it with paginators, such as paginators.pageNumber()",
    });
  }
  if (dataSelector !== undefined && typeof dataSelector !== "string") {
    issues.add(["data_selector"], "expected text");
  }
  const values = validateValue(
    clientSchema,
    toConfigKeys({ ...rest, ...(auth === undefined ? {} : { auth }) }),
    [],
    context,
  );
  throwIssues(issues.issues);
  const http = resolveClient(values ?? {}, (key) => [key], context);
  throwIssues(issues.issues);
  return {
    http,
    functions,
    paginator: isPaginatorChoice(paginator) ? paginator : undefined,
    dataSelector: typeof dataSelector === "string" ? dataSelector : undefined,
    maxPages: values?.max_pages ?? undefined,
  };
}
