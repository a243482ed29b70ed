/** Runs `work` with a signal that aborts `graceMs` after `signal` does. */
export async function withGrace<T>(
  signal: AbortSignal,
  graceMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const later = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const abort = (): void => {
    timer = setTimeout(() => {
      later.abort(signal.reason);
    }, graceMs);
  };
  signal.addEventListener("abort", abort, { once: true });
  try {
    signal.throwIfAborted();
    return await work(later.signal);
  } finally {
    signal.removeEventListener("abort", abort);
    clearTimeout(timer);
  }
}
