import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import type { CommandContext } from "../command-context.js";
import { listenForInterruption } from "../interruption.js";
import { formatJson } from "../json-text.js";
import { openPipelines } from "../pipeline-access.js";
import { SCHEMA_VERSION } from "../report-json.js";
import { formatCount, formatTextTable } from "../text-table.js";

/** The flags of `dango pipeline adopt`. */
export interface PipelineAdoptFlags {
  readonly file: string;
  readonly pipeline?: string;
  readonly json: boolean;
}

/** `dango pipeline adopt FILE`: copies what dlt loaded into the warehouse, in one transaction. */
export async function pipelineAdoptCommand(
  context: CommandContext,
  flags: PipelineAdoptFlags,
): Promise<ExitCode> {
  using interruption = listenForInterruption();
  const { parts } = await openPipelines(context, interruption.signal);
  const { adoptPipeline } = await import("../../engine/pipelines/adopt-pipeline.js");
  const { found, source, tables, left } = await adoptPipeline(parts, {
    file: flags.file,
    directory: context.cwd,
    wanted: flags.pipeline,
  });
  if (flags.json) {
    const from = { pipeline: found.pipeline, dataset: found.dataset, schema: found.schema };
    const { name, datasetName: dataset } = source;
    context.terminal.out(formatJson({ schema_version: SCHEMA_VERSION, name, dataset, from, tables, left }));
    return EXIT.ok;
  }
  const blocks = [
    `Copied the pipeline ${found.pipeline} (dataset ${found.dataset}, schema ${found.schema}) of dlt to the dataset ${source.datasetName}`,
    formatTextTable(
      [{ header: "table" }, { header: "rows", align: "right" }],
      tables.map(({ name, rows }) => [name, formatCount(rows)]),
    ),
    ...(left.length === 0 ? [] : [`Not copied, because they are not in its schema: ${left.join(", ")}`]),
    `\`dango sync ${source.name}\` goes on where dlt stopped`,
  ];
  context.terminal.out(blocks.join("\n\n"));
  return EXIT.ok;
}
