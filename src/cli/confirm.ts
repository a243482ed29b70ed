import { createInterface } from "node:readline/promises";
import { UsageError } from "../shared/errors.js";
import type { CommandContext } from "./command-context.js";

/**
 * True if the user agrees: by `--yes`, or when asked. Only someone at a terminal is asked, and never where `CI` is set;
 * otherwise UsageError. `what` is what would be done, such as `drop the pipeline shop`.
 */
export async function confirm(
  { terminal, env }: Pick<CommandContext, "terminal" | "env">,
  { yes, what, signal }: { readonly yes: boolean; readonly what: string; readonly signal: AbortSignal },
): Promise<boolean> {
  if (yes) return true;
  const isCi = (env["CI"] ?? "") !== "";
  if (!process.stdin.isTTY || !terminal.isErrTty || isCi) {
    throw new UsageError(`to ${what}, the command must be told so; nothing was changed`, {
      hint: "add --yes",
    });
  }
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await reader.question(`${what}? [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    reader.close();
  }
}
