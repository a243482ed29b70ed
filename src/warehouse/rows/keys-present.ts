import type { DuckDb } from "../duckdb.js";
import { quoteText } from "../quote.js";
import { stagedValue, type StagedRecords } from "./stage-records.js";

const SHOWN_KEYS = 20;

/** The keys of one staged record that are neither missing nor null, for messages. */
export async function keysPresent(db: DuckDb, staged: StagedRecords, rid: number): Promise<string> {
  const keys = [...staged.positions.keys()].map(
    (key) => `CASE WHEN ${stagedValue(staged, "s", [key])} IS NOT NULL THEN ${quoteText(key)} END`,
  );
  const [row] = await db.rows(
    `SELECT ${keys.join(", ")} FROM ${staged.table} s WHERE s.rowid = ${String(rid)}`,
  );
  const present = (row ?? []).filter((key) => key !== null).map(String);
  if (present.length === 0) return "none that is not null";
  const shown = present.slice(0, SHOWN_KEYS).join(", ");
  return present.length > SHOWN_KEYS ? `${shown}, …` : shown;
}
