import { parseSelector } from "../../extract/select/selector.js";
import type { HttpClient } from "../../http/client.js";
import type { RestClientConfig, RestResourceConfig, RestSourceConfig } from "../../model/rest-config.js";
import type { ProcessingStep } from "../../model/processing-step.js";
import type { FunctionLookup, FunctionReference, UserFunction } from "../../model/user-function.js";
import type { Source } from "../../model/source.js";
import { ConfigError } from "../../shared/errors.js";
import { createFieldReader } from "./requests/field-values.js";
import { isAbsoluteUrl } from "./requests/join-url.js";
import { createResponseDecider } from "./response-actions.js";
import { createRestResource } from "./rest-resource.js";

/** What a declarative source is made of. */
export interface RestSourceInput {
  readonly name: string;
  readonly config: RestSourceConfig;
  /** Called once for each distinct client configuration, when its first request is near. */
  readonly createClient: (config: RestClientConfig) => HttpClient;
  /** Gives the functions of the configuration's custom slots. */
  readonly functions: FunctionLookup;
}

/**
 * Makes a `rest_api` block ready to be read. Resources with equal client settings share one client, and with it
 * connections and rate limit. Throws ConfigError for a placeholder that does not exist, or a selector that is none.
 */
export function createRestSource({ name, config, createClient, functions }: RestSourceInput): Source {
  const clients = new Map<string, HttpClient>();
  const origins = absoluteOrigins(config);
  for (const resource of config.resources) {
    checkSelectors(resource);
    checkParentFields(resource);
  }
  const resources = config.resources.map((resource) => {
    const allowedOrigins = [...new Set([...resource.client.allowedOrigins, ...origins])];
    const client = { ...resource.client, allowedOrigins };
    const key = JSON.stringify(client, (_, value: unknown) =>
      typeof value === "bigint" ? `${String(value)}n` : value,
    );
    const opened = createRestResource(
      name,
      { ...resource, client },
      {
        decide: withPlace(resource, () =>
          createResponseDecider(resource.endpoint.responseActions ?? [], functions),
        ),
        functions,
        openClient: () => {
          const known = clients.get(key) ?? createClient(client);
          clients.set(key, known);
          return known;
        },
      },
    );
    return { ...opened, processingSteps: openSteps(resource.processingSteps ?? [], functions) };
  });
  return {
    name,
    resources,
    concurrency: config.client.concurrency,
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}

function openSteps(
  steps: readonly ProcessingStep<FunctionReference>[],
  functions: FunctionLookup,
): ProcessingStep<UserFunction>[] {
  return steps.map((step) =>
    step.kind === "function" ? { ...step, function: functions(step.function) } : step,
  );
}

/** Nothing is requested before the whole configuration is valid. */
function checkSelectors(resource: RestResourceConfig): void {
  const { dataSelector, recordFields } = resource.endpoint;
  for (const [key, path] of Object.entries({ data_selector: dataSelector, record_fields: recordFields }))
    if (typeof path === "string") withPlace(resource, () => parseSelector(path, key));
}

/** What is wrong is told with the resource's name and line. */
function withPlace<Result>({ location, options }: RestResourceConfig, make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(
      error.issues.map((issue) => ({ ...issue, message: `${options.name}: ${issue.message}`, location })),
      { cause: error },
    );
  }
}

function checkParentFields(resource: RestResourceConfig): void {
  const { fields = [], included = [] } = resource.parent ?? {};
  for (const { path } of [...fields, ...included]) withPlace(resource, () => createFieldReader(path));
}

/** Absolute paths in the configuration make their origins allowed (rule H3). */
function absoluteOrigins({ resources }: RestSourceConfig): string[] {
  return resources.flatMap(({ endpoint: { path } }) => {
    const start = path.split("{", 1)[0] ?? "";
    return isAbsoluteUrl(start) && URL.canParse(start) ? [new URL(start).origin] : [];
  });
}
