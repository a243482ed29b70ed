import type { RateLimitConfig, RestClientConfig, RetryConfig } from "../model/rest-config.js";
import { resolveAuth } from "./auth-config.js";
import { parseByteSize } from "./byte-size.js";
import { durationMs } from "./duration.js";
import type { FlatClient } from "./flat-keys.js";
import { httpUrl } from "./http-url.js";
import type { ClientInput, RateInput } from "./schema-client.js";
import type { KeyPlace, SourceContext } from "./source-context.js";

const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** A client with all defaults filled in; `[runtime]` gives some of them (rule H1). */
export function resolveClient(values: FlatClient, at: KeyPlace, context: SourceContext): RestClientConfig {
  const { runtime } = context;
  const auth = values.auth ?? undefined;
  const baseUrl = values.base_url ?? undefined;
  if (baseUrl === undefined) context.issues.add(at("base_url"), "missing `base_url`");
  return {
    baseUrl: baseUrl ?? "",
    headers: resolveHeaders(values.headers),
    auth: auth === undefined ? undefined : resolveAuth(auth, at("auth"), context),
    timeoutMs: ifGiven(values.timeout, durationMs) ?? runtime.requestTimeoutMs ?? 30_000,
    retry: resolveRetry(values.retry, context),
    rateLimit: resolveRateLimit(values.rate_limit),
    allowedOrigins: (values.allowed_origins ?? []).map((text) => httpUrl(text)?.origin ?? text),
    redirects: values.redirects ?? 10,
    concurrency: values.concurrency ?? 4,
    maxBodyBytes: ifGiven(values.max_body, byteSize) ?? GIB,
    maxRecordBytes: ifGiven(values.max_record, byteSize) ?? 64 * MIB,
  };
}

/** Header values as text; a null takes the header away. */
export function resolveHeaders(headers: ClientInput["headers"]): Record<string, string> {
  const given = Object.entries(headers ?? {}).filter(([, value]) => value !== null);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

function resolveRetry(retry: ClientInput["retry"], context: SourceContext): RetryConfig {
  const { runtime } = context;
  const factor = runtime.requestBackoffFactor ?? 1;
  return {
    attempts: retry?.attempts ?? runtime.requestMaxAttempts ?? 5,
    baseMs: ifGiven(retry?.base, durationMs) ?? factor * 1_000,
    maxWaitMs: ifGiven(retry?.max_wait, durationMs) ?? runtime.requestMaxRetryDelayMs ?? 300_000,
    statuses: retry?.statuses ?? [408, 429, "5xx"],
  };
}

function resolveRateLimit(limit: ClientInput["rate_limit"]): RateLimitConfig[] {
  if (limit === null || limit === undefined) return [];
  return (Array.isArray(limit) ? limit : [limit]).map(resolveRate);
}

function resolveRate(rate: number | RateInput): RateLimitConfig {
  const { requests, per } = typeof rate === "number" ? { requests: rate, per: undefined } : rate;
  const perMs = ifGiven(per, durationMs) ?? 1_000;
  // A fraction of a request cannot be counted: one request in accordingly more time is the same rate.
  return Number.isInteger(requests) ? { requests, perMs } : { requests: 1, perMs: perMs / requests };
}

function byteSize(value: string | number): number {
  return typeof value === "number" ? value : (parseByteSize(value) ?? 0);
}

function ifGiven<Value, Result>(
  value: Value | null | undefined,
  convert: (value: Value) => Result,
): Result | undefined {
  return value === null || value === undefined ? undefined : convert(value);
}
