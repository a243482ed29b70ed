import { readFile } from "node:fs/promises";
import { text as readAll } from "node:stream/consumers";
import { suggestName } from "../../config/nearest.js";
import type { StateEdit } from "../../engine/pipelines/change-state.js";
import { findPipeline } from "../../engine/pipelines/find-pipeline.js";
import { UsageError } from "../../shared/errors.js";
import type { ExitCode } from "../../shared/exit-codes.js";
import type { CommandContext } from "../command-context.js";
import { listenForInterruption } from "../interruption.js";
import { openPipelines } from "../pipeline-access.js";
import { changeState } from "../state/change-state.js";
import { exportState } from "../state/export-state.js";
import { showHistory } from "../state/show-history.js";
import { showState } from "../state/show-state.js";
import type { PipelineStateFlags } from "../state/state-command.js";

const ACTIONS = ["get", "set", "reset", "rewind", "export", "import", "history"] as const;
type Action = (typeof ACTIONS)[number];

/** `dango pipeline state NAME …`: shows or changes where the next sync begins. */
export async function pipelineStateCommand(
  context: CommandContext,
  flags: PipelineStateFlags,
): Promise<ExitCode> {
  const action = readAction(flags.action ?? "get");
  checkValues(action, flags);
  using interruption = listenForInterruption();
  const { parts } = await openPipelines(context, interruption.signal);
  const command = { context, parts, config: await findPipeline(parts, flags.name), flags };
  switch (action) {
    case "get":
      return await showState(command);
    case "history":
      return await showHistory(command);
    case "export":
      return await exportState(command);
    case "set":
    case "reset":
    case "rewind":
    case "import":
      return await changeState(command, await readEdit(action, flags));
    default:
      return action satisfies never;
  }
}

function readAction(text: string): Action {
  const action = ACTIONS.find((one) => one === text);
  if (action !== undefined) return action;
  throw new UsageError(`There is no action "${text}" of \`dango pipeline state\``, {
    hint: suggestName(text, ACTIONS, `Actions: ${ACTIONS.join(", ")}`),
  });
}

/** How many values each action takes, and what they are. */
const VALUES: Readonly<Record<Action, { from: number; to: number; usage: string }>> = {
  get: { from: 0, to: 1, usage: "get [RESOURCE]" },
  set: { from: 2, to: 3, usage: "set RESOURCE [CURSOR] VALUE" },
  reset: { from: 0, to: Infinity, usage: "reset [RESOURCE…]" },
  rewind: { from: 0, to: Infinity, usage: "rewind [RESOURCE…] [--to VERSION|LOAD_ID|TIME]" },
  export: { from: 0, to: 1, usage: "export [FILE]" },
  import: { from: 1, to: 1, usage: "import FILE" },
  history: { from: 0, to: 0, usage: "history" },
};

function checkValues(action: Action, { name, values, to }: PipelineStateFlags): void {
  const expected = VALUES[action];
  const hint = `usage: dango pipeline state ${name} ${expected.usage}`;
  if (values.length < expected.from || values.length > expected.to)
    throw new UsageError(`\`state ${action}\` does not take ${String(values.length)} values`, { hint });
  if (to !== undefined && action !== "rewind")
    throw new UsageError(`--to belongs to \`state rewind\`, not to \`state ${action}\``, { hint });
}

async function readEdit(
  action: Exclude<Action, "get" | "history" | "export">,
  { values, to }: PipelineStateFlags,
): Promise<StateEdit> {
  const [first = "", second = "", third] = values;
  switch (action) {
    case "set":
      return third === undefined
        ? { kind: "set", resource: first, cursorPath: undefined, text: second }
        : { kind: "set", resource: first, cursorPath: second, text: third };
    case "reset":
      return { kind: "reset", resources: values };
    case "rewind":
      return { kind: "rewind", resources: values, to };
    case "import":
      return { kind: "import", ...(await readInput(first)) };
    default:
      return action satisfies never;
  }
}

/** `-` is stdin. */
async function readInput(file: string): Promise<{ readonly text: string; readonly file: string }> {
  if (file === "-") return { text: await readAll(process.stdin), file: "stdin" };
  try {
    return { text: await readFile(file, "utf8"), file };
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : String(error);
    throw new UsageError(`${file} cannot be read: ${reason}`, { cause: error });
  }
}
