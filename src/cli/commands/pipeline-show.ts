import type { PipelineView } from "../../engine/pipelines/inspect-pipeline.js";
import { findPipeline } from "../../engine/pipelines/find-pipeline.js";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import type { CommandContext } from "../command-context.js";
import { listenForInterruption } from "../interruption.js";
import { describeType } from "../describe-pipeline-type.js";
import { formatJson } from "../json-text.js";
import { openPipelines } from "../pipeline-access.js";
import { SCHEMA_VERSION } from "../report-json.js";
import { formatCount, formatTextTable } from "../text-table.js";

/** `dango pipeline show NAME`: state, cursors, tables and last loads of one pipeline. */
export async function pipelineShowCommand(
  context: CommandContext,
  flags: { readonly name: string; readonly json: boolean },
): Promise<ExitCode> {
  using interruption = listenForInterruption();
  const { parts } = await openPipelines(context, interruption.signal);
  const config = await findPipeline(parts, flags.name);
  const { inspectPipeline } = await import("../../engine/pipelines/inspect-pipeline.js");
  const view = await inspectPipeline(parts, config);
  context.terminal.out(flags.json ? renderJson(view) : renderText(view));
  return EXIT.ok;
}

function renderText(view: PipelineView): string {
  const facts = [
    `pipeline   ${view.name} (${describeType(view)})`,
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
  return formatJson(document);
}

function formatCursor(value: string | number | bigint | null): string {
  return value === null ? "" : String(value);
}
