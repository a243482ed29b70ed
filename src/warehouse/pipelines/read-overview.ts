import { existsSync } from "node:fs";
import type { Clock } from "../../shared/async.js";
import type { DatasetOverview, WarehouseTarget } from "../../model/warehouse.js";
import { readCatalog, type CatalogTable } from "../catalog.js";
import type { DuckDb } from "../duckdb.js";
import { missingWarehouse } from "../missing-warehouse.js";
import { quoteTable } from "../quote.js";
import { isSystemTable } from "../system/system-columns.js";
import { readWarehouse } from "../read-warehouse.js";

const SHOWN_LOADS = 10;

/** The tables of a dataset with their sizes, and the pipeline's last loads. Throws if there is no file. */
export async function readOverview(
  target: WarehouseTarget,
  context: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<DatasetOverview> {
  if (!existsSync(target.path)) throw missingWarehouse(target.path);
  return await readWarehouse(target, context, async (db) => {
    const catalog = await readCatalog(db, target.dataset);
    const ordered = [...catalog.values()].sort((a, b) => rank(a) - rank(b));
    const tables = [];
    for (const { name, columns } of ordered) {
      const rows = await countRows(db, target.dataset, name);
      tables.push({
        name,
        rows,
        columns: columns.map((column) => ({ name: column.name, type: column.sqlType })),
      });
    }
    const loads = catalog.has("_dlt_loads") ? await readLoads(db, target) : [];
    return { tables, loads };
  });
}

function rank({ name }: CatalogTable): number {
  return isSystemTable(name) ? 1 : 0;
}

async function countRows(db: DuckDb, dataset: string, table: string): Promise<number> {
  const [row] = await db.rows(`SELECT count(*) FROM ${quoteTable(dataset, table)}`);
  return Number(row?.[0] ?? 0);
}

async function readLoads(db: DuckDb, target: WarehouseTarget): Promise<DatasetOverview["loads"]> {
  const rows = await db.rows(
    `SELECT load_id, inserted_at FROM ${quoteTable(target.dataset, "_dlt_loads")}
      WHERE schema_name = $1 AND status = 0
      ORDER BY inserted_at DESC, load_id DESC LIMIT ${String(SHOWN_LOADS)}`,
    [target.schema],
  );
  return rows.map(([loadId, insertedAt]) => ({ loadId: String(loadId), insertedAt: String(insertedAt) }));
}
