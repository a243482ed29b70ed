import type { PipelineState } from "../../model/state.js";
import type { WarehouseSnapshot } from "../../model/warehouse.js";
import { UsageError } from "../../shared/errors.js";
import { compareStates, type StateDifference } from "./compare-states.js";
import { createLoadId } from "../ids.js";
import { checkResourceNames, declaredResources } from "./known-resources.js";
import { pipelineTarget, type PipelineConfig, type PipelineParts } from "./pipeline-parts.js";
import { readStateFile } from "./read-state-file.js";
import { findPastState } from "./rewind-state.js";
import { setCursor, type CursorEdit } from "./set-cursor.js";

/** A change of a pipeline's state that a user asks for. Empty `resources`: all of them. */
export type StateEdit =
  | ({ readonly kind: "set" } & CursorEdit)
  | { readonly kind: "reset"; readonly resources: readonly string[] }
  | { readonly kind: "rewind"; readonly resources: readonly string[]; readonly to: string | undefined }
  | { readonly kind: "import"; readonly text: string; readonly file: string };

/** What an edit comes to; nothing is written yet. */
export interface PlannedState {
  readonly before: WarehouseSnapshot;
  readonly resources: PipelineState["resources"];
  /** Empty: there is nothing to change. */
  readonly differences: readonly StateDifference[];
  /** Changed resources that are appended to: what is fetched again is added again. */
  readonly appended: readonly string[];
}

/** Decides what an edit changes, from the state that is stored now. UsageError if it cannot be done. */
export async function planState(
  parts: PipelineParts,
  config: PipelineConfig,
  edit: StateEdit,
): Promise<PlannedState> {
  const target = pipelineTarget(parts, config);
  const before = await parts.warehouse.readSnapshot(target, parts.signal);
  const resources = await editState(parts, config, { edit, before });
  refuseSecrets(parts, resources, edit.kind === "import");
  const differences = compareStates(before.state.resources, resources);
  const changed = new Set(differences.map(({ resource }) => resource));
  const tables = [...before.schema.tables.values()];
  const appended = [...changed].filter((name) =>
    tables.some(({ resource, writeDisposition }) => resource === name && writeDisposition === "append"),
  );
  return { before, resources, differences, appended };
}

/** Writes a planned state in one transaction; its version. LockedError if the pipeline was changed since it was planned. */
export async function applyState(
  parts: PipelineParts,
  config: PipelineConfig,
  { before, resources }: PlannedState,
): Promise<number> {
  const loadId = createLoadId(parts.clock.now(), parts.random);
  const change = { loadId, before, resources, dropped: [] };
  return parts.warehouse.change(pipelineTarget(parts, config), change, parts.signal);
}

async function editState(
  parts: PipelineParts,
  config: PipelineConfig,
  { edit, before }: { readonly edit: StateEdit; readonly before: WarehouseSnapshot },
): Promise<PipelineState["resources"]> {
  const { resources } = before.state;
  switch (edit.kind) {
    case "set": {
      const declared = await declaredResources(parts, config);
      await checkNames(parts, config, { names: [edit.resource], resources, declared });
      return setCursor(
        resources,
        edit,
        declared.find(({ name }) => name === edit.resource),
      );
    }
    case "reset":
      await checkNames(parts, config, { names: edit.resources, resources });
      return edit.resources.length === 0 ? {} : without(resources, edit.resources);
    case "rewind": {
      await checkNames(parts, config, { names: edit.resources, resources });
      const states = await parts.warehouse.readStates(pipelineTarget(parts, config), parts.signal);
      const past = findPastState(states, edit.to, config.name).state.resources;
      if (edit.resources.length === 0) return past;
      return { ...without(resources, edit.resources), ...pick(past, edit.resources) };
    }
    case "import":
      return readStateFile(edit.text, config.name, edit.file);
    default:
      return edit satisfies never;
  }
}

async function checkNames(
  parts: PipelineParts,
  config: PipelineConfig,
  input: {
    readonly names: readonly string[];
    readonly resources: PipelineState["resources"];
    readonly declared?: Awaited<ReturnType<typeof declaredResources>>;
  },
): Promise<void> {
  const { names, resources: state } = input;
  if (names.every((name) => name in state)) return;
  const schema = await parts.warehouse.readSchema(pipelineTarget(parts, config), parts.signal);
  const declared = input.declared ?? (await declaredResources(parts, config));
  checkResourceNames(names, config.name, { declared, state, schema });
}

/** State is stored as it is, so a secret must not get there (S2). What is imported may hold one in any member. */
function refuseSecrets(
  { project }: PipelineParts,
  resources: PipelineState["resources"],
  isImported: boolean,
): void {
  const hasSecret = (value: unknown): boolean => {
    if (typeof value === "string") return project.redactor.redact(value) !== value;
    if (typeof value !== "object" || value === null) return false;
    return Object.entries(value).some(([key, member]) => hasSecret(key) || hasSecret(member));
  };
  for (const [name, { incremental, extra }] of Object.entries(resources)) {
    const members = [...Object.entries(incremental), ...(isImported ? Object.entries(extra) : [])];
    for (const [member, value] of members) {
      if (isImported && hasSecret(member)) {
        throw new UsageError(`a member of ${name} is called by a secret of this project: it would be stored`);
      }
      if (hasSecret(value))
        throw new UsageError(
          `the value for ${name}.${member} is a secret of this project: it would be stored`,
        );
    }
  }
}

function without(
  resources: PipelineState["resources"],
  names: readonly string[],
): PipelineState["resources"] {
  return Object.fromEntries(Object.entries(resources).filter(([name]) => !names.includes(name)));
}

function pick(resources: PipelineState["resources"], names: readonly string[]): PipelineState["resources"] {
  return Object.fromEntries(Object.entries(resources).filter(([name]) => names.includes(name)));
}
