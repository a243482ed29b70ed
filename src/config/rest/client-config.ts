import type { RateLimitConfig, RestClientConfig, RetryConfig } from "../../model/rest-config.js";
import { originsOf, resolveAuth } from "./auth-config.js";
import { parseByteSize } from "../byte-size.js";
import { durationMs } from "../duration.js";
import type { FlatClient } from "./flat-keys.js";
import { given } from "../../shared/given.js";
import { resolveHeaders } from "./request-headers.js";
import { httpUrl } from "../http-url.js";
import type { ClientInput, RateInput } from "../schema/schema-client.js";
import type { KeyPlace, SourceContext } from "../source-context.js";
import { resolveTls } from "./tls-config.js";

const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** A client with all defaults filled in; `[runtime]` gives some of them (rule H1). */
export function resolveClient(values: FlatClient, at: KeyPlace, context: SourceContext): RestClientConfig {
  const { runtime } = context;
  const auth = values.auth ?? undefined;
  const baseUrl = values.base_url ?? undefined;
  if (baseUrl === undefined) context.issues.add(at("base_url"), "missing `base_url`");
  const resolvedAuth = auth === undefined ? undefined : resolveAuth(auth, at("auth"), context);
  const allowedOrigins = (values.allowed_origins ?? []).map((text) => httpUrl(text)?.origin ?? text);
  return {
    baseUrl: baseUrl ?? "",
    headers: resolveHeaders(values.headers),
    auth: resolvedAuth,
    timeoutMs: ifGiven(values.timeout, durationMs) ?? runtime.requestTimeoutMs ?? 30_000,
    retry: resolveRetry(values.retry, context),
    rateLimit: resolveRateLimit(values.rate_limit),
    // Rule H3: URLs named in `auth` make their origins allowed.
    allowedOrigins: [...new Set([...allowedOrigins, ...originsOf(resolvedAuth)])],
    redirects: values.redirects === false ? 0 : (values.redirects ?? 10),
    concurrency: values.concurrency ?? 4,
    ...resolveConnection(values, at, context),
    maxBodyBytes: ifGiven(values.max_body, byteSize) ?? GIB,
    ...given({ check: values.check && { path: values.check.path, expect: values.check.expect ?? {} } }),
    maxRecordBytes: ifGiven(values.max_record, byteSize) ?? 64 * MIB,
    ...given({ maxDepth: values.max_depth ?? undefined, maxColumns: values.max_columns ?? undefined }),
  };
}

function resolveRetry(retry: ClientInput["retry"], context: SourceContext): RetryConfig {
  const { runtime } = context;
  const factor = runtime.requestBackoffFactor ?? 1;
  return {
    attempts: retry?.attempts ?? runtime.requestMaxAttempts ?? 5,
    baseMs: ifGiven(retry?.base, durationMs) ?? factor * 1_000,
    maxWaitMs: ifGiven(retry?.max_wait, durationMs) ?? runtime.requestMaxRetryDelayMs ?? 300_000,
    statuses: retry?.statuses ?? [408, 429, "5xx"],
    ...given({ budgetMs: ifGiven(retry?.budget, durationMs) }),
  };
}

/** What is there only where it is configured. */
function resolveConnection(
  { circuit_breaker: circuit, tls, proxy, rewrite_links: rewriteLinks }: FlatClient,
  at: KeyPlace,
  context: SourceContext,
): Pick<RestClientConfig, "circuitBreaker" | "tls" | "proxy" | "rewriteLinks"> {
  const isCircuit = circuit !== undefined && circuit !== null && circuit !== false;
  const { failures, pause } = typeof circuit === "object" ? (circuit ?? {}) : {};
  if (typeof proxy === "string") hideCredentials(new URL(proxy), context);
  return given({
    circuitBreaker: isCircuit
      ? { failures: failures ?? 5, pauseMs: ifGiven(pause, durationMs) ?? 30_000 }
      : undefined,
    tls: ifGiven(tls, (input) => resolveTls(input, at("tls"), context)),
    proxy,
    rewriteLinks,
  });
}

function hideCredentials({ username, password }: URL, { redactor }: SourceContext): void {
  if (password === "") return;
  const [name, secret] = [username, password].map(decodeText);
  redactor.add(password);
  redactor.add(secret ?? "");
  redactor.add(`${name ?? ""}:${secret ?? ""}`);
}

function decodeText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Rate limits as so many requests in so much time. */
export function resolveRateLimit(limit: ClientInput["rate_limit"]): RateLimitConfig[] {
  if (limit === null || limit === undefined) return [];
  return (Array.isArray(limit) ? limit : [limit]).map(resolveRate);
}

function resolveRate(rate: number | RateInput): RateLimitConfig {
  // So many a second, evenly: a gap between two starts, never a burst.
  if (typeof rate === "number") return { requests: 1, perMs: 1_000 / rate };
  const { requests, per } = rate;
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
