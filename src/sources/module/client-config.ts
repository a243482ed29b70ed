import { resolveClient } from "../../config/client-config.js";
import { NOT_YET } from "../../config/not-yet.js";
import { clientSchema } from "../../config/schema-client.js";
import { validateValue } from "../../config/validate-value.js";
import type { RestClientConfig } from "../../model/rest-config.js";
import type { SourceLocation } from "../../shared/errors.js";
import { isPaginatorChoice, type PaginatorChoice } from "./paginators.js";
import { toConfigKeys, toSettingKey } from "./settings-case.js";
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
];
const LIST_KEYS = ["paginator", "dataSelector"];
/** Known, and refused by the configuration's own check. */
const LATER = NOT_YET.client.map(toSettingKey);

/** A `RestClient`'s options with defaults filled in. */
export interface ClientDefaults {
  readonly http: RestClientConfig;
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
  const known = takeKnownKeys(settings, [...KEYS, ...LIST_KEYS, ...LATER], issues);
  const { paginator, dataSelector, ...rest } = known;
  checkAuth(rest["auth"], (message) => {
    issues.add(["auth"], message, {
      hint: "is a secret() or an environment variable that is not set used here?",
    });
  });
  if (paginator !== undefined && !isPaginatorChoice(paginator)) {
    issues.add(["paginator"], "is none", {
      hint: "make it with paginators, such as paginators.pageNumber()",
    });
  }
  if (dataSelector !== undefined && typeof dataSelector !== "string") {
    issues.add(["data_selector"], "expected text");
  }
  const values = validateValue(clientSchema, toConfigKeys(rest), [], context);
  throwIssues(issues.issues);
  const http = resolveClient(values ?? {}, (key) => [key], context);
  throwIssues(issues.issues);
  return {
    http,
    paginator: isPaginatorChoice(paginator) ? paginator : undefined,
    dataSelector: typeof dataSelector === "string" ? dataSelector : undefined,
    maxPages: values?.max_pages ?? undefined,
  };
}

/** In sources.yml a field left out is looked up; here it was forgotten, or came out of a lookup as undefined. */
function checkAuth(auth: unknown, report: (message: string) => void): void {
  if (auth === undefined) return;
  if (typeof auth !== "object" || auth === null || !("type" in auth)) {
    report('expected an object with a type, such as { type: "bearer", token }');
    return;
  }
  const fields = auth as Readonly<Record<string, unknown>>;
  for (const name of NEEDED[String(fields["type"])] ?? []) {
    const value = fields[name];
    if (value === undefined || value === null || value === "") report(`\`${name}\` is missing`);
  }
}

const NEEDED: Readonly<Record<string, readonly string[]>> = {
  bearer: ["token"],
  api_key: ["apiKey"],
  http_basic: ["username"],
};
