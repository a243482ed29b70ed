import { createAuthHost } from "../../http/auth/auth-host.js";
import { createHttpClient } from "../../http/create-http-client.js";
import { createTraffic } from "../../http/limits/traffic.js";
import type { HttpClient, HttpContext } from "../../http/client.js";
import { systemClock } from "../../shared/async.js";
import { UserCodeError } from "../../shared/errors.js";
import { createRedactor } from "../../shared/redact.js";
import { readVersion } from "../../shared/version.js";
import type { ClientDefaults } from "./client-config.js";
import { currentScope, type ModuleHost, type ReadingScope } from "./run-scope.js";

/** What one request of a `RestClient` runs in. */
export interface RequestScope {
  readonly client: HttpClient;
  readonly context: HttpContext;
  /** For messages: `my_api.orders`. */
  readonly name: string;
  /** Undefined outside of a run: nothing is counted or stopped there. */
  readonly reading: ReadingScope | undefined;
}

let standalone: ModuleHost | undefined;

/**
 * The scope for a request of `owner`, with its HTTP client: the run's while a resource is read, one of its own in a
 * program that uses a `RestClient` by itself. Throws UserCodeError while a source is loaded or built.
 */
export function openRequestScope(owner: object, settings: ClientDefaults): RequestScope {
  const scope = currentScope();
  if (scope !== undefined && scope.reading === undefined) {
    throw new UserCodeError("A request was made while the source is being built", "load", {
      hint: "Make requests inside of a resource's generator, so that nothing is requested before everything is checked.",
    });
  }
  const host = scope?.host ?? (standalone ??= createStandaloneHost());
  const reading = scope?.reading;
  return {
    client: clientOf(host, owner, settings),
    context: {
      source: host.source,
      resource: reading?.resource ?? "",
      signal: reading?.signal ?? new AbortController().signal,
      emit: reading?.emit ?? (() => undefined),
    },
    name: [host.source, reading?.resource].filter((part) => part !== undefined && part !== "").join("."),
    reading,
  };
}

function clientOf(host: ModuleHost, owner: object, { http, functions }: ClientDefaults): HttpClient {
  const known = host.clients.get(owner);
  if (known !== undefined) return known;
  const client = createHttpClient(http, { ...host, auth: { ...host.auth, functions } });
  host.clients.set(owner, client);
  return client;
}

function createStandaloneHost(): ModuleHost {
  return {
    source: "",
    root: undefined,
    runtime: { logLevel: "WARNING" },
    redactor: createRedactor(),
    clock: systemClock,
    random: Math.random,
    userAgent: `dango/${readVersion()}`,
    traffic: createTraffic({ clock: systemClock }),
    auth: createAuthHost(),
    clients: new Map(),
  };
}
