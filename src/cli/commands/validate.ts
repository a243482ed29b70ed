import { systemClock } from "../../shared/async.js";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import { ConfigError } from "../../shared/errors.js";
import { openProject, type CommandContext } from "../command-context.js";
import { SCHEMA_VERSION } from "../report-json.js";
import { formatPlural } from "../text-table.js";

/** `dango validate`: reads the configuration and loads every module, without a request. */
export async function validateCommand(
  context: CommandContext,
  flags: { readonly json: boolean },
): Promise<ExitCode> {
  try {
    const project = await openProject(context);
    const { openSource } = await import("../../engine/open-source.js");
    for (const config of project.sources) {
      const source = await openSource(config, { project, clock: systemClock, random: Math.random });
      await source.close();
    }
    const sources = project.sources.map(({ name, definition, enabled }) => ({
      name,
      type: definition.type,
      enabled,
    }));
    if (flags.json)
      context.terminal.out(
        JSON.stringify({ schema_version: SCHEMA_VERSION, valid: true, sources, errors: [] }, null, 2),
      );
    else
      context.terminal.out(
        `valid: ${formatPlural(sources.length, "source")} (${sources.map(({ name }) => name).join(", ")})`,
      );
    return EXIT.ok;
  } catch (error) {
    if (!flags.json || !(error instanceof ConfigError)) throw error;
    const errors = error.issues.map((issue) => ({ ...issue }));
    context.terminal.out(JSON.stringify({ schema_version: SCHEMA_VERSION, valid: false, errors }, null, 2));
    return EXIT.usage;
  }
}
