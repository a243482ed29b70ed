import { expect, test } from "vitest";
import { applyDrop, planDrop } from "../../../src/engine/pipelines/drop-pipeline.js";
import { findPipeline, findStoredPipelines } from "../../../src/engine/pipelines/find-pipeline.js";
import { applyState, planState } from "../../../src/engine/pipelines/change-state.js";
import type { PipelineParts } from "../../../src/engine/pipelines/pipeline-parts.js";
import type { SourceConfig } from "../../../src/config/project.js";
import { createMemoryProject, incrementalBy, type MemoryProject } from "../../support/memory-sync.js";

const ORDERS = {
  name: "orders",
  pages: [[{ id: 1, xs: [1, 2] }]],
  options: { incremental: incrementalBy("id") },
};

/** The parts of the project once sources.yml has other sources than `shop`, which was synced. */
async function withoutShop(
  project: MemoryProject,
  ...others: readonly Partial<SourceConfig>[]
): Promise<PipelineParts> {
  await project.sync([ORDERS]);
  const { parts, config } = project.pipeline([]);
  const sources = others.map((other) => ({ ...config, ...other }));
  const openSource = () => Promise.reject(new Error("there is no source to open"));
  return { ...parts, openSource, project: { ...parts.project, sources } };
}

const OTHER = { name: "crm", datasetName: "raw_crm", pipelineName: "crm", schemaName: "crm" };
const STORED = { name: "shop", datasetName: "raw_shop", pipelineName: "shop", schemaName: "shop" };

test("a pipeline that is in the warehouse alone is found, changed and dropped, resource by resource or whole", async () => {
  await using project = await createMemoryProject();
  const parts = await withoutShop(project, OTHER);
  expect(await findStoredPipelines(parts)).toEqual([STORED]);
  const config = await findPipeline(parts, "shop");
  expect(config).toEqual(STORED);
  const edit = { kind: "set", resource: "orders", cursorPath: undefined, text: "7" } as const;
  await applyState(parts, config, await planState(parts, config, edit));
  await expect(planDrop(parts, config, ["order"])).rejects.toMatchObject({
    message: 'There is no resource "order" in the pipeline shop',
    hint: 'Did you mean "orders"? Known resources: orders',
  });
  const planned = await planDrop(parts, config, ["orders"]);
  expect(planned).toMatchObject({
    tables: [
      { name: "orders", rows: 1 },
      { name: "orders__xs", rows: 2 },
    ],
    forgotten: ["orders"],
  });
  await applyDrop(parts, config, planned);
  expect(await project.rows("SELECT 1 FROM duckdb_tables() WHERE table_name LIKE 'orders%'")).toEqual([]);
  expect(await findStoredPipelines(parts)).toEqual([]);
});

test("a source that goes on with it under another name is its source", async () => {
  await using project = await createMemoryProject();
  const parts = await withoutShop(project, { name: "store" });
  expect(await findPipeline(parts, "shop")).toMatchObject({ name: "store", datasetName: "raw_shop" });
  expect(await findStoredPipelines(parts)).toEqual([]);
});

test.each([
  ["shp", 'Did you mean "shop"? In sources.yml: crm; in the warehouse alone: shop'],
  ["crn", 'Did you mean "crm"? In sources.yml: crm; in the warehouse alone: shop'],
  ["billing", "In sources.yml: crm; in the warehouse alone: shop"],
])("the name %s is neither: the message says what there is in both", async (name, hint) => {
  await using project = await createMemoryProject();
  const parts = await withoutShop(project, OTHER);
  await expect(findPipeline(parts, name)).rejects.toMatchObject({
    message: `There is no pipeline "${name}", neither in sources.yml nor in the warehouse`,
    hint,
    exitCode: 2,
  });
});

test("without a warehouse only sources.yml is looked at", async () => {
  await using project = await createMemoryProject();
  const { parts } = project.pipeline([]);
  expect(await findStoredPipelines(parts)).toEqual([]);
  await expect(findPipeline(parts, "shopp")).rejects.toMatchObject({
    hint: 'Did you mean "shop"? In sources.yml: shop; in the warehouse alone: none',
  });
});
