import type { DuckDb } from "../duckdb.js";
import type { Descendants } from "./descendants.js";
import { quoteName, quoteTable } from "../quote.js";
import type { RowSelection } from "./row-selection.js";
import { memberOf, stagedValue } from "./stage-records.js";
import { sumLists, type RowContent } from "./sum-lists.js";
import { SYSTEM_COLUMNS } from "../system/system-columns.js";
import { comparedWithDlt, valuesAsDlt } from "./values-as-dlt.js";
import { dataColumns, rowValues, type FamilyTable } from "./table-family.js";

/** SQL for a hash over the whole content of rows: `from` has them as `s` or `t0`, with what the hash needs of lists. */
export interface Signature {
  readonly signature: string;
  readonly from: string;
}

/**
 * The hash of staged records `s`: of their data columns as they are stored, and of all their lists in their order.
 * Equal to {@link storedSignature} of a stored row with the same content.
 */
export async function stagedSignature(
  db: DuckDb,
  root: FamilyTable,
  selection: RowSelection,
  isConverted = false,
): Promise<Signature> {
  const { staged } = selection;
  const contentOf = isConverted ? valuesAsDlt : ownValues;
  const values = contentOf(root, (path) => stagedValue(staged, "s", path));
  if (heightOf(root) > MOST_LAMBDAS) {
    const { totals, joins } = await sumLists(db, root, selection, { hashOf, contentOf });
    return { signature: hashOf([...values, ...totals]), from: `${staged.table} s ${joins}` };
  }
  const lists = root.children.map((child) =>
    stagedSum(child, stagedValue(staged, "s", child.plan.listPath), contentOf),
  );
  return { signature: hashOf([...values, ...lists]), from: `${staged.table} s` };
}

/** DuckDB takes twice as long to bind each further lambda within lambdas. */
const MOST_LAMBDAS = 4;

function heightOf(table: FamilyTable): number {
  return Math.max(0, ...table.children.map((child) => 1 + heightOf(child)));
}

/**
 * SQL for the same hash of stored root rows: `from` has them as `t0`, joined with the sums over their lists.
 * `descendants` bounds how much of the child tables is read; `name` begins the names of temporary tables.
 */
export async function storedSignature(
  db: DuckDb,
  root: FamilyTable,
  place: {
    readonly dataset: string;
    readonly descendants: Descendants;
    readonly name: string;
    readonly isConverted?: boolean;
  },
): Promise<Signature> {
  const deepSums = heightOf(root) > MOST_LAMBDAS ? await sumStored(db, root, place) : undefined;
  const { values, joins } = storedContent(root, place, deepSums);
  return { signature: hashOf(values), from: `${quoteTable(place.dataset, root.name)} t0 ${joins}` };
}

function ownValues(table: FamilyTable, row: (path: readonly string[]) => string): string[] {
  return rowValues(table, dataColumns(table), row);
}

function hashOf(values: readonly string[]): string {
  return `hash(${["NULL", ...values].join(", ")})`;
}

/** The sum of the hashes of a list's elements: of one size however long the list is; each hash holds its index. */
function stagedSum(table: FamilyTable, list: string, contentOf: RowContent): string {
  const element = `x${String(table.depth)}`;
  const index = `n${String(table.depth)}`;
  const values = contentOf(table, (path) => memberOf(element, path));
  const lists = table.children.map((child) =>
    stagedSum(child, memberOf(element, child.plan.listPath), contentOf),
  );
  const hash = hashOf([`CAST(${index} - 1 AS BIGINT)`, ...values, ...lists]);
  return `coalesce(list_sum(list_transform(${list}, lambda ${element}, ${index}: ${hash})), CAST(0 AS HUGEINT))`;
}

interface StoredPlace {
  readonly dataset: string;
  readonly descendants: Descendants;
  readonly isConverted?: boolean;
}

/** `sums`: temporary tables (`parent`, `total`) of the sums over lists, by table; undefined: as subqueries. */
function storedContent(
  table: FamilyTable,
  place: StoredPlace,
  sums: ReadonlyMap<string, string> | undefined,
): { readonly values: string[]; readonly joins: string } {
  const row = `t${String(table.depth)}`;
  const columns = dataColumns(table);
  const stored = columns.map(({ name, sqlType }) => `CAST(${row}.${quoteName(name)} AS ${sqlType})`);
  const own = place.isConverted === true ? comparedWithDlt(columns, stored) : stored;
  const totals = table.children.map((_, index) => `coalesce(c${String(index)}.total, CAST(0 AS HUGEINT))`);
  const joins = table.children.map((child, index) => {
    const from = sums?.get(child.name) ?? `(${storedSum(child, table, place)})`;
    return `LEFT JOIN ${from} c${String(index)}
        ON c${String(index)}.parent = ${row}.${quoteName(SYSTEM_COLUMNS.id)}`;
  });
  return { values: [...own, ...totals], joins: joins.join("\n") };
}

function storedSum(
  table: FamilyTable,
  above: FamilyTable,
  place: StoredPlace,
  sums?: ReadonlyMap<string, string>,
): string {
  const parents = place.descendants.get(above.name);
  const row = `t${String(table.depth)}`;
  const parent = `${row}.${quoteName(SYSTEM_COLUMNS.parentId)}`;
  const { values, joins } = storedContent(table, place, sums);
  const hash = hashOf([`CAST(${row}.${quoteName(SYSTEM_COLUMNS.listIndex)} AS BIGINT)`, ...values]);
  const condition = parents === undefined ? "true" : `${parent} IN (SELECT id FROM ${parents})`;
  return `SELECT ${parent} AS parent, sum(${hash}) AS total
    FROM ${quoteTable(place.dataset, table.name)} ${row} ${joins} WHERE ${condition} GROUP BY 1`;
}

/** The sums over all lists of stored rows, the deepest first, each in a temporary table. */
async function sumStored(
  db: DuckDb,
  root: FamilyTable,
  place: StoredPlace & { readonly name: string },
): Promise<ReadonlyMap<string, string>> {
  const sums = new Map<string, string>();
  const sumBelow = async (table: FamilyTable): Promise<void> => {
    for (const child of table.children) {
      await sumBelow(child);
      const name = `${place.name}_sum_${String(sums.size)}`;
      await db.run(`CREATE OR REPLACE TEMP TABLE ${name} AS ${storedSum(child, table, place, sums)}`);
      sums.set(child.name, name);
    }
  };
  await sumBelow(root);
  return sums;
}
