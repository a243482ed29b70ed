import type { PassFailure, PassOperation } from "../../model/expression.js";
import type { DuckDb } from "../duckdb.js";
import { spellAsJson } from "./spell-as-json.js";

/** A pass that failed over the records of `table`, an SQL query. */
interface FailedPass {
  readonly table: string;
  readonly operations: readonly PassOperation[];
  /** DuckDB's type of each operation's value. */
  readonly types: readonly string[];
  /** SQL for what the pass makes of a record. */
  readonly line: string;
  readonly error: unknown;
}

/** The first record, and the operation, at which a pass failed; undefined if it fails for other reasons than a value. */
export async function findFailure(db: DuckDb, pass: FailedPass): Promise<PassFailure | undefined> {
  if (
    !(pass.error instanceof Error) ||
    !/^(?:Conversion|Out of Range|Invalid Input|Invalid|Constraint)\b.*Error/.test(pass.error.message)
  )
    return undefined;
  await db.run(`CREATE OR REPLACE TEMP TABLE failing AS ${pass.table}`);
  try {
    const [count] = await db.rows("SELECT count(*) FROM failing");
    const fails = (sql: string, first: number, last: number): Promise<string | undefined> =>
      reasonOf(
        db,
        `SELECT max(length(CAST((${sql}) AS VARCHAR))) FROM failing WHERE rowid BETWEEN ${String(first)} AND ${String(last)}`,
      );
    let low = 0;
    let high = Number(count?.[0] ?? 0) - 1;
    if ((await fails(pass.line, low, high)) === undefined) return undefined;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((await fails(pass.line, low, middle)) === undefined) low = middle + 1;
      else high = middle;
    }
    for (const [index, operation] of pass.operations.entries()) {
      const sql =
        operation.kind === "filter"
          ? `CAST((${operation.sql}\n) AS BOOLEAN)`
          : spellAsJson(`(${operation.sql}\n)`, pass.types[index] ?? "");
      const reason = await fails(sql, low, low);
      if (reason !== undefined) return { operation, row: low, reason };
    }
    return undefined;
  } finally {
    await db.run("DROP TABLE failing");
  }
}

async function reasonOf(db: DuckDb, sql: string): Promise<string | undefined> {
  try {
    await db.rows(sql);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error.message.split("\n", 1)[0];
  }
}
