import type { DuckDb } from "../duckdb.js";
import { pairUnchanged, type PairPlace } from "./pair-unchanged.js";
import { quoteName, quoteTable } from "../quote.js";
import { narrow, type RowSelection } from "./row-selection.js";
import { SYSTEM_COLUMNS } from "../system/system-columns.js";

/** What comparing with rows of dlt came to. */
interface ConvertedPairs {
  readonly pairs: number;
  /** Rows of dlt among the candidates that no record equals, if there are records that equal no row. */
  readonly strangers: number;
}

const NONE: ConvertedPairs = { pairs: 0, strangers: 0 };

/**
 * Adds to the pairs of {@link pairUnchanged} the records that dlt changed while it loaded them, `True` for `true` (rule
 * M8): those without a pair are compared once more, as dlt converts, with the candidates of loads that are not
 * dango's. The pairs come to the table `name`. The keys of `place` are spelled as dlt stored them.
 */
export async function pairConverted(
  db: DuckDb,
  place: PairPlace,
  selection: RowSelection,
  { candidates, name }: { candidates: string; name: string },
): Promise<ConvertedPairs> {
  const { dataset, root } = place;
  const ofDlt = `${name}_of_dlt`;
  const id = quoteName(SYSTEM_COLUMNS.id);
  const count = await db.run(
    `CREATE OR REPLACE TEMP TABLE ${ofDlt} AS SELECT ${id} AS id FROM ${quoteTable(dataset, root.name)}
      WHERE ${id} IN (SELECT id FROM ${candidates} EXCEPT SELECT id FROM ${name})
        AND ${isOfDlt(dataset)}`,
  );
  if (count === 0) return NONE;
  const unpaired = await narrow(db, selection, `s.rowid NOT IN (SELECT rid FROM ${name})`, "unpaired");
  if (unpaired.rows === 0) return NONE;
  const converted = `${name}_converted`;
  const pairs = await pairUnchanged(db, { ...place, isConverted: true }, unpaired, {
    candidates: ofDlt,
    name: converted,
  });
  if (pairs > 0) await db.run(`INSERT INTO ${name} SELECT rid, id FROM ${converted}`);
  if (place.isKeyOnly === true) return { pairs, strangers: 0 };
  const [row] = await db.rows(`SELECT count(*) FROM ${ofDlt} WHERE id NOT IN (SELECT id FROM ${converted})`);
  const left = await narrow(db, unpaired, `s.rowid NOT IN (SELECT rid FROM ${converted})`, "strange");
  return { pairs, strangers: left.rows === 0 ? 0 : Number(row?.[0] ?? 0) };
}

/** SQL for: the root row came with a load that is not dango's. */
export function isOfDlt(dataset: string): string {
  return `${quoteName(SYSTEM_COLUMNS.loadId)} NOT IN (SELECT load_id FROM ${quoteTable(dataset, "_dango_runs")})`;
}
