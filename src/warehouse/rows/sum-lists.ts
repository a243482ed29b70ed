import type { DuckDb } from "../duckdb.js";
import { isSelected, type RowSelection } from "./row-selection.js";
import type { StagedRecords } from "./stage-records.js";
import { readList, rowReader, type FamilyTable } from "./table-family.js";

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

/** The rows of a table: `from` has them as `s`, and `rowid` tells them apart. */
interface ExpandedRows extends Hashing {
  readonly staged: StagedRecords;
  readonly from: string;
  /** Gives a temporary table a name. */
  readonly nextName: () => string;
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
  let names = 0;
  return joinSums(
    await sumChildren(db, root, {
      ...hashing,
      staged,
      from: `${staged.table} s WHERE ${isSelected(selection, "s.rowid")}`,
      nextName: () => `${staged.table}_level_${String((names += 1))}`,
    }),
  );
}

async function sumChildren(db: DuckDb, table: FamilyTable, rows: ExpandedRows): Promise<string[]> {
  const sums: string[] = [];
  for (const child of table.children) sums.push(await sumChild(db, child, { parent: table, above: rows }));
  return sums;
}

/** Makes the table of the sums over one list: `above`, the rowid of the row that has it, and `total`. */
async function sumChild(
  db: DuckDb,
  child: FamilyTable,
  { parent, above }: { readonly parent: FamilyTable; readonly above: ExpandedRows },
): Promise<string> {
  const { hashOf, contentOf, staged } = above;
  const name = above.nextName();
  const list = readList(child, { parent, staged, element: "s.x" });
  await db.run(
    `CREATE OR REPLACE TEMP TABLE ${name} AS
      SELECT above, unnest(list) AS x, unnest(range(len(list))) AS list_index
        FROM (SELECT s.rowid AS above, ${list} AS list FROM ${above.from})`,
  );
  const sums = await sumChildren(db, child, { ...above, from: `${name} s` });
  const { totals, joins } = joinSums(sums);
  const values = contentOf(child, rowReader(child, staged, "s.x"));
  await db.run(
    `CREATE OR REPLACE TEMP TABLE ${name}_sum AS
      SELECT s.above, sum(${hashOf(["CAST(s.list_index AS BIGINT)", ...values, ...totals])}) AS total
        FROM ${name} s ${joins} GROUP BY s.above`,
  );
  for (const done of [name, ...sums]) await db.run(`DROP TABLE ${done}`);
  return `${name}_sum`;
}

function joinSums(tables: readonly string[]): ListSums {
  const joins = tables.map((table, index) => {
    const sum = `c${String(index)}`;
    return `LEFT JOIN ${table} ${sum} ON ${sum}.above = s.rowid`;
  });
  const totals = tables.map((_, index) => `coalesce(c${String(index)}.total, CAST(0 AS HUGEINT))`);
  return { totals, joins: joins.join("\n") };
}
