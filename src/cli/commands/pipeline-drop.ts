import type { PlannedDrop } from "../../engine/pipelines/drop-pipeline.js";
import { findPipeline } from "../../engine/pipelines/find-pipeline.js";
import type { PipelineConfig } from "../../engine/pipelines/pipeline-parts.js";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import type { CommandContext } from "../command-context.js";
import { confirm } from "../confirm.js";
import { listenForInterruption } from "../interruption.js";
import { formatJson } from "../json-text.js";
import { openPipelines } from "../pipeline-access.js";
import { SCHEMA_VERSION } from "../report-json.js";
import { formatCount, formatPlural, formatTextTable } from "../text-table.js";

/** The flags of `dango pipeline drop`. */
export interface PipelineDropFlags {
  readonly name: string;
  readonly resource: readonly string[];
  readonly yes: boolean;
  readonly json: boolean;
}

/** `dango pipeline drop NAME`: drops tables and state in one transaction, after asking. */
export async function pipelineDropCommand(
  context: CommandContext,
  flags: PipelineDropFlags,
): Promise<ExitCode> {
  const { terminal } = context;
  using interruption = listenForInterruption();
  const { parts } = await openPipelines(context, interruption.signal);
  const config = await findPipeline(parts, flags.name);
  const { applyDrop, planDrop } = await import("../../engine/pipelines/drop-pipeline.js");
  const planned = await planDrop(parts, config, flags.resource);
  const facts = { pipeline: config.name, dataset: config.datasetName };
  if (planned.tables.length === 0 && planned.forgotten.length === 0) {
    if (flags.json) terminal.out(renderJson(facts, planned, planned.before.state.version));
    else terminal.out(`The pipeline ${config.name} has nothing to drop`);
    return EXIT.ok;
  }
  if (!flags.json) terminal.err(renderPlan(facts, planned));
  const what =
    flags.resource.length === 0
      ? `drop the pipeline ${config.name}`
      : `drop ${flags.resource.join(", ")} of the pipeline ${config.name}`;
  if (!(await confirm(context, { yes: flags.yes, what, signal: interruption.signal }))) {
    terminal.err("Nothing was changed");
    return EXIT.failed;
  }
  const version = await applyDrop(parts, config, planned);
  terminal.out(flags.json ? renderJson(facts, planned, version) : renderDone(config, planned));
  return EXIT.ok;
}

interface Facts {
  readonly pipeline: string;
  readonly dataset: string;
}

function renderPlan({ pipeline, dataset }: Facts, { tables, forgotten }: PlannedDrop): string {
  const blocks = [`This drops from the pipeline ${pipeline}:`];
  if (tables.length > 0)
    blocks.push(
      formatTextTable(
        [{ header: `  table in ${dataset}` }, { header: "rows", align: "right" }],
        tables.map(({ name, rows }) => [`  ${name}`, formatCount(rows)]),
      ),
    );
  if (forgotten.length > 0) blocks.push(`  the state of ${forgotten.join(", ")}`);
  return blocks.join("\n");
}

function renderDone({ name, definition }: PipelineConfig, { tables, forgotten }: PlannedDrop): string {
  const parts = [
    ...(tables.length === 0 ? [] : [formatPlural(tables.length, "table")]),
    ...(forgotten.length === 0 ? [] : [`the state of ${formatPlural(forgotten.length, "resource")}`]),
  ];
  const rest = definition === undefined ? ", which sources.yml does not have" : "; the next sync starts over";
  return `Dropped ${parts.join(" and ")} of the pipeline ${name}${rest}`;
}

function renderJson({ pipeline, dataset }: Facts, planned: PlannedDrop, version: number): string {
  return formatJson({
    schema_version: SCHEMA_VERSION,
    name: pipeline,
    dataset,
    state_version: version,
    dropped_tables: planned.tables,
    reset_resources: planned.forgotten,
  });
}
