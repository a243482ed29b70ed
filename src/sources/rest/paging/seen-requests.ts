import { createHash } from "node:crypto";
import { encodeBody } from "../requests/encode-body.js";
import type { RequestParts } from "../requests/request-parts.js";

/** The requests of one chain, to find one that comes again (rule P5). Its memory is bounded. */
export interface SeenRequests {
  /** Notes a request; true if the chain made it before. */
  has(request: RequestParts): boolean;
}

/**
 * Remembers the last `most` requests exactly. Longer cycles are found by comparing with one request that is set
 * anew at every power of two: the chain meets it again after one round at most.
 */
export function createSeenRequests(most = 100_000): SeenRequests {
  const recent = new Set<string>();
  let count = 0;
  let nextMark = 1;
  let marked = "";
  return {
    has(request) {
      const key = identify(request);
      if (recent.has(key) || key === marked) return true;
      recent.add(key);
      const oldest = recent.size > most ? recent.values().next().value : undefined;
      if (oldest !== undefined) recent.delete(oldest);
      count += 1;
      if (count === nextMark) {
        marked = key;
        nextMark *= 2;
      }
      return false;
    },
  };
}

function identify(request: RequestParts): string {
  const { method, url, headers } = request;
  const text = [method, url.href, JSON.stringify(headers), encodeBody(request) ?? ""].join("\n");
  return createHash("sha1").update(text).digest("base64");
}
