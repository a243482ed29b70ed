import { wholeBody, type Body } from "../model/body.js";
import { isDangoError } from "../shared/errors.js";
import { TemporaryFile } from "../shared/temporary-file.js";
import { decodeBody } from "./decode-body.js";
import { readHeader } from "./merge-headers.js";
import { classifyNetworkError, type NetworkFault } from "./network-fault.js";
import { readBody } from "./read-body.js";
import type { WireAnswer } from "./transport.js";

/** A body read and decoded, or why not. */
export type ReceivedBody =
  | { readonly kind: "received"; readonly body: Body }
  | { readonly kind: "fault"; readonly fault: NetworkFault }
  | { readonly kind: "too_large" }
  | { readonly kind: "unsupported"; readonly encoding: string };

/** Limits of one body; see `BodyLimits`. */
export interface ReceiveLimits {
  readonly maxBytes: number;
  /** A longer body is cut there instead of refused. */
  readonly isCutAtMax: boolean;
  /** Where a large body goes. */
  readonly directory: string;
  readonly slowWindowMs: number;
  readonly now: () => number;
}

/**
 * Reads a body to its end and undoes its encodings. Throws nothing but a WarehouseError of type `disk`, where there is
 * no room for a large one.
 */
export async function receiveBody(answer: WireAnswer, limits: ReceiveLimits): Promise<ReceivedBody> {
  try {
    const read = await readBody(answer.body, { ...limits, expectedBytes: readLength(answer) });
    if (read.kind === "slow") return fault("slow_body");
    let { body } = read;
    if (read.kind === "too_large") {
      if (!limits.isCutAtMax) {
        if (body instanceof TemporaryFile) body.close();
        return { kind: "too_large" };
      }
      body = wholeBody(body).subarray(0, limits.maxBytes);
    }
    const decoded = await decodeBody(body, readHeader(answer.headers, "content-encoding"), limits);
    switch (decoded.kind) {
      case "decoded":
        return { kind: "received", body: decoded.body };
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
    if (isDangoError(error)) throw error;
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
