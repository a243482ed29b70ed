import { EXIT, type ExitCode } from "../shared/exit-codes.js";

/** One part of a run: a resource, or a source that failed as a whole. */
export interface Outcome {
  readonly exitCode: ExitCode;
  /** True if something of it is in the warehouse now. */
  readonly isCommitted: boolean;
}

/**
 * The exit code of several outcomes (rule R8): 0 if none failed; 3 if anything was committed and anything failed; else
 * the code that all failures share; else 1. Signals and `--timeout` are decided before this.
 */
export function decideExitCode(outcomes: readonly Outcome[]): ExitCode {
  const failures = outcomes.filter((outcome) => outcome.exitCode !== EXIT.ok);
  const first = failures[0];
  if (first === undefined) return EXIT.ok;
  if (outcomes.some((outcome) => outcome.isCommitted)) return EXIT.partial;
  return failures.every((failure) => failure.exitCode === first.exitCode) ? first.exitCode : EXIT.failed;
}
