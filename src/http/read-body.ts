/** What became of a body on its way in; errors of the connection are thrown as they come. */
export type ReadBody =
  | { readonly kind: "whole"; readonly bytes: Buffer }
  /** More than `maxBytes` came; `bytes` holds the first of them. */
  | { readonly kind: "too_large"; readonly bytes: Buffer }
  /** Less than 1 KiB within a window (rule H2). */
  | { readonly kind: "slow" };

/** How much of a body is read, and how slowly it may come. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** From `Content-Length`: saves copying. */
  readonly expectedBytes: number | undefined;
  readonly slowWindowMs: number;
  readonly now: () => number;
}

const SLOWEST_BYTES = 1024;

/** Reads a body into one buffer. Leaving early ends its connection. */
export async function readBody(chunks: AsyncIterable<Buffer>, limits: BodyLimits): Promise<ReadBody> {
  const collector = createCollector(limits);
  let windowStartMs = limits.now();
  let windowBytes = 0;
  for await (const chunk of chunks) {
    const nowMs = limits.now();
    if (nowMs - windowStartMs >= limits.slowWindowMs) {
      if (windowBytes < SLOWEST_BYTES) return { kind: "slow" };
      windowStartMs = nowMs;
      windowBytes = 0;
    }
    windowBytes += chunk.length;
    collector.add(chunk);
    if (collector.length() > limits.maxBytes) {
      return { kind: "too_large", bytes: collector.finish().subarray(0, limits.maxBytes) };
    }
  }
  return { kind: "whole", bytes: collector.finish() };
}

interface Collector {
  add(chunk: Buffer): void;
  length(): number;
  finish(): Buffer;
}

/** With a known length bytes go straight to their place, so that a large body is never held twice. */
function createCollector({ expectedBytes, maxBytes }: BodyLimits): Collector {
  const target =
    expectedBytes !== undefined && expectedBytes <= maxBytes
      ? Buffer.allocUnsafeSlow(expectedBytes)
      : undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  return {
    add(chunk) {
      if (target === undefined) chunks.push(chunk);
      else chunk.copy(target, length);
      length += chunk.length;
    },
    length: () => length,
    finish: () => target?.subarray(0, length) ?? Buffer.concat(chunks, length),
  };
}
