import { EXIT, type ExitCode } from "../shared/exit-codes.js";
import { InterruptedError } from "../shared/errors.js";

/** Turns SIGINT and SIGTERM into an abort signal; a second one ends the process at once. */
export interface Interruption extends Disposable {
  readonly signal: AbortSignal;
}

/** Listens until disposed. The signal's reason is an InterruptedError with exit code 130 or 143. */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  const listeners = [
    listen("SIGINT", EXIT.interrupted, controller),
    listen("SIGTERM", EXIT.terminated, controller),
  ];
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const stop of listeners) stop();
    },
  };
}

/** The error that ends a command when a signal of that name came. */
export function interruptedBy(name: NodeJS.Signals, exitCode: ExitCode): InterruptedError {
  return new InterruptedError(`interrupted by ${name}`, exitCode, {
    hint: "nothing more was committed; it is safe to run the same command again",
  });
}

function listen(name: NodeJS.Signals, exitCode: ExitCode, controller: AbortController): () => void {
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(exitCode);
    controller.abort(interruptedBy(name, exitCode));
  };
  process.on(name, onSignal);
  return () => {
    process.off(name, onSignal);
  };
}
