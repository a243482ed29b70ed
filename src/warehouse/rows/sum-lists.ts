import type { DuckDb } from "../duckdb.js";
import { isSelected, type RowSelection } from "./row-selection.js";
import { memberOf, stagedValue } from "./stage-records.js";
import type { FamilyTable } from "./table-family.js";

/** What joins the sums of a row's lists to it. */
interface ListSums {
  /** One for each list, in order: SQL that is 0 for an empty list. */
  readonly totals: readonly string[];
  readonly joins: string;
}

/** SQL for the values of a row's data columns that count; `row` gives the staged value at a path. */
export type RowContent = (table: FamilyTable, row: (path: readonly string[]) => string) => string[];

/** How the hash of a row comes about. */
interface Hashing {
  readonly contentOf: RowContent;
  readonly hashOf: (values: readonly string[]) => string;
}

/** A table of rows `e` that are numbered by `keys`; `read` gives the SQL of the value at a path of one. */
interface ExpandedRows {
  readonly name: string;
  readonly keys: readonly string[];
  read(path: readonly string[]): string;
}

/**
 * Sums the hashes of the elements of all lists of staged records, level by level in temporary tables: the way for
 * lists in lists that are too deep for one statement. The joins are to the staged table as `s`.
 */
export async function sumLists(
  db: DuckDb,
  root: FamilyTable,
  selection: RowSelection,
  hashing: Hashing,
): Promise<ListSums> {
  const { staged } = selection;
  const name = `${staged.table}_level_0`;
  await db.run(
    `CREATE OR REPLACE TEMP TABLE ${name} AS SELECT s.rowid AS k0, s.* FROM ${staged.table} s
      WHERE ${isSelected(selection, "s.rowid")}`,
  );
  const rows = { name, keys: ["k0"], read: (path: readonly string[]) => stagedValue(staged, "e", path) };
  const tables = await sumChildren(db, root, { rows, path: name, ...hashing });
  await db.run(`DROP TABLE ${name}`);
  return joinSums(tables, ["s.rowid"]);
}

async function sumChildren(
  db: DuckDb,
  table: FamilyTable,
  place: Hashing & { rows: ExpandedRows; path: string },
): Promise<string[]> {
  const sums: string[] = [];
  for (const child of table.children) sums.push(await sumChild(db, child, place));
  return sums;
}

/** Makes the table of the sums over one list: the keys of the row that has it, and `total`. */
async function sumChild(
  db: DuckDb,
  child: FamilyTable,
  place: Hashing & { rows: ExpandedRows; path: string },
): Promise<string> {
  const { rows: above, hashOf, contentOf } = place;
  const path = `${place.path}_${String(child.ordinal)}`;
  const index = `k${String(child.depth)}`;
  const parentKeys = above.keys.join(", ");
  await db.run(
    `CREATE OR REPLACE TEMP TABLE ${path} AS
      SELECT ${parentKeys}, unnest(list) AS x, unnest(range(len(list))) AS ${index}
        FROM (SELECT ${parentKeys}, ${above.read(child.plan.listPath)} AS list FROM ${above.name} e)`,
  );
  const rows = {
    name: path,
    keys: [...above.keys, index],
    read: (at: readonly string[]) => memberOf("e.x", at),
  };
  const sums = await sumChildren(db, child, { rows, path, hashOf, contentOf });
  const { totals, joins } = joinSums(
    sums,
    rows.keys.map((key) => `e.${key}`),
  );
  const values = contentOf(child, rows.read);
  const keys = above.keys.map((key) => `e.${key}`).join(", ");
  await db.run(
    `CREATE OR REPLACE TEMP TABLE ${path}_sum AS
      SELECT ${keys}, sum(${hashOf([`CAST(e.${index} AS BIGINT)`, ...values, ...totals])}) AS total
        FROM ${path} e ${joins} GROUP BY ALL`,
  );
  for (const done of [path, ...sums]) await db.run(`DROP TABLE ${done}`);
  return `${path}_sum`;
}

function joinSums(tables: readonly string[], keys: readonly string[]): ListSums {
  const joins = tables.map((table, index) => {
    const isSame = keys.map((key, at) => `c${String(index)}.k${String(at)} = ${key}`).join(" AND ");
    return `LEFT JOIN ${table} c${String(index)} ON ${isSame}`;
  });
  const totals = tables.map((_, index) => `coalesce(c${String(index)}.total, CAST(0 AS HUGEINT))`);
  return { totals, joins: joins.join("\n") };
}
