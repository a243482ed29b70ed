import { join } from "node:path";
import type { RestClientConfig } from "../../model/rest-config.js";
import type { Clock } from "../../shared/async.js";
import { createCircuit, type Circuit } from "./circuit.js";
import { createBudgetFile } from "./rate-budget.js";
import { createRateLimiter, type RateLimiter } from "./rate-limiter.js";
import { createSemaphore, type Semaphore } from "./semaphore.js";
import { createTransport, type Transport, type TransportSettings } from "../transport.js";

/**
 * What all clients of one source share in a run: connections, rate limits, circuits, places for requests under way,
 * and what was said once.
 */
export interface Traffic {
  readonly limiter: RateLimiter;
  circuitOf(origin: string): Circuit;
  /** The places that a request of `resource` needs, in the order in which to take them. */
  placesOf(config: RestClientConfig, resource: string): readonly Semaphore[];
  /** Clients with equal settings share connections; they end when the last one is closed. */
  openTransport(settings: TransportSettings): Transport;
  /** True when asked for the first time with this key. */
  isNew(key: string): boolean;
  /** Milliseconds that each resource spent waiting between attempts. */
  readonly retryWaits: Map<string, number>;
}

/** What a source's traffic takes from its surroundings. */
export interface TrafficOptions {
  readonly clock: Clock;
  /** The pipeline's own folder, where limits over an hour or more are counted; undefined: only for this process. */
  readonly directory?: string | undefined;
}

/** The traffic of one source in one run. Holds nothing that needs closing but the transports of its clients. */
export function createTraffic({ clock, directory }: TrafficOptions): Traffic {
  const circuits = new Map<string, Circuit>();
  const places = new Map<string, Semaphore>();
  const said = new Set<string>();
  const openBudget =
    directory === undefined ? undefined : createBudgetFile(join(directory, "rate-limits.json"));
  const place = (key: string, limit: number): Semaphore =>
    getOrMake(places, `${key} ${String(limit)}`, () => createSemaphore(limit));
  return {
    limiter: createRateLimiter({ clock, openBudget }),
    circuitOf: (origin) => getOrMake(circuits, origin, () => createCircuit(clock)),
    placesOf({ baseUrl, concurrency, sourceConcurrency = concurrency }, resource) {
      const shared = place(baseUrl, sourceConcurrency);
      if (concurrency === sourceConcurrency) return [shared];
      const own = place(`${baseUrl} ${resource}`, concurrency);
      // A bound of its own that is higher than the source's would mean nothing within it.
      return concurrency < sourceConcurrency ? [own, shared] : [own];
    },
    openTransport: createTransportPool(),
    isNew(key) {
      if (said.has(key)) return false;
      said.add(key);
      return true;
    },
    retryWaits: new Map(),
  };
}

function createTransportPool(): Traffic["openTransport"] {
  const open = new Map<string, { readonly transport: Transport; users: number }>();
  return (settings) => {
    const key = JSON.stringify(settings);
    const entry = getOrMake(open, key, () => ({ transport: createTransport(settings), users: 0 }));
    entry.users += 1;
    let isClosed = false;
    return {
      send: (request, options) => entry.transport.send(request, options),
      async close() {
        if (isClosed) return;
        isClosed = true;
        entry.users -= 1;
        if (entry.users > 0) return;
        open.delete(key);
        await entry.transport.close();
      },
    };
  };
}

function getOrMake<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
