const SHORTEST_MS = 60_000;

/** The stretch in which a body must bring 1 KiB (rule H2); a longer `timeout` is a longer patience. */
export function slowWindowMs(timeoutMs: number): number {
  return Math.max(SHORTEST_MS, timeoutMs);
}
