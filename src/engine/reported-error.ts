import { EXIT, type ExitCode } from "../shared/exit-codes.js";
import { isDangoError } from "../shared/errors.js";
import type { Redactor } from "../shared/redact.js";
import type { ReportedError } from "../model/report.js";

/** An error with its exit code, in the form that reports carry; text is free of secrets. */
export interface Failure {
  readonly error: ReportedError;
  readonly exitCode: ExitCode;
  /** The stack, for errors that are dango's own bugs. */
  readonly stack?: string;
}

/** Describes any thrown value. What is not a DangoError is a bug of dango's: type `internal`, exit 1. */
export function describeFailure(thrown: unknown, redactor: Redactor): Failure {
  const clean = (text: string): string => redactor.redact(text);
  if (isDangoError(thrown)) {
    return {
      exitCode: thrown.exitCode,
      error: {
        ...redactFacts(thrown.context, clean),
        type: thrown.type,
        code: thrown.code,
        message: clean(thrown.message),
        ...(thrown.hint === undefined ? {} : { hint: clean(thrown.hint) }),
        ...(thrown.location === undefined ? {} : { location: thrown.location }),
      },
    };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  return {
    exitCode: EXIT.failed,
    error: { type: "internal", code: "DANGO_BUG", message: clean(message) },
    ...(stack === undefined ? {} : { stack: clean(stack) }),
  };
}

function redactFacts(
  facts: Readonly<Record<string, unknown>>,
  clean: (text: string) => string,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, typeof value === "string" ? clean(value) : value]),
  );
}
