/** Lets promises pass until a signal aborts. */
export interface AbortGate extends Disposable {
  /** Settles as `work` does, but rejects with the signal's reason as soon as that aborts, however long `work` takes. */
  pass<T>(work: T | PromiseLike<T>): Promise<Awaited<T>>;
}

/** One gate for many promises, one after the other: it listens to the signal once, until it is disposed of. */
export function openAbortGate(signal: AbortSignal): AbortGate {
  let rejectWaiting: ((reason: unknown) => void) | undefined;
  const onAbort = (): void => {
    rejectWaiting?.(signal.reason);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  return {
    async pass<T>(work: T | PromiseLike<T>): Promise<Awaited<T>> {
      signal.throwIfAborted();
      return new Promise<Awaited<T>>((resolve, reject) => {
        rejectWaiting = reject;
        Promise.resolve(work).then(resolve, reject);
      });
    },
    [Symbol.dispose]() {
      signal.removeEventListener("abort", onAbort);
    },
  };
}
