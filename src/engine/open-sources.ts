import type { SourceConfig } from "../config/project.js";
import { suggestName } from "../config/nearest.js";
import type { Source } from "../model/source.js";
import { UsageError } from "../shared/errors.js";
import type { RunContext } from "./run-context.js";

/** A source with its configuration, ready to be read. */
export interface OpenedSource {
  readonly config: SourceConfig;
  readonly source: Source;
}

/** The sources of these names, in the order of the file; all of them without names. Throws UsageError. */
export function chooseSources(
  all: readonly SourceConfig[],
  names: readonly string[],
): readonly SourceConfig[] {
  if (names.length === 0) return all;
  for (const name of names) if (!all.some((source) => source.name === name)) throw unknownSource(name, all);
  return all.filter((source) => names.includes(source.name));
}

/** What is said of a source that is not configured. */
export function unknownSource(name: string, all: readonly SourceConfig[]): UsageError {
  const known = all.map((source) => source.name);
  return new UsageError(`There is no source "${name}" in .dango/sources.yml`, {
    hint: suggestName(name, known, `Known sources: ${known.join(", ")}`),
  });
}

/** Opens what is enabled. Modules are loaded here: what is wrong with one is an error before the first request. */
export async function openSources(run: RunContext, chosen: readonly SourceConfig[]): Promise<OpenedSource[]> {
  const opened: OpenedSource[] = [];
  try {
    for (const config of chosen) {
      if (config.enabled) opened.push({ config, source: await run.openSource(config) });
    }
  } catch (error) {
    await Promise.all(opened.map(({ source }) => source.close()));
    throw error;
  }
  return opened;
}
