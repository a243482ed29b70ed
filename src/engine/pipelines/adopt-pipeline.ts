import { existsSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import type { AdoptedDataset } from "../../model/warehouse.js";
import { UsageError } from "../../shared/errors.js";
import { chooseAdoption, type Adoption } from "./choose-adoption.js";
import { pipelineTarget, type PipelineParts } from "./pipeline-parts.js";

/** Copies what dlt loaded out of `file`, a path from `directory`, into the project's warehouse. */
export async function adoptPipeline(
  parts: PipelineParts,
  {
    file,
    directory,
    wanted,
  }: { readonly file: string; readonly directory: string; readonly wanted: string | undefined },
): Promise<Adoption & AdoptedDataset> {
  const { warehouse, project, lockWaitMs, onLockWait, signal } = parts;
  const path = resolve(directory, file);
  if (!existsSync(path)) {
    throw new UsageError(`there is no file ${path}`, { hint: "name the DuckDB file that dlt loaded to" });
  }
  if (existsSync(project.warehousePath) && realpathSync(path) === realpathSync(project.warehousePath)) {
    throw new UsageError(`${path} is the project's warehouse already`, {
      hint: "to go on with dlt's dataset in it, give the source `dataset_name`, `pipeline_name` and `schema_name`",
    });
  }
  const found = await warehouse.findPipelines(
    { path, tempDirectory: project.root, lockWaitMs, onLockWait },
    signal,
  );
  const adoption = chooseAdoption(found, project.sources, { file: path, wanted });
  const target = pipelineTarget(parts, adoption.source);
  return { ...adoption, ...(await warehouse.adopt(target, { file: path, found: adoption.found }, signal)) };
}
