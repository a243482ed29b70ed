import type { CircuitConfig } from "../../model/rest-config.js";
import type { Clock } from "../../shared/async.js";

/** How an origin has been doing, over all requests of a source. */
export interface Circuit {
  /**
   * Asks to send. While the circuit is open, waits for its end if `patienceMs` allows; then one request at a time
   * is let through as a probe, and the others wait for what it comes to.
   */
  admit(request: CircuitRequest): Promise<CircuitAnswer>;
  /** Milliseconds for which nothing is sent; 0: the circuit is closed, or the next request may probe. */
  openForMs(config: CircuitConfig | undefined): number;
  /** Failures in a row. */
  failures(): number;
}

/** A request that asks to be sent. */
export interface CircuitRequest {
  readonly config: CircuitConfig | undefined;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/** `report` must be called with what the attempt came to; undefined: it says nothing about the origin. */
export type CircuitAnswer =
  | { readonly kind: "go"; readonly report: (isWell: boolean | undefined) => void }
  | { readonly kind: "open"; readonly openForMs: number };

/** The circuit of one origin, closed. */
export function createCircuit(clock: Clock): Circuit {
  let failures = 0;
  let lastFailureMs = 0;
  let probe: { readonly over: Promise<void> } | undefined;

  function openForMs(config: CircuitConfig | undefined): number {
    if (config === undefined || failures < config.failures) return 0;
    return Math.max(0, lastFailureMs + config.pauseMs - clock.now());
  }

  function note(isWell: boolean | undefined): void {
    if (isWell === undefined) return;
    failures = isWell ? 0 : failures + 1;
    if (!isWell) lastFailureMs = clock.now();
  }

  function startProbe(): CircuitAnswer {
    let end: () => void = () => undefined;
    const own = { over: new Promise<void>((resolve) => (end = resolve)) };
    probe = own;
    return {
      kind: "go",
      report(isWell) {
        note(isWell);
        if (probe === own) probe = undefined;
        end();
      },
    };
  }

  return {
    async admit({ config, patienceMs, signal }) {
      let leftMs = patienceMs;
      for (;;) {
        signal.throwIfAborted();
        if (config === undefined || failures < config.failures) return { kind: "go", report: note };
        const waitMs = openForMs(config);
        if (waitMs > leftMs) return { kind: "open", openForMs: waitMs };
        if (waitMs > 0) {
          leftMs -= waitMs;
          await clock.sleep(waitMs, signal);
        } else if (probe === undefined) return startProbe();
        else await probe.over;
      }
    },
    openForMs,
    failures: () => failures,
  };
}
