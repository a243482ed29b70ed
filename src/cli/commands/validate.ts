import type { Project } from "../../config/project.js";
import { systemClock } from "../../shared/async.js";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import { ConfigError, isDangoError, type ConfigIssue, type DangoError } from "../../shared/errors.js";
import { openProject, type CommandContext } from "../command-context.js";
import { renderThrown } from "../render-error.js";
import { SCHEMA_VERSION } from "../report-json.js";
import type { Terminal } from "../terminal.js";
import { formatPlural } from "../text-table.js";

/** `dango validate`: reads the configuration and loads every module, without a request; tells every error at once. */
export async function validateCommand(
  context: CommandContext,
  flags: { readonly json: boolean },
): Promise<ExitCode> {
  const project = await openProjectOrFault(context);
  if (isDangoError(project)) return printFaults([project], context.terminal, flags);
  const faults = await findFaults(project);
  if (faults.length > 0) return printFaults(faults, context.terminal, flags, project);
  const sources = project.sources.map(({ name, definition, enabled }) => ({
    name,
    type: definition.type,
    enabled,
  }));
  context.terminal.out(
    flags.json
      ? JSON.stringify({ schema_version: SCHEMA_VERSION, valid: true, sources, errors: [] }, null, 2)
      : `valid: ${formatPlural(sources.length, "source")} (${sources.map(({ name }) => name).join(", ")})`,
  );
  return EXIT.ok;
}

async function openProjectOrFault(context: CommandContext): Promise<Project | ConfigError> {
  try {
    return await openProject(context);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

/** What is wrong with the sources themselves: their modules, and what depends on more than the files' syntax. */
async function findFaults(project: Project): Promise<DangoError[]> {
  const { openSource } = await import("../../engine/open-source.js");
  const faults: DangoError[] = [];
  for (const config of project.sources.filter(({ enabled }) => enabled)) {
    try {
      const source = await openSource(config, { project, clock: systemClock, random: Math.random });
      await source.close();
    } catch (error) {
      if (!isDangoError(error)) throw error;
      faults.push(error);
    }
  }
  return faults;
}

function printFaults(
  faults: readonly DangoError[],
  terminal: Terminal,
  flags: { readonly json: boolean },
  project?: Project,
): ExitCode {
  if (flags.json) {
    const clean = (text: string): string => project?.redactor.redact(text) ?? text;
    const errors = faults.flatMap(issuesOf).map((issue) => ({
      ...issue,
      message: clean(issue.message),
      ...(issue.hint === undefined ? {} : { hint: clean(issue.hint) }),
    }));
    terminal.out(JSON.stringify({ schema_version: SCHEMA_VERSION, valid: false, errors }, null, 2));
  } else {
    terminal.err(faults.map((fault) => renderThrown(fault, terminal.errColor)).join("\n"));
  }
  return EXIT.usage;
}

function issuesOf(fault: DangoError): readonly ConfigIssue[] {
  if (fault instanceof ConfigError) return fault.issues;
  const { message, hint, location } = fault;
  return [
    {
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(location === undefined ? {} : { location }),
    },
  ];
}
