import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "./pages.js";

/** A fault that the sample API commits instead of answering, or while answering. */
export interface Fault {
  /** Only for paths that start so; default all. */
  readonly path?: string;
  /** How many requests it hits before it is used up. Default 1. */
  readonly times?: number;
  /** So many matching requests pass unharmed first. Default 0. */
  readonly after?: number;
  /** `truncated` declares the whole length, sends half and hangs up; `hang` never answers. */
  readonly kind:
    "429" | "500" | "503" | "401" | "403" | "404" | "html" | "slow" | "truncated" | "reset" | "hang";
  /** Sent as `Retry-After`. */
  readonly retryAfter?: string;
  /** For `slow`: milliseconds before the answer. Default 200. */
  readonly delayMs?: number;
}

/** The faults still to come, in the order given. */
export interface FaultQueue {
  add(fault: Fault): void;
  /** The fault that hits a request for `path`, used up by one. */
  take(path: string): Fault | undefined;
}

/** Creates an empty queue. */
export function createFaultQueue(): FaultQueue {
  const waiting: { fault: Fault; left: number; toPass: number }[] = [];
  return {
    add(fault) {
      waiting.push({ fault, left: fault.times ?? 1, toPass: fault.after ?? 0 });
    },
    take(path) {
      const entry = waiting.find(({ fault, left }) => left > 0 && path.startsWith(fault.path ?? "/"));
      if (entry === undefined) return undefined;
      if (entry.toPass > 0) {
        entry.toPass -= 1;
        return undefined;
      }
      entry.left -= 1;
      return entry.fault;
    },
  };
}

/** Carries a fault out. Resolves to true when the request is dealt with, false when the answer is still to be sent. */
export async function commitFault(fault: Fault, page: Page, response: ServerResponse): Promise<boolean> {
  const headers = fault.retryAfter === undefined ? {} : { "retry-after": fault.retryAfter };
  switch (fault.kind) {
    case "slow":
      await delay(fault.delayMs ?? 200);
      return false;
    case "hang":
      return true;
    case "reset":
      response.destroy();
      return true;
    case "html":
      response
        .writeHead(200, { "content-type": "text/html" })
        .end("<html><body>Down for maintenance</body></html>");
      return true;
    case "truncated": {
      const bytes = Buffer.from(page.body);
      response.writeHead(200, { "content-type": "application/json", "content-length": bytes.length });
      response.write(bytes.subarray(0, bytes.length >> 1));
      await delay(20);
      response.destroy();
      return true;
    }
    default:
      response
        .writeHead(Number(fault.kind), { "content-type": "application/json", ...headers })
        .end(JSON.stringify({ error: { code: Number(fault.kind), message: `injected ${fault.kind}` } }));
      return true;
  }
}
