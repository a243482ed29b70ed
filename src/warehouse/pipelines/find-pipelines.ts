import type { Clock } from "../../shared/async.js";
import type { FoundPipeline, WarehouseTarget } from "../../model/warehouse.js";
import { readCatalog } from "../catalog.js";
import { WAREHOUSE } from "../quote.js";
import { readPipelines } from "./read-other-pipelines.js";
import { readWarehouse } from "../read-warehouse.js";

/** The pipelines in a DuckDB file, dataset by dataset. dlt's staging datasets hold none. */
export async function findPipelines(
  target: Omit<WarehouseTarget, "dataset" | "pipeline" | "schema">,
  context: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<readonly FoundPipeline[]> {
  return await readWarehouse(target, context, async (db) => {
    const rows = await db.rows(
      `SELECT schema_name FROM duckdb_tables()
        WHERE database_name = $1 AND table_name = '_dlt_pipeline_state' ORDER BY schema_name`,
      [WAREHOUSE],
    );
    const found: FoundPipeline[] = [];
    for (const [name] of rows) {
      const dataset = String(name);
      const pipelines = await readPipelines(db, { dataset }, await readCatalog(db, dataset));
      found.push(...pipelines.map((pipeline) => ({ ...pipeline, dataset })));
    }
    return found;
  });
}
