import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import type { ExitCode } from "../shared/exit-codes.js";
import { readVersion } from "../shared/version.js";
import { collect, flag, parseCount } from "./command-options.js";
import { DangoCommand } from "./dango-command.js";
import type { GlobalFlags } from "./command-context.js";
import { addPipeline, type Run } from "./pipeline-commands.js";
import type { CheckFlags } from "./commands/check.js";
import type { PreviewFlags } from "./commands/preview.js";
import type { SqlFlags } from "./commands/sql.js";
import type { SyncFlags } from "./commands/sync.js";
import { PROGRESS_KINDS } from "./progress/subscriber.js";
import { processTerminal, type Terminal } from "./terminal.js";

/**
 * The command line of dango. Commands load their work when they run, so that `--version` and `--help` stay quick.
 * `reportExit` is given the exit code of the command that ran.
 */
export function buildProgram(
  reportExit: (code: ExitCode) => void,
  terminal: Terminal = processTerminal(process.env, false),
): Command {
  const run: Run = async (command, action) => {
    const flags: GlobalFlags = command.optsWithGlobals();
    reportExit(await action({ flags, env: process.env, cwd: process.cwd(), terminal }));
  };
  const program = new DangoCommand("dango")
    .description("Read APIs and load them into DuckDB.")
    .version(readVersion(), "-V, --version")
    .option("--project <dir>", "the project's folder; default: found by walking up")
    .option("--env <name>", "overlay .dlt/NAME.secrets.toml and .dlt/NAME.config.toml")
    .option("--no-color", "no colours (NO_COLOR, FORCE_COLOR and TERM=dumb are honoured too)");
  addProjectCommands(program, run);
  addProbes(program, run);
  addSync(program, run);
  addPipeline(program, run);
  addSql(program, run);
  handleErrors(program, "dango");
  return program;
}

/** Usage errors are thrown, and say what to do next. `path` is what leads to the command. */
function handleErrors(command: Command, path: string): void {
  command
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError(`  hint: \`${path} --help\` tells what it takes`);
  for (const child of command.commands) handleErrors(child, `${path} ${child.name()}`);
}

function addProjectCommands(program: Command, run: Run): void {
  program
    .command("init")
    .description("make a project: example sources, secrets file, .gitignore; existing files are left alone")
    .argument("[dir]", "where", ".")
    .action(async (directory: string, _options, command: Command) => {
      const { initCommand } = await import("./commands/init.js");
      await run(command, (context) => initCommand(context, { directory }));
    });
  program
    .command("demo")
    .description(
      "a complete run without network: sample API, a declarative and a TypeScript source, what landed",
    )
    .argument("[dir]", "project folder; default: this project if it is the demo's, else ./dango-demo")
    .option("--serve", "only serve the sample API until interrupted", false)
    .addOption(
      new Option(
        "--port <port>",
        "port of the sample API; 0: any free one; default: 0, with --serve 8787",
      ).argParser(parsePort),
    )
    .action(
      async (directory: string | undefined, options: { serve: boolean; port?: number }, command: Command) => {
        const { demoCommand } = await import("./commands/demo.js");
        await run(command, (context) =>
          demoCommand(context, { ...options, ...(directory === undefined ? {} : { directory }) }),
        );
      },
    );
  program
    .command("validate")
    .description("check the whole configuration, offline; every error at once")
    .option("--json", "one JSON document on stdout", false)
    .action(async (options: { json: boolean }, command: Command) => {
      const { validateCommand } = await import("./commands/validate.js");
      await run(command, (context) => validateCommand(context, options));
    });
}

/** Commands that ask the APIs and load nothing. */
function addProbes(program: Command, run: Run): void {
  program
    .command("check")
    .description("ask each API for a first page, and whether the warehouse can be written; loads nothing")
    .argument("[source...]", "names of sources; default: all enabled ones")
    .addOption(flag("--all", "all enabled sources, as without a name"))
    .addOption(flag("--json", "one JSON document on stdout"))
    .action(async (names: string[], options: CheckFlags, command: Command) => {
      const { checkCommand } = await import("./commands/check.js");
      await run(command, (context) => checkCommand(context, { ...options, names }));
    });
  program
    .command("preview")
    .description(
      "the first records, how they were asked for and what a sync would make of them; loads nothing",
    )
    .argument("<source[.resource]>", "a source, or one resource of it")
    .addOption(
      new Option("--limit <records>", "records of each resource to show").argParser(parseCount).default(10),
    )
    .addOption(flag("--json", "one JSON document on stdout"))
    .action(async (target: string, options: PreviewFlags, command: Command) => {
      const { previewCommand } = await import("./commands/preview.js");
      await run(command, (context) => previewCommand(context, { ...options, target }));
    });
}

function addSync(program: Command, run: Run): void {
  program
    .command("sync")
    .description("read sources and load them, each in one transaction; without a name all enabled ones")
    .argument("[source...]", "names of sources")
    .addOption(
      new Option("--source <name>", "same as the argument; repeatable").argParser(collect).default([]),
    )
    .addOption(
      new Option("--resource <name>", "only this resource; repeatable").argParser(collect).default([]),
    )
    .addOption(
      flag("--full-refresh", "forget the state and rebuild the tables, inside the run's transaction"),
    )
    .addOption(
      new Option(
        "--limit <rows>",
        "rows a resource, into the dataset <dataset>_limited; state is not moved",
      ).argParser(parseCount),
    )
    .addOption(flag("--dry-run", "first requests and planned schema changes; loads nothing"))
    .addOption(flag("--allow-empty-replace", "let a replace with no rows empty a table"))
    .addOption(flag("--yes", "with --full-refresh: give up the history that scd2 keeps"))
    .addOption(flag("--json", "one JSON document on stdout at the end"))
    .addOption(
      new Option("--progress <kind>", "how to show progress on stderr")
        .choices(PROGRESS_KINDS)
        .default("auto"),
    )
    .addOption(flag("--quiet", "only failures"))
    .addOption(flag("--verbose", "every request"))
    .action(async (names: string[], options: SyncFlags, command: Command) => {
      const { syncCommand } = await import("./commands/sync.js");
      const source = [...names, ...options.source];
      await run(command, (context) => syncCommand(context, { ...options, source }));
    });
}

function addSql(program: Command, run: Run): void {
  program
    .command("sql")
    .description("read-only SQL on the warehouse")
    .argument("<statement>", "one statement")
    .addOption(
      new Option("--output <format>", "default: table on a terminal, csv in a pipe").choices([
        "table",
        "csv",
        "json",
        "ndjson",
      ]),
    )
    .option("--json", "same as --output json", false)
    .addOption(
      new Option("--param <value>", "value for $1, $2, … in order; repeatable")
        .argParser(collect)
        .default([]),
    )
    .action(async (statement: string, options: SqlFlags, command: Command) => {
      const { sqlCommand } = await import("./commands/sql.js");
      await run(command, (context) => sqlCommand(context, { ...options, statement }));
    });
}

function parsePort(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
  return value;
}
