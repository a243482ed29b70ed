import type { DuckDb } from "./duckdb.js";
import type { Descendants } from "./descendants.js";
import { quoteName, quoteTable } from "./quote.js";
import type { RowSelection } from "./row-selection.js";
import { memberOf, stagedValue } from "./stage-records.js";
import { sumLists } from "./sum-lists.js";
import { SYSTEM_COLUMNS } from "./system-columns.js";
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
): Promise<Signature> {
  const { staged } = selection;
  const values = rowValues(root, dataColumns(root), (path) => stagedValue(staged, "s", path));
  if (heightOf(root) > MOST_LAMBDAS) {
    const { totals, joins } = await sumLists(db, root, selection, hashOf);
    return { signature: hashOf([...values, ...totals]), from: `${staged.table} s ${joins}` };
  }
  const lists = root.children.map((child) => stagedSum(child, stagedValue(staged, "s", child.plan.listPath)));
  return { signature: hashOf([...values, ...lists]), from: `${staged.table} s` };
}

/** DuckDB takes twice as long to bind each further lambda within lambdas. */
const MOST_LAMBDAS = 4;

function heightOf(table: FamilyTable): number {
  return Math.max(0, ...table.children.map((child) => 1 + heightOf(child)));
}

/**
 * SQL for the same hash of stored root rows: `from` has them as `t0`, joined with the sums over their lists.
 * `descendants` bounds how much of the child tables is read.
 */
export function storedSignature(root: FamilyTable, dataset: string, descendants: Descendants): Signature {
  const { values, joins } = storedContent(root, dataset, descendants);
  return { signature: hashOf(values), from: `${quoteTable(dataset, root.name)} t0 ${joins}` };
}

function hashOf(values: readonly string[]): string {
  return `hash(${["NULL", ...values].join(", ")})`;
}

/** The sum of the hashes of a list's elements: of one size however long the list is; each hash holds its index. */
function stagedSum(table: FamilyTable, list: string): string {
  const element = `x${String(table.depth)}`;
  const index = `n${String(table.depth)}`;
  const values = rowValues(table, dataColumns(table), (path) => memberOf(element, path));
  const lists = table.children.map((child) => stagedSum(child, memberOf(element, child.plan.listPath)));
  const hash = hashOf([`CAST(${index} - 1 AS BIGINT)`, ...values, ...lists]);
  return `coalesce(list_sum(list_transform(${list}, lambda ${element}, ${index}: ${hash})), CAST(0 AS HUGEINT))`;
}

function storedContent(
  table: FamilyTable,
  dataset: string,
  descendants: Descendants,
): { readonly values: string[]; readonly joins: string } {
  const row = `t${String(table.depth)}`;
  const own = dataColumns(table).map(({ name, sqlType }) => `CAST(${row}.${quoteName(name)} AS ${sqlType})`);
  const sums = table.children.map((_, index) => `coalesce(c${String(index)}.total, CAST(0 AS HUGEINT))`);
  const joins = table.children.map(
    (child, index) =>
      `LEFT JOIN (${storedSum(child, dataset, { descendants, parents: descendants.get(table.name) })}) c${String(index)}
        ON c${String(index)}.parent = ${row}.${quoteName(SYSTEM_COLUMNS.id)}`,
  );
  return { values: [...own, ...sums], joins: joins.join("\n") };
}

function storedSum(
  table: FamilyTable,
  dataset: string,
  { descendants, parents }: { descendants: Descendants; parents: string | undefined },
): string {
  const row = `t${String(table.depth)}`;
  const parent = `${row}.${quoteName(SYSTEM_COLUMNS.parentId)}`;
  const { values, joins } = storedContent(table, dataset, descendants);
  const hash = hashOf([`CAST(${row}.${quoteName(SYSTEM_COLUMNS.listIndex)} AS BIGINT)`, ...values]);
  const condition = parents === undefined ? "true" : `${parent} IN (SELECT id FROM ${parents})`;
  return `SELECT ${parent} AS parent, sum(${hash}) AS total
    FROM ${quoteTable(dataset, table.name)} ${row} ${joins} WHERE ${condition} GROUP BY 1`;
}
