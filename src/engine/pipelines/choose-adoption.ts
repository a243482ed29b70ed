import type { SourceConfig } from "../../config/project.js";
import type { FoundPipeline } from "../../model/warehouse.js";
import { UsageError } from "../../shared/errors.js";

/** Which pipeline of dlt is copied, and the source that goes on with it. */
export interface Adoption {
  readonly found: FoundPipeline;
  readonly source: SourceConfig;
}

/**
 * Pairs a pipeline of a file with a source: by `wanted`, which names either, else by `pipeline_name` and `schema_name`, else the
 * only one of each. Throws UsageError where that leaves a choice.
 */
export function chooseAdoption(
  all: readonly FoundPipeline[],
  sources: readonly SourceConfig[],
  { file, wanted }: { readonly file: string; readonly wanted: string | undefined },
): Adoption {
  if (all.length === 0) {
    throw new UsageError(`${file} has no pipeline of dlt`, {
      hint: "name the DuckDB file that dlt loaded to: it has a table _dlt_pipeline_state",
    });
  }
  const isNamed = (source: SourceConfig): boolean => source.name === wanted || source.pipelineName === wanted;
  const asked = all.filter(({ pipeline }) => wanted === undefined || pipeline === wanted);
  if (asked.length === 0 && !sources.some(isNamed)) {
    throw new UsageError(`${file} has no pipeline "${wanted ?? ""}"`, { hint: `it has ${list(all)}` });
  }
  const source =
    only(sources.filter(isNamed)) ??
    only(sources.filter(({ pipelineName }) => asked.some(({ pipeline }) => pipeline === pipelineName))) ??
    only(sources);
  if (source === undefined) {
    throw new UsageError(`no source is to go on with ${list(asked)}`, {
      hint: "give one `pipeline_name`, in .dango/sources.yml",
    });
  }
  const found = findFor(source, asked.length === 0 ? all : asked);
  if (found === undefined) {
    throw new UsageError(`${file} has ${list(all)}: which of them?`, {
      hint: `name the pipeline with --pipeline, and its schema with \`schema_name\` of the source ${source.name}`,
    });
  }
  return { found, source };
}

function findFor(source: SourceConfig, found: readonly FoundPipeline[]): FoundPipeline | undefined {
  const own = found.filter(({ pipeline }) => pipeline === source.pipelineName);
  const left = own.length === 0 ? found : own;
  return only(left) ?? only(left.filter(({ schema }) => schema === source.schemaName));
}

function only<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}

function list(found: readonly FoundPipeline[]): string {
  const described = found.map(
    ({ pipeline, dataset, schema }) => `${pipeline} (dataset ${dataset}, schema ${schema})`,
  );
  return described.join(", ");
}
