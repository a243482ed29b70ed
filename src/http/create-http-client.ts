import { tmpdir } from "node:os";
import type { RestClientConfig } from "../model/rest-config.js";
import type { Clock } from "../shared/async.js";
import { ConfigError } from "../shared/errors.js";
import type { Redactor } from "../shared/redact.js";
import { createAuthHost, type AuthHost } from "./auth/auth-host.js";
import { createAuthenticator } from "./auth/create-authenticator.js";
import { listCredentials } from "./auth/list-credentials.js";
import type { HttpClient } from "./client.js";
import { mergeHeaders } from "./merge-headers.js";
import { isHttp } from "./origin.js";
import { createUrlRedactor } from "./redact-url.js";
import { createRequestSlots } from "./limits/request-slots.js";
import { sendWithRetries, type SendParts } from "./send-with-retries.js";
import { createTraffic, type Traffic } from "./limits/traffic.js";
import { warnOfRisks } from "./warn-of-risks.js";

/** What a client takes from its surroundings. */
export interface HttpClientDependencies {
  readonly clock: Clock;
  /** In [0, 1): spreads the waits between attempts. */
  readonly random: () => number;
  readonly redactor: Redactor;
  /** `dango/<version>`; a configured User-Agent replaces it. */
  readonly userAgent: string;
  /** Where bodies go that are too large to be held (rule B2). Without it, where the system keeps temporary files. */
  readonly directory?: string;
  /** What the clients of one source share. Without it, a client is on its own. */
  readonly traffic?: Traffic;
  /** The tokens of those clients. Without it, a client has its own. */
  readonly auth?: AuthHost;
}

/** A credential written into a file as it stands may be a plain word; shorter ones are left to the configuration. */
const SHORTEST_CREDENTIAL = 8;

/**
 * Makes a client of one API. Opens no connection before the first request; close it when done. Throws ConfigError
 * for a base URL that is none.
 */
export function createHttpClient(config: RestClientConfig, dependencies: HttpClientDependencies): HttpClient {
  assertBaseUrl(config.baseUrl);
  const {
    clock,
    random,
    redactor,
    userAgent,
    directory = tmpdir(),
    traffic = createTraffic({ clock }),
  } = dependencies;
  for (const credential of config.auth === undefined ? [] : listCredentials(config.auth)) {
    if (credential.length >= SHORTEST_CREDENTIAL) redactor.add(credential);
  }
  const defaults = {
    Accept: "application/json",
    "Accept-Encoding": "gzip, br, deflate",
    "User-Agent": userAgent,
  };
  const bare: SendParts = {
    // A token is asked for in the middle of a request that has passed the circuit already.
    config: { ...config, circuitBreaker: undefined },
    clock,
    random,
    redactor,
    authenticator: undefined,
    directory,
    transport: traffic.openTransport({ timeoutMs: config.timeoutMs, tls: config.tls, proxy: config.proxy }),
    traffic,
    baseHeaders: defaults,
    redactUrl: createUrlRedactor(redactor),
  };
  const parts = withAuthenticator(config, bare, dependencies.auth ?? createAuthHost());
  return {
    send(request, context) {
      warnOfRisks(request, context, parts);
      return sendWithRetries(request, context, parts);
    },
    slots: createRequestSlots(config.concurrency),
    redactUrl: parts.redactUrl,
    async close() {
      // A refresh token that the server has replaced is written down before the connection goes.
      await parts.authenticator?.settle?.();
      await parts.transport.close();
    },
  };
}

/** Requests for tokens get neither auth nor the client's own headers, all others both. */
function withAuthenticator(config: RestClientConfig, bare: SendParts, host: AuthHost): SendParts {
  const { clock, redactor, redactUrl } = bare;
  const { auth, baseUrl, headers } = config;
  const send: HttpClient["send"] = (request, context) => sendWithRetries(request, context, bare);
  const requester = { send, baseUrl, headers, redactor, redactUrl };
  const authenticator =
    auth === undefined ? undefined : createAuthenticator(auth, { host, clock, requester });
  return {
    ...bare,
    config,
    authenticator,
    baseHeaders: mergeHeaders(bare.baseHeaders, headers),
    redactUrl: createUrlRedactor(redactor, authenticator?.secretParameters),
  };
}

function assertBaseUrl(baseUrl: string): void {
  if (URL.canParse(baseUrl) && isHttp(new URL(baseUrl))) return;
  throw new ConfigError([
    {
      message: "base_url is not an http or https URL",
      hint: "Write it in full, such as https://api.example.com/v1.",
    },
  ]);
}
