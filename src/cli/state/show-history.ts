import { compareStates } from "../../engine/pipelines/compare-states.js";
import { pipelineTarget } from "../../engine/pipelines/pipeline-parts.js";
import type { PastState } from "../../model/warehouse.js";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import { formatJson } from "../json-text.js";
import { SCHEMA_VERSION } from "../report-json.js";
import { formatTextTable } from "../text-table.js";
import type { StateCommand } from "./state-command.js";
import { formatStateValue } from "./state-value.js";

/** `state NAME history`: every version of the state, newest first, with what it changed. */
export async function showHistory({ context, parts, config, flags }: StateCommand): Promise<ExitCode> {
  const states = await parts.warehouse.readStates(pipelineTarget(parts, config), parts.signal);
  const versions = states.map((past, index) => ({
    past,
    changes: compareStates(states[index + 1]?.state.resources ?? {}, past.state.resources),
  }));
  if (flags.json) {
    context.terminal.out(
      formatJson({
        schema_version: SCHEMA_VERSION,
        name: config.name,
        dataset: config.datasetName,
        states: versions.map(({ past, changes }) => ({
          ...identityOf(past),
          changes: changes.map(({ resource, member, before, after }) => ({
            resource,
            member,
            before,
            after,
          })),
        })),
      }),
    );
    return EXIT.ok;
  }
  if (states.length === 0) {
    context.terminal.out(`The pipeline ${config.name} has no state: it was never synced`);
    return EXIT.ok;
  }
  const rows = versions.flatMap(({ past, changes }) => {
    const { state_version, load_id, created_at } = identityOf(past);
    const first = [String(state_version), load_id, created_at];
    const told = changes.map(({ resource, member, after }) => [
      resource,
      member,
      after === null ? "(none)" : formatStateValue(after),
    ]);
    const [head = [], ...rest] = told;
    return [[...first, ...head], ...rest.map((cells) => ["", "", "", ...cells])];
  });
  const headers = ["version", "load", "committed", "resource", "cursor", "last value"];
  context.terminal.out(
    formatTextTable(
      headers.map((header) => ({ header })),
      rows,
    ),
  );
  return EXIT.ok;
}

function identityOf({ state, loadId, createdAt }: PastState) {
  return { state_version: state.version, load_id: loadId, created_at: createdAt };
}
