import { GuardError } from "../../shared/errors.js";
import type { Catalog } from "../catalog.js";
import type { DuckDb } from "../duckdb.js";
import type { LoadWork } from "./load-work.js";
import { quoteTable } from "../quote.js";

/** True if the load takes all rows of the resource's tables away. */
export function isReplacing({ load }: Pick<LoadWork, "load">): boolean {
  const { kind } = load.options.writeDisposition;
  return kind !== "skip" && (kind === "replace" || load.rebuild);
}

/** The table that a resource's records go to. */
export function rootTableOf({ load }: Pick<LoadWork, "load">): string {
  return load.plan.tables[0]?.table.name ?? load.options.tableName;
}

/** What the load itself refuses: rows that would be replaced by none (M3). Resources of one table count together (M9). */
export async function findEmptyReplaces(
  db: DuckDb,
  dataset: string,
  works: readonly LoadWork[],
  catalog: Catalog,
): Promise<Map<string, Error>> {
  const refused = new Map<string, Error>();
  for (const work of works) {
    const table = rootTableOf(work);
    const isAllowed = work.load.allowEmptyReplace || work.load.options.allowEmpty;
    if (!isReplacing(work) || isAllowed || !catalog.has(table.toLowerCase())) continue;
    const rows = works
      .filter((other) => isReplacing(other) && rootTableOf(other) === table)
      .reduce((sum, other) => sum + other.selection.rows, 0);
    if (rows > 0) continue;
    const [row] = await db.rows(`SELECT count(*) FROM ${quoteTable(dataset, table)}`);
    const stored = Number(row?.[0] ?? 0);
    if (stored > 0) refused.set(work.name, emptyReplace(work.name, `${dataset}.${table}`, stored));
  }
  return refused;
}

function emptyReplace(resource: string, table: string, rows: number): GuardError {
  return new GuardError(
    `${resource}: no record is left to replace the ${String(rows)} ${rows === 1 ? "row" : "rows"} of ${table}; nothing was changed`,
    {
      hint: "if the API is empty on purpose, run with --allow-empty-replace or set allow_empty: true on the resource",
      context: { resource, table, rows },
    },
  );
}
