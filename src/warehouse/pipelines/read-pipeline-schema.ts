import { existsSync } from "node:fs";
import type { Clock } from "../../shared/async.js";
import type { PipelineSchema, WarehouseTarget } from "../../model/warehouse.js";
import { readCatalog } from "../catalog.js";
import { objectMember } from "../system/json-document.js";
import { readSchema } from "../system/schema-document.js";
import { readSchemaDocument } from "../system/system-tables.js";
import { readWarehouse } from "../read-warehouse.js";

/** The newest schema of the pipeline, with its tables as they stand; nothing if there is no file. */
export async function readPipelineSchema(
  target: WarehouseTarget,
  context: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<PipelineSchema> {
  if (!existsSync(target.path)) return { document: undefined, tables: [] };
  return await readWarehouse(target, context, async (db) => {
    const catalog = await readCatalog(db, target.dataset);
    const document = await readSchemaDocument(db, target, catalog);
    const described = objectMember(document, "tables");
    const tables = [...readSchema(catalog, document).tables.values()].filter(({ name }) => name in described);
    return { document, tables };
  });
}
