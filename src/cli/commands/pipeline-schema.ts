import { findPipeline } from "../../engine/pipelines/find-pipeline.js";
import { UsageError } from "../../shared/errors.js";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import type { CommandContext } from "../command-context.js";
import { listenForInterruption } from "../interruption.js";
import { formatJson } from "../json-text.js";
import { openPipelines } from "../pipeline-access.js";
import { SCHEMA_VERSION } from "../report-json.js";
import { renderDbml } from "../schema-formats/dbml.js";
import { renderMermaid } from "../schema-formats/mermaid.js";
import { renderSql } from "../schema-formats/sql.js";

/** The flags of `dango pipeline schema`. */
export interface PipelineSchemaFlags {
  readonly name: string;
  readonly format: "yaml" | "json" | "sql" | "mermaid" | "dbml";
  readonly json: boolean;
}

/** `dango pipeline schema NAME`: the pipeline's schema on stdout, as dlt's document or as a description of its tables. */
export async function pipelineSchemaCommand(
  context: CommandContext,
  flags: PipelineSchemaFlags,
): Promise<ExitCode> {
  using interruption = listenForInterruption();
  const { parts } = await openPipelines(context, interruption.signal);
  const config = await findPipeline(parts, flags.name);
  const { datasetName: dataset, name } = config;
  const { pipelineTarget } = await import("../../engine/pipelines/pipeline-parts.js");
  const target = pipelineTarget(parts, config);
  const { document, tables } = await parts.warehouse.readSchema(target, interruption.signal);
  if (document === undefined) {
    throw new UsageError(`the pipeline ${name} has no schema: it was never synced`, {
      hint: `run \`dango sync ${name}\` first`,
    });
  }
  if (flags.json) {
    context.terminal.out(formatJson({ schema_version: SCHEMA_VERSION, name, dataset, schema: document }));
    return EXIT.ok;
  }
  const ordered = [...tables].sort((a, b) => (a.name < b.name ? -1 : 1));
  switch (flags.format) {
    case "json":
      context.terminal.out(formatJson(document));
      break;
    case "yaml": {
      const { formatYaml } = await import("../../config/files/yaml.js");
      context.terminal.out(formatYaml(document));
      break;
    }
    case "sql":
      context.terminal.out(renderSql(dataset, ordered));
      break;
    case "mermaid":
      context.terminal.out(renderMermaid(ordered));
      break;
    case "dbml":
      context.terminal.out(renderDbml(dataset, ordered));
      break;
    default:
      flags.format satisfies never;
  }
  return EXIT.ok;
}
