import { rename, rm, writeFile } from "node:fs/promises";
import { WarehouseError } from "../../shared/errors.js";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import { writeResourceStates } from "../../warehouse/system/state-document.js";
import { formatJson } from "../json-text.js";
import { SCHEMA_VERSION } from "../report-json.js";
import { readStoredState, type StateCommand } from "./state-command.js";

/** `state NAME export [FILE]`: what `state import` takes, on stdout or into a file (0600), which is whole or not there. */
export async function exportState(command: StateCommand): Promise<ExitCode> {
  const { context, config, flags } = command;
  const state = await readStoredState(command);
  const text = formatJson({
    schema_version: SCHEMA_VERSION,
    name: config.name,
    dataset: config.datasetName,
    state_version: state.version,
    resources: writeResourceStates(state.resources),
  });
  const [file] = flags.values;
  if (file === undefined || file === "-") {
    context.terminal.out(text);
    return EXIT.ok;
  }
  await writeWhole(file, `${text}\n`);
  if (flags.json)
    context.terminal.out(formatJson({ schema_version: SCHEMA_VERSION, name: config.name, file }));
  else
    context.terminal.out(`Wrote the state of ${config.name}, version ${String(state.version)}, to ${file}`);
  return EXIT.ok;
}

async function writeWhole(file: string, text: string): Promise<void> {
  const part = `${file}.${String(process.pid)}.part`;
  try {
    await writeFile(part, text, { mode: 0o600, flush: true });
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw new WarehouseError(`${file} cannot be written: ${String(error)}`, "disk", {
      hint: "choose another file, or leave it out to write to stdout",
      cause: error,
    });
  }
}
