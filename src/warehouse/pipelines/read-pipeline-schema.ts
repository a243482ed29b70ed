import { existsSync } from "node:fs";
import type { Clock } from "../../shared/async.js";
import type { PipelineSchema, WarehouseTarget } from "../../model/warehouse.js";
import { withAttached } from "../attach.js";
import { readCatalog } from "../catalog.js";
import { openDuckDb } from "../duckdb.js";
import { engineSettings } from "../engine-settings.js";
import { objectMember } from "../system/json-document.js";
import { readSchema } from "../system/schema-document.js";
import { readSchemaDocument } from "../system/system-tables.js";

/** The newest schema of the pipeline, with its tables as they stand; nothing if there is no file. */
export async function readPipelineSchema(
  target: WarehouseTarget,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<PipelineSchema> {
  if (!existsSync(target.path)) return { document: undefined, tables: [] };
  await using db = await openDuckDb({ config: engineSettings(target.tempDirectory), signal });
  const { path, lockWaitMs, onLockWait } = target;
  return await withAttached(db, { path, lockWaitMs, onLockWait, clock, signal, mode: "read" }, async () => {
    const catalog = await readCatalog(db, target.dataset);
    const document = await readSchemaDocument(db, target, catalog);
    const described = objectMember(document, "tables");
    const tables = [...readSchema(catalog, document).tables.values()].filter(({ name }) => name in described);
    return { value: { document, tables }, isCommitted: false };
  });
}
