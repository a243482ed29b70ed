import type { Body } from "../model/body.js";
import { BodyCollector } from "./body-collector.js";

/** What became of a body on its way in; errors of the connection are thrown as they come. */
export type ReadBody =
  | { readonly kind: "whole"; readonly body: Body }
  /** More than `maxBytes` came. */
  | { readonly kind: "too_large"; readonly body: Body }
  /** Less than 1 KiB within a window (rule H2). */
  | { readonly kind: "slow" };

/** How much of a body is read, and how slowly it may come. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** From `Content-Length`: saves copying. */
  readonly expectedBytes: number | undefined;
  /** Where a large body goes. */
  readonly directory: string;
  readonly slowWindowMs: number;
  readonly now: () => number;
}

const SLOWEST_BYTES = 1024;

/** Reads a body to its end, or up to a little more than `maxBytes`. Leaving early ends its connection. */
export async function readBody(chunks: AsyncIterable<Buffer>, limits: BodyLimits): Promise<ReadBody> {
  const collector = new BodyCollector(limits);
  let windowStartMs = limits.now();
  let windowBytes = 0;
  try {
    for await (const chunk of chunks) {
      const nowMs = limits.now();
      if (nowMs - windowStartMs >= limits.slowWindowMs) {
        if (windowBytes < SLOWEST_BYTES) {
          collector.discard();
          return { kind: "slow" };
        }
        windowStartMs = nowMs;
        windowBytes = 0;
      }
      windowBytes += chunk.length;
      await collector.add(chunk);
      if (collector.length > limits.maxBytes) return { kind: "too_large", body: await collector.finish() };
    }
    return { kind: "whole", body: await collector.finish() };
  } catch (error) {
    collector.discard();
    throw error;
  }
}
