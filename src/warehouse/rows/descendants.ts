import type { DuckDb } from "../duckdb.js";
import { quoteName, quoteTable } from "../quote.js";
import { SYSTEM_COLUMNS } from "../system/system-columns.js";
import type { FamilyTable } from "./table-family.js";

/** For each table with children: a temporary table (`id`) of the `_dlt_id`s of the rows in question. */
export type Descendants = ReadonlyMap<string, string>;

const ID = quoteName(SYSTEM_COLUMNS.id);
const PARENT = quoteName(SYSTEM_COLUMNS.parentId);

/**
 * Collects the rows below the root rows in `ids`, level by level along `_dlt_parent_id`: also right for tables that
 * have no `_dlt_root_id`, or had none when their rows came.
 */
export async function collectDescendants(
  db: DuckDb,
  dataset: string,
  root: FamilyTable,
  ids: string,
): Promise<Descendants> {
  const found = new Map([[root.name, ids]]);
  let count = 0;
  const collect = async (table: FamilyTable, parents: string): Promise<void> => {
    for (const child of table.children) {
      if (child.children.length === 0) continue;
      const name = `${ids}_below_${String(count)}`;
      count += 1;
      await db.run(
        `CREATE OR REPLACE TEMP TABLE ${name} AS SELECT ${ID} AS id FROM ${quoteTable(dataset, child.name)}
          WHERE ${PARENT} IN (SELECT id FROM ${parents})`,
      );
      found.set(child.name, name);
      await collect(child, name);
    }
  };
  await collect(root, ids);
  return found;
}

/** Deletes the root rows in `ids` and everything below them; how many rows, by table name. */
export async function deleteFamilyRows(
  db: DuckDb,
  dataset: string,
  root: FamilyTable,
  ids: string,
): Promise<Map<string, number>> {
  const descendants = await collectDescendants(db, dataset, root, ids);
  const deleted = new Map<string, number>();
  const deleteBelow = async (table: FamilyTable): Promise<void> => {
    const parents = descendants.get(table.name) ?? ids;
    for (const child of table.children) {
      const sql = `DELETE FROM ${quoteTable(dataset, child.name)} WHERE ${PARENT} IN (SELECT id FROM ${parents})`;
      deleted.set(child.name, await db.run(sql));
      await deleteBelow(child);
    }
  };
  await deleteBelow(root);
  const sql = `DELETE FROM ${quoteTable(dataset, root.name)} WHERE ${ID} IN (SELECT id FROM ${ids})`;
  return deleted.set(root.name, await db.run(sql));
}
