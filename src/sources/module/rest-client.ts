import { checkJsonBody } from "../../extract/check-json-body.js";
import type { HttpRequest, HttpResponse } from "../../http/client.js";
import { readHeader } from "../../http/merge-headers.js";
import { stringifyRecord } from "../../json/write-lossless.js";
import { createRequestTemplate } from "../rest/request-template.js";
import type { RequestParts } from "../rest/request-parts.js";
import { readClientSettings, type ClientDefaults } from "./client-config.js";
import { parseBody } from "./parse-body.js";
import { openRequestScope, type RequestScope } from "./request-scope.js";
import { createRequestSpec } from "./request-spec.js";
import type { PostSettings, RequestSettings, RestClientSettings } from "./rest-client-settings.js";
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

  async #request(path: string, method: "GET" | "POST", settings: PostSettings): Promise<unknown> {
    const { http } = this.#defaults;
    const scope = openRequestScope(this, http);
    await scope.reading?.beforeRequest();
    const spec = createRequestSpec({ baseUrl: http.baseUrl, path, name: scope.name }, method, settings);
    const parts = createRequestTemplate(spec).build({ values: {}, tokens: [] }, () => undefined);
    const response = await scope.client.send(toHttpRequest(parts), scope.context);
    scope.reading?.countPage(response.body.length);
    return parseBody(response.body, describeResponse(response, scope));
  }
}

function toHttpRequest({ method, url, headers, json }: RequestParts): HttpRequest {
  const acceptBody = (response: HttpResponse): string | undefined =>
    checkJsonBody(response.body, readHeader(response.headers, "content-type"));
  if (json === undefined) return { method, url, headers, acceptBody };
  const body = stringifyRecord(json);
  return { method, url, headers: { "Content-Type": "application/json", ...headers }, body, acceptBody };
}

function describeResponse(response: HttpResponse, scope: RequestScope) {
  return {
    number: 1,
    url: scope.client.redactUrl(response.url),
    status: response.status,
    contentType: readHeader(response.headers, "content-type"),
  };
}
