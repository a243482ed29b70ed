import { createHash } from "node:crypto";
import type { DuckDb } from "../duckdb.js";
import { visitRows } from "./expand-lists.js";
import { quoteName, quoteTable, quoteText } from "../quote.js";
import type { RowSelection } from "./row-selection.js";
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
    const [row] = await db.rows(`SELECT count(*) FROM ${rows}`);
    counts.set(chain.at(-1)?.name ?? "", Number(row?.[0] ?? 0));
  });
  return counts;
}

function insertStatement(
  place: InsertPlace,
  chain: readonly FamilyTable[],
  { staged, rows }: { readonly staged: StagedRecords; readonly rows: string },
): string {
  const table = chain.at(-1);
  if (table === undefined) return "";
  const data = dataColumns(table);
  const values = rowValues(table, data, rowReader(table, staged, "x"));
  const system = systemValues(place, chain);
  const names = [...data.map(({ name }) => name), ...system.map(([name]) => name)];
  return `INSERT INTO ${quoteTable(place.dataset, table.name)} (${names.map(quoteName).join(", ")})
    SELECT ${[...values, ...system.map(([, value]) => value)].join(", ")} FROM ${rows}`;
}

function systemValues(place: InsertPlace, chain: readonly FamilyTable[]): (readonly [string, string])[] {
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
    [SYSTEM_COLUMNS.parentId, spellId(place, lists.slice(0, -1), "rid")],
    [SYSTEM_COLUMNS.listIndex, `i${String(table.depth)}`],
    [SYSTEM_COLUMNS.id, spellId(place, lists, "rid")],
  ];
}

/**
 * The id of a row: the tag and the record's number, or the id that the record takes over; then for each list on the
 * way down a letter and the index.
 */
function spellId({ idTag, takenIds }: InsertPlace, lists: readonly FamilyTable[], rid: string): string {
  const steps = lists.flatMap(({ ordinal, depth }) => [`'${letters(ordinal)}'`, `i${String(depth)}`]);
  const own = [quoteText(idTag), rid];
  if (takenIds === undefined) return `concat(${[...own, ...steps].join(", ")})`;
  const root = `coalesce((SELECT taken.id FROM ${takenIds} taken WHERE taken.record = ${rid}), concat(${own.join(", ")}))`;
  return steps.length === 0 ? root : `concat(${[root, ...steps].join(", ")})`;
}

/** `a`, `b`, …, `z`, `aa`, … */
function letters(ordinal: number): string {
  const rest = Math.floor(ordinal / ALPHABET.length);
  return (rest === 0 ? "" : letters(rest - 1)) + ALPHABET.charAt(ordinal % ALPHABET.length);
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyz";
