import { createHash } from "node:crypto";
import type { DuckDb } from "../duckdb.js";
import { visitRows, type VisitedRows } from "./expand-lists.js";
import { quoteName, quoteTable, quoteText } from "../quote.js";
import type { RowSelection } from "./row-selection.js";
import { spellWay } from "./spell-way.js";
import type { StagedRecords } from "./stage-records.js";
import { SYSTEM_COLUMNS } from "../system/system-columns.js";
import { dataColumns, rowReader, rowValues, type FamilyTable } from "./table-family.js";

/** Where rows go. */
export interface InsertPlace {
  readonly dataset: string;
  readonly loadId: string;
  /** Begins every `_dlt_id` of the load and resource; see {@link createIdTag}. */
  readonly idTag: string;
  /** A temporary table (`record`, `id`): records that take over the id of a stored row; what is below them then has stable ids too. */
  readonly takenIds?: string;
  /** Of scd2: what stands in the columns of validity, as SQL. */
  readonly validity?: { readonly from: string; readonly to: string };
}

/** Letters and digits that no other load or resource has: nine of 64 possible ones. */
export function createIdTag(loadId: string, resource: string): string {
  return createHash("sha256").update(`${loadId}\0${resource}`).digest("base64url").slice(0, 9);
}

/** Inserts the selected records into all tables of a family; the rows of each table, by name. */
export async function insertRows(
  db: DuckDb,
  place: InsertPlace,
  root: FamilyTable,
  selection: RowSelection,
): Promise<Map<string, number>> {
  const inserted = new Map<string, number>();
  await visitRows(db, root, selection, async (chain, rows) => {
    const table = chain.at(-1);
    if (table === undefined) return;
    inserted.set(table.name, await db.run(insertStatement(place, chain, { staged: selection.staged, rows })));
  });
  return inserted;
}

/** How many rows the selected records make in each table of a family, by name. */
export async function countRows(
  db: DuckDb,
  root: FamilyTable,
  selection: RowSelection,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  await visitRows(db, root, selection, async (chain, rows) => {
    const [row] = await db.rows(`SELECT count(*) FROM ${rows.from}`);
    counts.set(chain.at(-1)?.name ?? "", Number(row?.[0] ?? 0));
  });
  return counts;
}

function insertStatement(
  place: InsertPlace,
  chain: readonly FamilyTable[],
  { staged, rows }: { readonly staged: StagedRecords; readonly rows: VisitedRows },
): string {
  const table = chain.at(-1);
  if (table === undefined) return "";
  const data = dataColumns(table);
  const values = rowValues(table, data, rowReader(table, staged, "x"));
  const system = systemValues(place, chain, rows.keptDepth);
  const names = [...data.map(({ name }) => name), ...system.map(([name]) => name)];
  return `INSERT INTO ${quoteTable(place.dataset, table.name)} (${names.map(quoteName).join(", ")})
    SELECT ${[...values, ...system.map(([, value]) => value)].join(", ")} FROM ${rows.from}`;
}

function systemValues(
  place: InsertPlace,
  chain: readonly FamilyTable[],
  keptDepth: number,
): (readonly [string, string])[] {
  const table = chain.at(-1);
  if (table === undefined || table.depth === 0) {
    const { validity } = place;
    const columns = validity === undefined ? [] : (table?.plan.table.columns ?? []);
    return [
      ...columns.flatMap((column) =>
        column.validity === undefined || validity === undefined
          ? []
          : [[column.name, validity[column.validity]] as const],
      ),
      [SYSTEM_COLUMNS.loadId, quoteText(place.loadId)],
      [SYSTEM_COLUMNS.id, spellId(place, [], "s.rowid")],
    ];
  }
  const hasRootId = table.plan.table.columns.some(({ name }) => name === SYSTEM_COLUMNS.rootId);
  const lists = chain.slice(1);
  return [
    ...(hasRootId ? [[SYSTEM_COLUMNS.rootId, spellId(place, [], "rid")] as const] : []),
    [SYSTEM_COLUMNS.parentId, spellId(place, spellWay(lists.slice(0, -1), keptDepth), "rid")],
    [SYSTEM_COLUMNS.listIndex, `i${String(table.depth)}`],
    [SYSTEM_COLUMNS.id, spellId(place, spellWay(lists, keptDepth), "rid")],
  ];
}

/** The id of a row: the tag and the record's number, or the id that the record takes over; then the way down. */
function spellId({ idTag, takenIds }: InsertPlace, way: readonly string[], rid: string): string {
  const own = [quoteText(idTag), rid];
  if (takenIds === undefined) return `concat(${[...own, ...way].join(", ")})`;
  const root = `coalesce((SELECT taken.id FROM ${takenIds} taken WHERE taken.record = ${rid}), concat(${own.join(", ")}))`;
  return way.length === 0 ? root : `concat(${[root, ...way].join(", ")})`;
}
