import { suggestName } from "../../config/nearest.js";
import type { PipelineState, ResourceState } from "../../model/state.js";
import { UsageError } from "../../shared/errors.js";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import { formatJson } from "../json-text.js";
import { SCHEMA_VERSION } from "../report-json.js";
import { formatTextTable } from "../text-table.js";
import { readStoredState, type StateCommand } from "./state-command.js";
import { formatStateValue } from "./state-value.js";

type Entry = readonly [resource: string, state: ResourceState];

/** `state NAME get [RESOURCE]`: cursors and other members of the state, of one resource or of all. */
export async function showState(command: StateCommand): Promise<ExitCode> {
  const { context, config, flags } = command;
  const state = await readStoredState(command);
  const [name] = flags.values;
  if (name !== undefined && state.resources[name] === undefined) throw noState(name, config.name, state);
  const entries = Object.entries(state.resources).filter(([resource]) => (name ?? resource) === resource);
  context.terminal.out(
    flags.json
      ? formatJson({
          schema_version: SCHEMA_VERSION,
          name: config.name,
          dataset: config.datasetName,
          state_version: state.version,
          resources: entries.map(toJson),
        })
      : renderText(config.name, state.version, entries),
  );
  return EXIT.ok;
}

function noState(resource: string, pipeline: string, { resources }: PipelineState): UsageError {
  const known = Object.keys(resources);
  const list = known.length === 0 ? "no resource has one" : `Resources with a state: ${known.join(", ")}`;
  return new UsageError(`"${resource}" has no state in the pipeline ${pipeline}`, {
    hint: suggestName(resource, known, list),
  });
}

function toJson([name, { incremental, extra }]: Entry): Record<string, unknown> {
  return {
    name,
    incremental: Object.entries(incremental).map(([cursor_path, cursor]) => ({
      cursor_path,
      initial_value: cursor.initialValue,
      last_value: cursor.lastValue,
    })),
    extra,
  };
}

function renderText(pipeline: string, version: number, entries: readonly Entry[]): string {
  if (version === 0) return `The pipeline ${pipeline} has no state: it was never synced`;
  const title = `state of ${pipeline}, version ${String(version)}`;
  const rows = entries.flatMap(([name, { incremental, extra }]) => [
    ...Object.entries(incremental).map(([path, { lastValue }]) => [name, path, formatStateValue(lastValue)]),
    ...Object.entries(extra).map(([key, value]) => [name, key, formatStateValue(value)]),
  ]);
  if (rows.length === 0) return `${title}: no resource has one`;
  const columns = [{ header: "resource" }, { header: "cursor" }, { header: "last value" }];
  return `${title}\n\n${formatTextTable(columns, rows)}`;
}
