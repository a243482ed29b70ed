import { UsageError } from "../../shared/errors.js";
import type { Clock } from "../../shared/async.js";
import type { AdoptedDataset, FoundPipeline, WarehouseTarget } from "../../model/warehouse.js";
import { waitForLock, withAttached } from "../attach.js";
import { readCatalog, type Catalog, type CatalogTable } from "../catalog.js";
import { openDuckDb, type DuckDb } from "../duckdb.js";
import { engineSettings } from "../engine-settings.js";
import { quoteName, quoteTable, quoteText } from "../quote.js";
import { renamePipeline } from "./rename-pipeline.js";
import { isSystemTable } from "../system/system-columns.js";
import { countCommits, createSystemTables } from "../system/system-tables.js";

/** The name that dlt's file is attached under. */
const ADOPTED = "adopted";

/**
 * Copies the tables, schema, loads and state of a pipeline of dlt into the target's dataset, in one transaction and under
 * the target's names. Throws UsageError if the dataset has such tables, or loads of the pipeline, already.
 */
export async function adoptDataset(
  target: WarehouseTarget,
  { file, found }: { readonly file: string; readonly found: FoundPipeline },
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<AdoptedDataset> {
  await using db = await openDuckDb({ config: engineSettings(target.tempDirectory), signal });
  const { path, lockWaitMs, onLockWait } = target;
  return await withAttached(db, { path, lockWaitMs, onLockWait, clock, signal, mode: "write" }, async () => {
    await waitForLock({ path: file, lockWaitMs, onLockWait, clock, signal }, () =>
      db.run(`ATTACH ${quoteText(file)} AS ${ADOPTED} (TYPE duckdb, READ_ONLY)`),
    );
    try {
      return { value: await copyPipeline(db, target, found), isCommitted: true };
    } catch (error) {
      await db.finish("ROLLBACK").catch(() => undefined);
      throw error;
    } finally {
      await db.finish(`DETACH ${ADOPTED}`).catch(() => undefined);
    }
  });
}

async function copyPipeline(
  db: DuckDb,
  target: WarehouseTarget,
  found: FoundPipeline,
): Promise<AdoptedDataset> {
  await db.run("BEGIN TRANSACTION");
  const before = await readCatalog(db, target.dataset);
  await refuseWhatIsThere(db, target, { found, before });
  await createSystemTables(db, target.dataset);
  const theirs = await readCatalog(db, found.dataset, ADOPTED);
  const tables: { name: string; rows: number }[] = [];
  for (const name of found.tables) {
    const table = theirs.get(name.toLowerCase());
    if (table !== undefined) tables.push({ name, rows: await copyTable(db, target, found, table) });
  }
  await copySystemRows(db, target, { found, theirs });
  await renamePipeline(db, target, found);
  await db.finish("COMMIT");
  const copied = new Set(found.tables);
  const left = [...theirs.values()].map(({ name }) => name);
  return { tables, left: left.filter((name) => !isSystemTable(name) && !copied.has(name)) };
}

async function refuseWhatIsThere(
  db: DuckDb,
  target: WarehouseTarget,
  { found, before }: { found: FoundPipeline; before: Catalog },
): Promise<void> {
  const there = found.tables.find((name) => before.has(name.toLowerCase()));
  if (there === undefined && (await countCommits(db, target, before)) === 0) return;
  const what = there === undefined ? `loads of the pipeline ${target.pipeline}` : `a table ${there}`;
  throw new UsageError(
    `the dataset ${target.dataset} of the warehouse has ${what} already; nothing was copied`,
    {
      hint: "give the source another `dataset_name`, or drop that dataset",
    },
  );
}

/** Makes the table as dlt made it and copies its rows, in their order; how many. */
async function copyTable(
  db: DuckDb,
  target: WarehouseTarget,
  found: FoundPipeline,
  { name, columns }: CatalogTable,
): Promise<number> {
  const described = columns.map(
    (column) => `${quoteName(column.name)} ${column.sqlType}${column.nullable ? "" : " NOT NULL"}`,
  );
  await db.run(`CREATE TABLE ${quoteTable(target.dataset, name)} (${described.join(", ")})`);
  return db.run(`INSERT INTO ${quoteTable(target.dataset, name)} SELECT * FROM ${theirTable(found, name)}`);
}

/** Copies states and schemas of the pipeline, and the loads that brought them. */
async function copySystemRows(
  db: DuckDb,
  target: WarehouseTarget,
  { found, theirs }: { found: FoundPipeline; theirs: Catalog },
): Promise<void> {
  const states = `SELECT _dlt_load_id FROM ${theirTable(found, "_dlt_pipeline_state")} WHERE pipeline_name = $2`;
  const conditions = {
    _dlt_loads: `schema_name = $1 OR load_id IN (${states})`,
    _dlt_version: "schema_name = $1 AND $2 IS NOT NULL",
    _dlt_pipeline_state: "pipeline_name = $2 AND $1 IS NOT NULL",
  };
  const ours = await readCatalog(db, target.dataset);
  for (const [table, condition] of Object.entries(conditions)) {
    const known = theirs.get(table)?.columns.map(({ name }) => name) ?? [];
    const columns = (ours.get(table)?.columns ?? [])
      .map(({ name }) => name)
      .filter((name) => known.includes(name));
    const names = columns.map(quoteName).join(", ");
    await db.run(
      `INSERT INTO ${quoteTable(target.dataset, table)} (${names})
        SELECT ${names} FROM ${theirTable(found, table)} WHERE ${condition}`,
      [found.schema, found.pipeline],
    );
  }
}

function theirTable({ dataset }: FoundPipeline, table: string): string {
  return `${ADOPTED}.${quoteName(dataset)}.${quoteName(table)}`;
}
