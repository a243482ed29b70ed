import type { RateLimitConfig, RestClientConfig, RetryConfig } from "../model/rest-config.js";
import { resolveAuth } from "./auth-config.js";
import { parseByteSize } from "./byte-size.js";
import { formatConfigPath, type ConfigPath } from "./config-path.js";
import { parseDurationMs } from "./duration.js";
import type { FlatClient } from "./flat-keys.js";
import type { ClientInput, RateInput } from "./schema-rest.js";
import type { KeyPlace, SourceContext } from "./source-context.js";

const HOUR_MS = 3_600_000;
const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** A client with all defaults filled in. `retry` may be given in two layers: the resource's over the client's. */
export function resolveClient(values: FlatClient, at: KeyPlace, context: SourceContext): RestClientConfig {
  const { runtime } = context;
  const auth = values.auth ?? undefined;
  return {
    baseUrl: resolveBaseUrl(values.base_url ?? undefined, at("base_url"), context),
    headers: resolveHeaders(values.headers, at("headers"), context),
    auth: auth === undefined ? undefined : resolveAuth(auth, at("auth"), context),
    timeoutMs: duration(values.timeout, at("timeout"), context) ?? runtime.requestTimeoutMs ?? 30_000,
    retry: resolveRetry(values.retry, at("retry"), context),
    rateLimit: resolveRateLimit(values.rate_limit, at("rate_limit"), context),
    allowedOrigins: (values.allowed_origins ?? []).flatMap((text, index) =>
      resolveOrigin(text, [...at("allowed_origins"), index], context),
    ),
    redirects: values.redirects ?? 10,
    concurrency: values.concurrency ?? 4,
    maxBodyBytes: byteSize(values.max_body, at("max_body"), context) ?? GIB,
    maxRecordBytes: byteSize(values.max_record, at("max_record"), context) ?? 64 * MIB,
  };
}

/** Header values as text; a null takes the header away. */
export function resolveHeaders(
  headers: ClientInput["headers"],
  path: ConfigPath,
  context: SourceContext,
): Record<string, string> {
  const resolved: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value === null) continue;
    const text = String(value);
    if (/[\r\n\0]/.test(text)) {
      context.issues.add([...path, name], `the header \`${name}\` holds a line break`, {
        hint: "look for a line break at the end of the secret",
      });
    }
    resolved[name] = text;
  }
  return resolved;
}

function resolveBaseUrl(text: string | undefined, path: ConfigPath, context: SourceContext): string {
  if (text === undefined) {
    context.issues.add(path, "missing `base_url`");
    return "";
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    context.issues.add(path, "`base_url` must be an http:// or https:// URL");
  } else if (url.username !== "" || url.password !== "") {
    context.issues.add(path, "`base_url` must not hold credentials", {
      hint: "use `auth: {type: http_basic}`",
    });
  }
  return text;
}

function resolveOrigin(text: string, path: ConfigPath, context: SourceContext): string[] {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return [url.origin];
  context.issues.add(path, "an origin is http:// or https:// with a host, such as https://files.example.com");
  return [];
}

function resolveRetry(retry: ClientInput["retry"], path: ConfigPath, context: SourceContext): RetryConfig {
  const { runtime } = context;
  const factorMs = runtime.requestBackoffFactor === undefined ? 1_000 : runtime.requestBackoffFactor * 1_000;
  const maxWaitMs = duration(retry?.max_wait, [...path, "max_wait"], context);
  return {
    attempts: retry?.attempts ?? runtime.requestMaxAttempts ?? 5,
    baseMs: duration(retry?.base, [...path, "base"], context) ?? factorMs,
    maxWaitMs: maxWaitMs ?? runtime.requestMaxRetryDelayMs ?? 300_000,
    statuses: retry?.statuses ?? [408, 429, "5xx"],
  };
}

function resolveRateLimit(
  limit: ClientInput["rate_limit"],
  path: ConfigPath,
  context: SourceContext,
): RateLimitConfig[] {
  if (limit === null || limit === undefined) return [];
  if (!Array.isArray(limit)) return [resolveRate(limit, path, context)];
  return limit.map((rate, index) => resolveRate(rate, [...path, index], context));
}

function resolveRate(rate: number | RateInput, path: ConfigPath, context: SourceContext): RateLimitConfig {
  const { requests, per } = typeof rate === "number" ? { requests: rate, per: undefined } : rate;
  const perMs = duration(per, [...path, "per"], context) ?? 1_000;
  if (perMs <= 0) context.issues.add([...path, "per"], "`per` must be more than 0");
  if (perMs >= HOUR_MS) {
    context.issues.add([...path, "per"], "a rate limit over an hour or more is not supported yet");
  }
  // A fraction of a request cannot be counted: one request in accordingly more time is the same rate.
  return Number.isInteger(requests) ? { requests, perMs } : { requests: 1, perMs: perMs / requests };
}

function duration(
  value: string | number | null | undefined,
  path: ConfigPath,
  context: SourceContext,
): number | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "number") return value * 1_000;
  const isBareNumber = context.whole.has(formatConfigPath(path)) && /^\d+(?:\.\d+)?$/.test(value);
  const parsed = isBareNumber ? Number(value) * 1_000 : parseDurationMs(value);
  if (parsed === undefined) {
    context.issues.add(path, `\`${value}\` is not a duration`, {
      hint: "write 500ms, 30s, 5m, 2h, 3d, PT30S or a number of seconds",
    });
  }
  return parsed;
}

function byteSize(
  value: string | number | null | undefined,
  path: ConfigPath,
  context: SourceContext,
): number | undefined {
  if (value === null || value === undefined) return undefined;
  const bytes = typeof value === "number" ? value : parseByteSize(value);
  if (bytes === undefined || bytes < 1) {
    context.issues.add(path, `\`${String(value)}\` is not a size`, {
      hint: "write 64MiB, 1GiB or a number of bytes",
    });
  }
  return bytes;
}
