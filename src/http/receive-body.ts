import { decodeBody } from "./decode-body.js";
import { readHeader } from "./merge-headers.js";
import { classifyNetworkError, type NetworkFault } from "./network-fault.js";
import { readBody } from "./read-body.js";
import type { WireAnswer } from "./transport.js";

/** A body read and decoded, or why not. */
export type ReceivedBody =
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | { readonly kind: "fault"; readonly fault: NetworkFault }
  | { readonly kind: "too_large" }
  | { readonly kind: "unsupported"; readonly encoding: string };

/** Limits of one body; see `BodyLimits`. */
export interface ReceiveLimits {
  readonly maxBytes: number;
  /** A longer body is cut there instead of refused. */
  readonly isCutAtMax: boolean;
  readonly slowWindowMs: number;
  readonly now: () => number;
}

/** Reads a body to its end and undoes its encodings; never throws. */
export async function receiveBody(answer: WireAnswer, limits: ReceiveLimits): Promise<ReceivedBody> {
  try {
    const read = await readBody(answer.body, { ...limits, expectedBytes: readLength(answer) });
    if (read.kind === "slow") return fault("slow_body");
    if (read.kind === "too_large" && !limits.isCutAtMax) return { kind: "too_large" };
    const encoding = readHeader(answer.headers, "content-encoding");
    const decoded = await decodeBody(read.bytes, encoding, limits.maxBytes);
    switch (decoded.kind) {
      case "decoded":
        return { kind: "bytes", bytes: decoded.bytes };
      case "cut_short":
        return fault("cut_short");
      case "corrupt":
        return fault("corrupt_body", decoded.encoding);
      case "too_large":
      case "unsupported":
        return decoded;
      default:
        return decoded satisfies never;
    }
  } catch (error) {
    return { kind: "fault", fault: classifyNetworkError(error, "body") };
  }
}

function fault(kind: NetworkFault["kind"], detail = ""): ReceivedBody {
  return { kind: "fault", fault: { kind, detail } };
}

function readLength(answer: WireAnswer): number | undefined {
  const text = readHeader(answer.headers, "content-length");
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
