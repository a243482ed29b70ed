import { Option, type Command } from "commander";
import type { ExitCode } from "../shared/exit-codes.js";
import type { CommandContext } from "./command-context.js";
import { collect, flag, parseCount } from "./command-options.js";
import type { PipelineAdoptFlags } from "./commands/pipeline-adopt.js";
import type { PipelineDropFlags } from "./commands/pipeline-drop.js";
import type { PipelineRunsFlags } from "./commands/pipeline-runs.js";
import type { PipelineSchemaFlags } from "./commands/pipeline-schema.js";
import type { PipelineStateFlags } from "./state/state-command.js";

/** Carries a command out and hands its exit code on. */
export type Run = (command: Command, action: (context: CommandContext) => Promise<ExitCode>) => Promise<void>;

const SHOWN_RUNS = 20;
const JSON_FLAG = ["--json", "one JSON document on stdout"] as const;
const NAME = ["<name>", "the source's name, or that of a pipeline in the warehouse"] as const;

/** Adds `dango pipeline` with its verbs. */
export function addPipeline(program: Command, run: Run): void {
  const pipeline = program
    .command("pipeline")
    .description("inspect and repair what was loaded; `dango pipeline NAME show` is accepted too");
  addInspection(pipeline, run);
  addRuns(pipeline, run);
  addSchema(pipeline, run);
  addState(pipeline, run);
  addDrop(pipeline, run);
  addAdopt(pipeline, run);
}

function addInspection(pipeline: Command, run: Run): void {
  pipeline
    .command("list")
    .description("every source, and other pipelines in the warehouse, with tables and last load")
    .addOption(flag(...JSON_FLAG))
    .action(async (options: { json: boolean }, command: Command) => {
      const { pipelineListCommand } = await import("./commands/pipeline-list.js");
      await run(command, (context) => pipelineListCommand(context, options));
    });
  pipeline
    .command("show")
    .description("one pipeline: its state, cursors, tables and last loads")
    .argument(...NAME)
    .addOption(flag(...JSON_FLAG))
    .action(async (name: string, options: { json: boolean }, command: Command) => {
      const { pipelineShowCommand } = await import("./commands/pipeline-show.js");
      await run(command, (context) => pipelineShowCommand(context, { ...options, name }));
    });
}

function addRuns(pipeline: Command, run: Run): void {
  pipeline
    .command("runs")
    .description("every run of a pipeline, newest first, also those that committed nothing")
    .argument(...NAME)
    .addOption(new Option("--last <count>", "how many").argParser(parseCount).default(SHOWN_RUNS))
    .addOption(flag(...JSON_FLAG))
    .action(async (name: string, options: Omit<PipelineRunsFlags, "name">, command: Command) => {
      const { pipelineRunsCommand } = await import("./commands/pipeline-runs.js");
      await run(command, (context) => pipelineRunsCommand(context, { ...options, name }));
    });
  pipeline
    .command("trace")
    .description("the report of a run with its errors; default: of the last one")
    .argument(...NAME)
    .argument("[run]", "a run's id, see `pipeline runs`")
    .addOption(flag(...JSON_FLAG))
    .action(async (name: string, runId: string | undefined, options: { json: boolean }, command: Command) => {
      const { pipelineTraceCommand } = await import("./commands/pipeline-trace.js");
      await run(command, (context) => pipelineTraceCommand(context, { ...options, name, runId }));
    });
}

function addSchema(pipeline: Command, run: Run): void {
  pipeline
    .command("schema")
    .description("tables, columns and keys: dlt's document as yaml or json, statements, or a diagram")
    .argument(...NAME)
    .addOption(
      new Option("--format <format>", "what to write")
        .choices(["yaml", "json", "sql", "mermaid", "dbml"])
        .default("yaml"),
    )
    .addOption(flag(...JSON_FLAG))
    .action(async (name: string, options: Omit<PipelineSchemaFlags, "name">, command: Command) => {
      const { pipelineSchemaCommand } = await import("./commands/pipeline-schema.js");
      await run(command, (context) => pipelineSchemaCommand(context, { ...options, name }));
    });
}

const STATE_ACTIONS = `
Actions:
  get [RESOURCE]                       cursors and last values (default)
  set RESOURCE [CURSOR] VALUE          set a cursor; a negative value after --
  reset [RESOURCE...]                  forget the state of these resources, or of all (asks, or --yes)
  rewind [RESOURCE...] [--to WHERE]    back to the state before, or of a version, load id or time
  history                              every version of the state, newest first
  export [FILE]                        the state as JSON, on stdout or into a file
  import FILE                          replace the state by an exported one; - is stdin (asks, or --yes)`;

function addState(pipeline: Command, run: Run): void {
  pipeline
    .command("state")
    .description("show or change where the next sync begins; each change is one transaction")
    .argument(...NAME)
    .argument("[action...]", "get, set, reset, rewind, history, export or import, with its values: see below")
    .addOption(new Option("--to <where>", "with rewind: a version, a load id, or a time (ISO 8601)"))
    .addOption(flag("--yes", "do not ask"))
    .addOption(flag(...JSON_FLAG))
    .addHelpText("after", STATE_ACTIONS)
    .action(async (name: string, words: string[], options: StateOptions, command: Command) => {
      const { pipelineStateCommand } = await import("./commands/pipeline-state.js");
      const [action, ...values] = words;
      await run(command, (context) => pipelineStateCommand(context, { ...options, name, action, values }));
    });
}

type StateOptions = Pick<PipelineStateFlags, "yes" | "json" | "to">;

function addDrop(pipeline: Command, run: Run): void {
  pipeline
    .command("drop")
    .description("drop the pipeline's tables and forget its state, in one transaction")
    .argument(...NAME)
    .addOption(
      new Option("--resource <name>", "only this resource; repeatable").argParser(collect).default([]),
    )
    .addOption(flag("--yes", "do not ask"))
    .addOption(flag(...JSON_FLAG))
    .action(async (name: string, options: Omit<PipelineDropFlags, "name">, command: Command) => {
      const { pipelineDropCommand } = await import("./commands/pipeline-drop.js");
      await run(command, (context) => pipelineDropCommand(context, { ...options, name }));
    });
}

function addAdopt(pipeline: Command, run: Run): void {
  pipeline
    .command("adopt")
    .description("copy what dlt loaded out of its DuckDB file into the warehouse, in one transaction")
    .argument("<file>", "the DuckDB file that dlt wrote")
    .addOption(
      new Option("--pipeline <name>", "which of dlt's pipelines, or the source that is to go on with it"),
    )
    .addOption(flag(...JSON_FLAG))
    .action(async (file: string, options: Omit<PipelineAdoptFlags, "file">, command: Command) => {
      const { pipelineAdoptCommand } = await import("./commands/pipeline-adopt.js");
      await run(command, (context) => pipelineAdoptCommand(context, { ...options, file }));
    });
}
