import { createInterface } from "node:readline/promises";
import { EXIT } from "../shared/exit-codes.js";
import { UsageError } from "../shared/errors.js";
import type { CommandContext } from "./command-context.js";
import { interruptedBy } from "./interruption.js";

/** What to ask, and where; by default at the process's own terminal. */
export interface Question {
  /** `--yes` was given. */
  readonly yes: boolean;
  /** What would be done, such as `drop the pipeline shop`. */
  readonly what: string;
  readonly signal: AbortSignal;
  readonly input?: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output?: NodeJS.WritableStream;
}

/**
 * True if the user agrees: by `--yes`, or when asked. Only someone at a terminal is asked, and never where `CI` is set;
 * otherwise UsageError. Ctrl-C while it asks is an InterruptedError, Ctrl-D is a no.
 */
export async function confirm(
  { terminal, env }: Pick<CommandContext, "terminal" | "env">,
  { yes, what, signal, input = process.stdin, output = process.stderr }: Question,
): Promise<boolean> {
  if (yes) return true;
  const isCi = (env["CI"] ?? "") !== "";
  if (input.isTTY !== true || !terminal.isErrTty || isCi) {
    throw new UsageError(`to ${what}, the command must be told so; nothing was changed`, {
      hint: "add --yes",
    });
  }
  const reader = createInterface({ input, output, terminal: true });
  // The reader takes Ctrl-C for itself: the process gets no signal.
  const pressed = new AbortController();
  reader.on("SIGINT", () => {
    pressed.abort(interruptedBy("SIGINT", EXIT.interrupted));
  });
  const ended = AbortSignal.any([signal, pressed.signal]);
  try {
    const answer = await reader.question(`${what}? [y/N] `, { signal: ended });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    ended.throwIfAborted();
    if (!(error instanceof Error) || error.name !== "AbortError") throw error;
    output.write("\n");
    return false;
  } finally {
    reader.close();
  }
}
