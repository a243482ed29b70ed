import type { PlannedState, StateEdit } from "../../engine/pipelines/change-state.js";
import type { StateDifference } from "../../engine/pipelines/compare-states.js";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import { confirm } from "../confirm.js";
import { formatJson } from "../json-text.js";
import { SCHEMA_VERSION } from "../report-json.js";
import { formatTextTable } from "../text-table.js";
import type { StateCommand } from "./state-command.js";
import { formatStateValue } from "./state-value.js";

/** `state NAME set | reset | rewind | import`: shows what changes, asks where more goes than was named, and writes it. */
export async function changeState(command: StateCommand, edit: StateEdit): Promise<ExitCode> {
  const { context, parts, config, flags } = command;
  const { terminal } = context;
  const { applyState, planState } = await import("../../engine/pipelines/change-state.js");
  const planned = await planState(parts, config, edit);
  if (planned.differences.length === 0) {
    if (flags.json) terminal.out(renderJson(command, planned, planned.before.state.version));
    else terminal.out(`The state of ${config.name} stays as it is: there is nothing to change`);
    return EXIT.ok;
  }
  for (const resource of planned.appended) terminal.err(appendWarning(resource));
  const asks = edit.kind === "reset" || edit.kind === "import";
  if (asks) {
    if (!flags.json) terminal.err(renderDifferences(planned.differences));
    const what = `${WORDS[edit.kind]} the state of ${config.name}`;
    if (!(await confirm(context, { yes: flags.yes, what, signal: parts.signal }))) {
      terminal.err("Nothing was changed");
      return EXIT.failed;
    }
  }
  const version = await applyState(parts, config, planned);
  if (flags.json) terminal.out(renderJson(command, planned, version));
  else {
    const done = `The state of ${config.name} is now version ${String(version)}`;
    terminal.out(asks ? done : `${renderDifferences(planned.differences)}\n\n${done}`);
  }
  return EXIT.ok;
}

const WORDS = { reset: "reset", import: "replace" } as const;

function appendWarning(resource: string): string {
  return `warning: "${resource}" is appended to: records that are fetched again are added again`;
}

function renderDifferences(differences: readonly StateDifference[]): string {
  const headers = ["resource", "cursor", "before", "after"];
  return formatTextTable(
    headers.map((header) => ({ header })),
    differences.map(({ resource, member, before, after }) => [
      resource,
      member,
      before === null ? "(none)" : formatStateValue(before),
      after === null ? "(none)" : formatStateValue(after),
    ]),
  );
}

function renderJson({ config }: StateCommand, planned: PlannedState, version: number): string {
  return formatJson({
    schema_version: SCHEMA_VERSION,
    name: config.name,
    dataset: config.datasetName,
    state_version: version,
    changes: planned.differences.map(({ resource, member, before, after }) => ({
      resource,
      member,
      before,
      after,
    })),
  });
}
