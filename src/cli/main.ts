import { CommanderError } from "commander";
import { EXIT, type ExitCode } from "../shared/exit-codes.js";
import { isDangoError } from "../shared/errors.js";
import { buildProgram } from "./program.js";
import { processTerminal } from "./terminal.js";

/**
 * Runs one command line and resolves to its exit code. The only place that turns errors into text; nothing below it
 * ends the process.
 */
export async function main(args: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const terminal = processTerminal(process.env, args.includes("--no-color"));
  const program = buildProgram((code) => {
    exitCode = code;
  }, terminal);
  try {
    await program.parseAsync(verbBeforeName(args), { from: "user" });
    return exitCode;
  } catch (error) {
    // Help and version end here too, with exit code 0; commander has already said what is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { renderThrown } = await import("./render-error.js");
    terminal.err(renderThrown(error, terminal.errColor));
    return isDangoError(error) ? error.exitCode : EXIT.failed;
  }
}

const PIPELINE_VERBS = ["list", "show", "trace", "schema", "runs", "state", "drop", "adopt"];

/** `dango pipeline NAME show` is accepted for `dango pipeline show NAME` (contract §4). */
function verbBeforeName(args: readonly string[]): string[] {
  const at = args.indexOf("pipeline");
  const [name, verb] = [args[at + 1], args[at + 2]];
  if (at < 0 || name === undefined || verb === undefined) return [...args];
  if (!PIPELINE_VERBS.includes(verb) || PIPELINE_VERBS.includes(name) || name.startsWith("-"))
    return [...args];
  return [...args.slice(0, at + 1), verb, name, ...args.slice(at + 3)];
}
