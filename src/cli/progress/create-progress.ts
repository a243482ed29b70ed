import { systemClock } from "../../shared/async.js";
import type { CommandContext } from "../command-context.js";
import type { Verbosity } from "./describe-event.js";
import { createLineProgress } from "./lines.js";
import { createJsonProgress } from "./json-lines.js";
import type { ProgressKind, ProgressSubscriber } from "./subscriber.js";

/** Chooses by `--progress`, `--quiet` and whether stderr is a terminal. `verbosity` is read at each event. */
export async function createProgress(
  { terminal, env }: CommandContext,
  flags: { readonly progress: ProgressKind; readonly quiet: boolean },
  verbosity: Verbosity,
): Promise<ProgressSubscriber> {
  const write = (line: string): void => {
    terminal.err(line);
  };
  const automatic = terminal.isErrTty && env["TERM"] !== "dumb" ? "bar" : "log";
  const kind = flags.progress === "auto" ? automatic : flags.progress;
  if (kind === "json") return createJsonProgress(write, () => systemClock.now());
  if (kind === "none" || flags.quiet) return silent;
  if (kind === "log") return createLineProgress(write, () => systemClock.now(), verbosity);
  const { createBarProgress } = await import("./bars.js");
  return createBarProgress(process.stderr, verbosity);
}

const silent: ProgressSubscriber = {
  onEvent() {
    // Nothing is shown.
  },
  onEnd() {
    // Nothing is shown.
  },
};
