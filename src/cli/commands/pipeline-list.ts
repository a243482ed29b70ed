import { findStoredPipelines } from "../../engine/pipelines/find-pipeline.js";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import type { CommandContext } from "../command-context.js";
import { listenForInterruption } from "../interruption.js";
import { openPipelines } from "../pipeline-access.js";
import { describeType } from "../describe-pipeline-type.js";
import { SCHEMA_VERSION } from "../report-json.js";
import { formatCount, formatTextTable } from "../text-table.js";

/** `dango pipeline list`: every source, and what the warehouse has beside them, with dataset, tables and last load. */
export async function pipelineListCommand(
  context: CommandContext,
  flags: { readonly json: boolean },
): Promise<ExitCode> {
  using interruption = listenForInterruption();
  const { project, parts } = await openPipelines(context, interruption.signal);
  const { inspectPipeline } = await import("../../engine/pipelines/inspect-pipeline.js");
  const views = [];
  for (const config of [...project.sources, ...(await findStoredPipelines(parts))])
    views.push(await inspectPipeline(parts, config));
  const pipelines = views.map((view) => ({
    name: view.name,
    type: view.type,
    enabled: view.enabled,
    dataset: view.dataset,
    tables: view.tables.filter(({ name }) => !name.startsWith("_")).length,
    last_load_id: view.loads[0]?.loadId ?? null,
    last_loaded_at: view.loads[0]?.insertedAt ?? null,
  }));
  if (flags.json) {
    context.terminal.out(JSON.stringify({ schema_version: SCHEMA_VERSION, pipelines }, null, 2));
    return EXIT.ok;
  }
  const rows = pipelines.map((pipeline) => [
    pipeline.name,
    describeType(pipeline),
    pipeline.dataset,
    formatCount(pipeline.tables),
    pipeline.last_loaded_at ?? "never",
  ]);
  const headers = ["pipeline", "type", "dataset", "tables", "last load"];
  context.terminal.out(
    formatTextTable(
      headers.map((header) => ({ header, align: header === "tables" ? "right" : "left" })),
      rows,
    ),
  );
  return EXIT.ok;
}
