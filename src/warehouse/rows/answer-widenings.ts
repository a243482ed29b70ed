import { existsSync } from "node:fs";
import type { Clock } from "../../shared/async.js";
import type { WideningQuestion } from "../../model/load-plan.js";
import type { WarehouseTarget } from "../../model/warehouse.js";
import { findColumn, readCatalog, type Catalog } from "../catalog.js";
import type { DuckDb } from "../duckdb.js";
import { quoteName, quoteTable } from "../quote.js";
import { readWarehouse } from "../read-warehouse.js";

/** For each question, whether every stored value survives the way into the wider type and back. */
export async function answerWidenings(
  target: WarehouseTarget,
  questions: readonly WideningQuestion[],
  context: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<readonly boolean[]> {
  if (questions.length === 0 || !existsSync(target.path)) return questions.map(() => true);
  return await readWarehouse(target, context, async (db) => {
    const catalog = await readCatalog(db, target.dataset);
    const answers: boolean[] = [];
    for (const question of questions)
      answers.push(await isLossless(db, target.dataset, { catalog, question }));
    return answers;
  });
}

async function isLossless(
  db: DuckDb,
  dataset: string,
  { catalog, question }: { catalog: Catalog; question: WideningQuestion },
): Promise<boolean> {
  const stored = findColumn(catalog, question.table, question.column);
  if (stored === undefined) return true;
  const column = quoteName(stored.name);
  const [row] = await db.rows(
    `SELECT count(*) FROM (
       SELECT 1 FROM ${quoteTable(dataset, question.table)}
        WHERE ${column} IS NOT NULL
          AND TRY_CAST(TRY_CAST(${column} AS ${question.to}) AS ${stored.sqlType}) IS DISTINCT FROM ${column}
        LIMIT 1)`,
  );
  return row?.[0] === 0n;
}
