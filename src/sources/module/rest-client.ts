import { wholeBody } from "../../model/body.js";
import { encodeBody } from "../rest/requests/encode-body.js";
import { createRequestTemplate } from "../rest/requests/request-template.js";
import { readClientSettings, type ClientDefaults } from "./client-config.js";
import { parseBody } from "./parse-body.js";
import { paginators } from "./paginators.js";
import { readList } from "./read-list.js";
import { openRequestScope } from "./request-scope.js";
import { checkRequestKeys, createRequestSpec } from "./request-spec.js";
import type {
  PaginateSettings,
  PostSettings,
  RequestSettings,
  RestClientSettings,
} from "./rest-client-settings.js";
import { describeResponse, sendJson } from "./send-json.js";
import { locateCaller } from "./user-location.js";

/**
 * A client of one JSON API: keep-alive, credentials, rate limit, retries with backoff. Make one in the build function
 * of a source and use it in its resources: requests, retries and bytes are then counted for the resource, and a run
 * that is stopped stops its requests. It closes with the source.
 *
 * Its methods throw `HttpStatusError` (`status` tells which; 4xx but 401, 403 and 429), `AuthError` (401, 403),
 * `RateLimitError`, `UnavailableError` (5xx, timeouts, no connection, after all attempts), `ResponseError` (a body
 * that is no JSON) and `GuardError` (another origin, paging without progress).
 */
export class RestClient {
  readonly #defaults: ClientDefaults;

  /** Throws ConfigError (exit code 2) for wrong settings. Connects to nothing. */
  constructor(settings: RestClientSettings) {
    this.#defaults = readClientSettings(settings, locateCaller(RestClient));
  }

  /**
   * Asks for `path` (joined to the base URL) and gives the parsed body; null if it is empty. Integers beyond 2^53 are
   * bigints. `T` is your word for what the API sends, it is not checked.
   */
  async get<T>(path: string, settings: RequestSettings = {}): Promise<T> {
    return (await this.#request(path, "GET", settings)) as T;
  }

  /** Like `get`, with POST and a JSON body: for searches. It is sent again when an attempt fails. */
  async post<T>(path: string, settings: PostSettings = {}): Promise<T> {
    return (await this.#request(path, "POST", settings)) as T;
  }

  /**
   * Asks for a list page by page and gives the records of each page as an array: `yield* api.paginate("/orders")`
   * loads them all. Records are found and pages followed as in sources.yml, with the same guards: no page is read
   * twice, no loop is endless, and what cannot be told without guessing is a GuardError (exit code 5).
   */
  async *paginate<T>(path: string, settings: PaginateSettings = {}): AsyncGenerator<T[], void, undefined> {
    const { http, ...defaults } = this.#defaults;
    checkRequestKeys("paginate", settings);
    const scope = openRequestScope(this, this.#defaults);
    const { method = "GET", paginator, dataSelector, maxPages } = settings;
    const choice = paginator ?? defaults.paginator ?? paginators.auto();
    const list = {
      spec: createRequestSpec({ client: http, path, name: scope.name }, method, settings),
      client: http,
      paginator: choice,
      dataSelector: dataSelector ?? defaults.dataSelector,
      maxPages: maxPages ?? defaults.maxPages,
    };
    yield* readList(list, scope) as AsyncGenerator<T[], void, undefined>;
  }

  async #request(path: string, method: "GET" | "POST", settings: PostSettings): Promise<unknown> {
    const { http } = this.#defaults;
    checkRequestKeys(method === "GET" ? "get" : "post", settings);
    const scope = openRequestScope(this, this.#defaults);
    const spec = createRequestSpec({ client: http, path, name: scope.name }, method, settings);
    const { json, data, ...request } = createRequestTemplate(spec).build(
      { values: {}, tokens: [] },
      () => undefined,
    );
    const body = encodeBody({ json, data });
    const response = await sendJson({ ...request, ...(body === undefined ? {} : { body }) }, scope);
    return parseBody(wholeBody(response.body), describeResponse(response, 1, scope));
  }
}
