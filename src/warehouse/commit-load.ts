import { DataError, isDangoError, UsageError } from "../shared/errors.js";
import type { Clock } from "../shared/async.js";
import type { LeftOut, LoadedTable } from "../model/report.js";
import type { Table } from "../model/schema.js";
import type { CommitReport, ResourceLoad, SourceLoad, WarehouseTarget } from "../model/warehouse.js";
import { applyWork } from "./rows/apply-work.js";
import { withAttached } from "./attach.js";
import { readCatalog, type Catalog } from "./catalog.js";
import { changeSchema, fillRootIds } from "./change-schema.js";
import { dropTables, type DroppedTable } from "./pipelines/drop-tables.js";
import { openDuckDb, type DuckDb } from "./duckdb.js";
import { engineSettings, hasWideTables, memoryLimit, SMALL_BLOCK_BYTES } from "./engine-settings.js";
import { growMemory, type Rerun } from "./grow-memory.js";
import { explainFailure } from "./rows/explain-failure.js";
import { findEmptyReplaces, isReplacing, rootTableOf } from "./rows/guard-replace.js";
import { prepareWork, type LoadWork } from "./rows/load-work.js";
import { quoteName, quoteText, WAREHOUSE } from "./quote.js";
import { openStagingArea } from "./rows/staging-area.js";
import { checkUnchanged, createSystemTables, readSchemaDocument, readState } from "./system/system-tables.js";
import { addDropped, countNothing, countTables } from "./system/table-counts.js";
import { withoutBrokenGroups } from "./rows/without-broken-groups.js";
import { writeRecords } from "./rows/write-records.js";

/**
 * Stages and checks every resource before the file is opened, then writes all of them in one transaction. A resource
 * that cannot be loaded is refused with its own error and changes nothing; the others commit.
 */
export async function commitLoad(
  target: WarehouseTarget,
  load: SourceLoad,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<CommitReport> {
  await using db = await openDuckDb({ config: engineSettings(target.tempDirectory, load.resources), signal });
  const refused = new Map<string, Error>();
  const rerun = growMemory(db, load.resources);
  const prepared = await prepareAll(db, { target, load, refused, rerun });
  const { path, lockWaitMs, onLockWait } = target;
  const nothing = { tables: new Map(), leftOut: new Map(), warnings: new Map(), refused, committed: false };
  if (prepared.length === 0) return nothing;
  return await withAttached<CommitReport>(
    db,
    { path, lockWaitMs, onLockWait, clock, signal, mode: "write" },
    async () => {
      const rewrite = hasWideTables(load.resources) ? await prepareForWidth(db, load) : rerun;
      for (let works = withoutBrokenGroups(prepared, load, refused); works.length > 0;) {
        try {
          const { counts: tables, ...told } = await rewrite(() =>
            commitOnce(db, { target, load, works, clock }),
          );
          return { value: { tables, ...told, refused, committed: true }, isCommitted: true };
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          for (const [name, reason] of error.refused) refused.set(name, reason);
          works = withoutBrokenGroups(works, load, refused);
        }
      }
      return { value: nothing, isCommitted: false };
    },
  );
}

/** Of wide tables the log would need memory of its own, so the commit checkpoints; files with large blocks need more of it. */
async function prepareForWidth(db: DuckDb, { resources }: SourceLoad): Promise<Rerun> {
  await db.run("SET checkpoint_threshold = '1MB'");
  const [size] = await db.rows(
    `SELECT block_size FROM pragma_database_size() WHERE database_name = ${quoteText(WAREHOUSE)}`,
  );
  const hasLargeBlocks = Number(size?.[0]) > SMALL_BLOCK_BYTES;
  if (hasLargeBlocks) await db.run(`SET memory_limit = '${memoryLimit(resources, { hasLargeBlocks })}'`);
  return growMemory(db, resources, hasLargeBlocks);
}

/** Resources that a transaction found to be unloadable: it is rolled back, and begun again without them. */
class Refusal extends Error {
  readonly refused: ReadonlyMap<string, Error>;

  constructor(refused: ReadonlyMap<string, Error>) {
    super("refused");
    this.refused = refused;
  }
}

/** One attempt at the transaction, from BEGIN to COMMIT. */
interface Attempt {
  readonly target: WarehouseTarget;
  readonly load: SourceLoad;
  readonly works: readonly LoadWork[];
  readonly clock: Clock;
}

/** What a transaction did, by resource. */
interface Outcome {
  readonly counts: Map<string, readonly LoadedTable[]>;
  readonly leftOut: ReadonlyMap<string, readonly LeftOut[]>;
  readonly warnings: ReadonlyMap<string, string>;
}

async function prepareAll(
  db: DuckDb,
  {
    target,
    load,
    refused,
    rerun,
  }: { target: WarehouseTarget; load: SourceLoad; refused: Map<string, Error>; rerun: Rerun },
): Promise<LoadWork[]> {
  const isWide = hasWideTables(load.resources);
  const area = isWide ? await openStagingArea(db, target.tempDirectory) : undefined;
  const works: LoadWork[] = [];
  for (const [index, resource] of load.resources.entries()) {
    try {
      const place = { loadId: load.loadId, index, area };
      works.push(await rerun(() => prepareWork(db, resource, place)));
    } catch (error) {
      refused.set(resource.options.name, refusalOrThrow(error, resource, target.path));
    }
  }
  return works;
}

/** The error as the resource's own, if it is about its values; everything else ends the commit. */
function refusalOrThrow(error: unknown, { options }: ResourceLoad, path: string): Error {
  const explained = explainFailure(error, path);
  if (!isDangoError(explained) || !["data", "guard"].includes(explained.type)) throw explained;
  if (isDangoError(error)) return explained;
  return new DataError(`${options.name}: ${explained.message}`, { hint: explained.hint, cause: error });
}

async function commitOnce(db: DuckDb, attempt: Attempt): Promise<Outcome> {
  try {
    return await writeAll(db, attempt);
  } catch (error) {
    await db.finish("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

async function writeAll(db: DuckDb, { target, load, works, clock }: Attempt): Promise<Outcome> {
  const { dataset } = target;
  await db.run("BEGIN TRANSACTION");
  const found = await readCatalog(db, dataset);
  if (load.isLimited) await refuseToDropState(db, target, found);
  else await checkUnchanged(db, target, { before: load.before, catalog: found });
  if (load.isLimited) await db.run(`DROP SCHEMA IF EXISTS ${WAREHOUSE}.${quoteName(dataset)} CASCADE`);
  const schemaBefore = load.isLimited ? undefined : await readSchemaDocument(db, target, found);
  await createSystemTables(db, dataset);
  const before = load.isLimited ? new Map() : found;
  const empty = await findEmptyReplaces(db, dataset, works, before);
  if (empty.size > 0) throw new Refusal(empty);
  const rebuilt = await changeTables(db, { target, load, works, clock }, before);
  const { counts, ...told } = await applyAll(db, { target, load, works, clock }, before);
  const dropped: string[] = [];
  for (const [name, tables] of rebuilt) {
    counts.set(name, addDropped(counts.get(name) ?? [], tables));
    dropped.push(...tables.map((table) => table.name));
  }
  const tables = works.filter(hasTables).flatMap((work) => work.load.plan.tables.map(({ table }) => table));
  const committedAtMs = clock.now();
  await writeRecords(db, target, { load, works, counts, tables, dropped, schemaBefore, committedAtMs });
  await db.finish("COMMIT");
  return { counts, ...told };
}

/** A resource has tables once it has had a row (M4). */
function hasTables(work: LoadWork): boolean {
  return work.root !== undefined && work.selection.rows > 0;
}

async function refuseToDropState(db: DuckDb, target: WarehouseTarget, catalog: Catalog): Promise<void> {
  const { version } = await readState(db, target, catalog);
  if (version === 0) return;
  throw new UsageError(
    `the dataset ${target.dataset} holds the state of a pipeline: a limited run would drop it`,
    { hint: "rename the source's dataset" },
  );
}

/** All changes of tables, before any row is touched; the tables dropped for a rebuild, by resource. */
async function changeTables(
  db: DuckDb,
  { target, load, works }: Attempt,
  before: Catalog,
): Promise<Map<string, DroppedTable[]>> {
  const { dataset } = target;
  const dropped = new Map<string, DroppedTable[]>();
  for (const work of works) {
    if (!work.load.rebuild || work.load.options.writeDisposition.kind === "skip") continue;
    const place = { schema: load.before.schema, catalog: before };
    const root = rootTableOf(work);
    // Resources may share it (M9).
    if ([...dropped.values()].flat().some(({ name }) => name === root)) continue;
    dropped.set(work.name, await ownFailure(work, target, () => dropTables(db, dataset, root, place)));
  }
  const rootless: { work: LoadWork; table: Table }[] = [];
  for (const work of works) {
    if (!hasTables(work)) continue;
    const catalog = await readCatalog(db, dataset);
    const tables = await ownFailure(work, target, () => changeSchema(db, dataset, work, catalog));
    rootless.push(...tables.map((table) => ({ work, table })));
  }
  const catalog = await readCatalog(db, dataset);
  for (const { work, table } of rootless)
    await ownFailure(work, target, () => fillRootIds(db, dataset, table, catalog));
  return dropped;
}

async function applyAll(db: DuckDb, { target, load, works }: Attempt, before: Catalog): Promise<Outcome> {
  const counts = new Map<string, readonly LoadedTable[]>();
  const leftOut = new Map<string, readonly LeftOut[]>();
  const warnings = new Map<string, string>();
  const place = { dataset: target.dataset, loadId: load.loadId, emptied: new Set<string>() };
  // A table that one resource empties and another adds to is emptied first (M9).
  for (const work of [...works.filter(isReplacing), ...works.filter((one) => !isReplacing(one))]) {
    leftOut.set(work.name, work.leftOut);
    const isIdle = !hasTables(work) && !(isReplacing(work) && before.has(rootTableOf(work).toLowerCase()));
    if (isIdle || (work.load.rebuild && !hasTables(work))) {
      counts.set(work.name, countNothing(work, rootTableOf(work)));
      continue;
    }
    await ownFailure(work, target, async () => {
      const applied = await applyWork(db, place, work, before);
      counts.set(work.name, await countTables(db, work, applied));
      leftOut.set(work.name, [...work.leftOut, ...(applied.leftOut ?? [])]);
      if (applied.warning !== undefined) warnings.set(work.name, applied.warning);
    });
  }
  return { counts, leftOut, warnings };
}

/** A failure that is about the resource's values is its own; DuckDB's transaction is lost all the same. */
async function ownFailure<T>(work: LoadWork, target: WarehouseTarget, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new Refusal(new Map([[work.name, refusalOrThrow(error, work.load, target.path)]]));
  }
}
