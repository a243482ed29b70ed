import { nearestName } from "../../config/nearest.js";
import type { PipelineView } from "../../engine/inspect-pipeline.js";
import { systemClock } from "../../shared/async.js";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import { UsageError } from "../../shared/errors.js";
import { openProject, type CommandContext } from "../command-context.js";
import { listenForInterruption } from "../interruption.js";
import { SCHEMA_VERSION } from "../report-json.js";
import { formatCount, formatTextTable } from "../text-table.js";

const LOCK_WAIT_MS = 300_000;

/** `dango pipeline show NAME`: state, cursors, tables and last loads of one pipeline. */
export async function pipelineShowCommand(
  context: CommandContext,
  flags: { readonly name: string; readonly json: boolean },
): Promise<ExitCode> {
  const project = await openProject(context);
  const config = project.sources.find((source) => source.name === flags.name);
  if (config === undefined) {
    const known = project.sources.map((source) => source.name);
    const near = nearestName(flags.name, known);
    throw new UsageError(`There is no pipeline "${flags.name}"`, {
      hint: `${near === undefined ? "" : `Did you mean "${near}"? `}Known pipelines: ${known.join(", ")}`,
    });
  }
  const [{ createWarehouse }, { inspectPipeline }] = await Promise.all([
    import("../../warehouse/warehouse.js"),
    import("../../engine/inspect-pipeline.js"),
  ]);
  using interruption = listenForInterruption();
  const parts = {
    project,
    warehouse: createWarehouse({ clock: systemClock }),
    lockWaitMs: LOCK_WAIT_MS,
    onLockWait: (reason: string) => {
      context.terminal.err(`waiting, because ${reason}`);
    },
  };
  const view = await inspectPipeline(parts, config, interruption.signal);
  context.terminal.out(flags.json ? renderJson(view) : renderText(view));
  return EXIT.ok;
}

function renderText(view: PipelineView): string {
  const facts = [
    `pipeline   ${view.name} (${view.type}${view.enabled ? "" : ", disabled"})`,
    `dataset    ${view.dataset}`,
    `warehouse  ${view.warehousePath}`,
    `state      ${view.stateVersion === 0 ? "none: never synced" : `version ${String(view.stateVersion)}`}`,
  ];
  const blocks = [facts.join("\n")];
  const cursors = Object.entries(view.resources).flatMap(([resource, state]) =>
    Object.entries(state.incremental).map(([path, cursor]) => [
      resource,
      path,
      formatCursor(cursor.lastValue),
    ]),
  );
  if (cursors.length > 0)
    blocks.push(
      formatTextTable([{ header: "resource" }, { header: "cursor" }, { header: "last value" }], cursors),
    );
  if (view.tables.length > 0)
    blocks.push(
      formatTextTable(
        [{ header: "table" }, { header: "rows", align: "right" }, { header: "columns" }],
        view.tables.map((table) => [
          table.name,
          formatCount(table.rows),
          table.columns.map(({ name, type }) => `${name} ${type}`).join(", "),
        ]),
      ),
    );
  if (view.loads.length > 0)
    blocks.push(
      formatTextTable(
        [{ header: "load" }, { header: "committed" }],
        view.loads.map(({ loadId, insertedAt }) => [loadId, insertedAt]),
      ),
    );
  return blocks.join("\n\n");
}

function renderJson(view: PipelineView): string {
  const resources = Object.entries(view.resources).map(([name, state]) => ({
    name,
    incremental: Object.entries(state.incremental).map(([cursor_path, cursor]) => ({
      cursor_path,
      initial_value: cursor.initialValue,
      last_value: cursor.lastValue,
    })),
  }));
  const document = {
    schema_version: SCHEMA_VERSION,
    name: view.name,
    type: view.type,
    enabled: view.enabled,
    dataset: view.dataset,
    warehouse: view.warehousePath,
    state_version: view.stateVersion,
    resources,
    tables: view.tables,
    loads: view.loads.map(({ loadId, insertedAt }) => ({ load_id: loadId, inserted_at: insertedAt })),
  };
  return JSON.stringify(
    document,
    (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value),
    2,
  );
}

function formatCursor(value: string | number | bigint | null): string {
  return value === null ? "" : String(value);
}
