import { wholeBody } from "../../model/body.js";
import { isDeepStrictEqual } from "node:util";
import { excerptOf } from "../../extract/formats/excerpt.js";
import type { HttpClient, HttpResponse } from "../../http/client.js";
import { JsonFault } from "../../json/json-fault.js";
import { parseLossless } from "../../json/parse-lossless.js";
import { stringifyRecord } from "../../json/write-lossless.js";
import type { RestResourceConfig } from "../../model/rest-config.js";
import type { HealthCheck } from "../../model/source.js";
import { ConfigError, UnavailableError } from "../../shared/errors.js";
import { joinUrl } from "./requests/join-url.js";
import { showValue } from "./show-value.js";
import { isObject, readPath } from "./value-path.js";

/** The configured `check` of a resource: any 2xx whose body holds what is expected is healthy. */
export function createHealthCheck(
  source: string,
  { client: config, options }: RestResourceConfig,
  openClient: () => HttpClient,
): HealthCheck | undefined {
  const { check } = config;
  if (check === undefined) return undefined;
  const text = joinUrl(config.baseUrl, check.path);
  if (!URL.canParse(text))
    throw new ConfigError([{ message: `${source}: base_url and path of \`check\` make no URL: "${text}"` }]);
  const url = new URL(text);
  const describe = (): string => `GET ${openClient().redactUrl(url)}`;
  return {
    key: stringifyRecord([url.href, check.expect, config.headers, config.auth ?? null]),
    describe,
    async run({ signal, emit }) {
      const sending = { source, resource: options.name, signal, emit };
      const response = await openClient().send({ method: "GET", url, headers: {} }, sending);
      const fault = findFault(response, check.expect);
      if (fault === undefined) return;
      throw new UnavailableError(
        `${describe()} answered ${String(response.status)}, but ${fault}`,
        "unavailable",
        {
          hint: "The API says that it is not healthy; see its operator's status page. If the answer is fine, correct `expect` of `check`.",
          context: { status: response.status, url: openClient().redactUrl(url), method: "GET" },
        },
      );
    },
  };
}

function findFault(response: HttpResponse, expect: Readonly<Record<string, unknown>>): string | undefined {
  if (Object.keys(expect).length === 0) return undefined;
  const body = wholeBody(response.body);
  const parsed = parse(body);
  if (parsed === undefined) return `its body is no JSON: ${excerptOf(body.toString("utf8", 0, 200))}`;
  for (const [path, wanted] of Object.entries(expect)) {
    const found = readPath(parsed, path);
    if (holds(found, wanted)) continue;
    const instead = found === undefined ? "is not there" : `is ${showValue(found)}`;
    return `${path} ${instead}, expected ${showValue(wanted)}`;
  }
  return undefined;
}

/** True if `found` has all that is wanted; an object may have more. */
function holds(found: unknown, wanted: unknown): boolean {
  if (!isObject(wanted)) return isDeepStrictEqual(found, wanted);
  return isObject(found) && Object.entries(wanted).every(([key, value]) => holds(found[key], value));
}

function parse(body: Buffer): unknown {
  try {
    return parseLossless(body, 0, body.length);
  } catch (error) {
    if (error instanceof JsonFault) return undefined;
    throw error;
  }
}
