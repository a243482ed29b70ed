import type { ColumnSource } from "../../model/load-plan.js";
import { keyValue } from "./check-keys.js";
import type { DuckDb } from "../duckdb.js";
import { comparedKey, keyAsDlt } from "./key-as-dlt.js";
import { pairConverted } from "./pair-converted.js";
import { pairUnchanged } from "./pair-unchanged.js";
import { narrow, type RowSelection } from "./row-selection.js";
import type { FamilyTable } from "./table-family.js";

/** Records with a key that dlt converted, and the stored rows that they may be. */
interface KeyedRecords {
  readonly root: FamilyTable;
  readonly key: readonly ColumnSource[];
  readonly selection: RowSelection;
  readonly candidates: string;
  /** Of the temporary table to make. */
  readonly name: string;
}

/**
 * Pairs records with the stored rows of their key where dlt converted keys (rule M8), one with one: `"7"` and `"007"` are
 * two records, of which dlt kept one. Who has the row's content is that one, else who has its key as it stands, else
 * who has it after dlt's conversion.
 */
export async function pairByKey(db: DuckDb, dataset: string, records: KeyedRecords): Promise<void> {
  const { root, key, selection, candidates, name } = records;
  const asIs = { dataset, root, keys: comparedKey(key, (source) => keyValue(selection, source)) };
  const inDlt = {
    dataset,
    root,
    keys: comparedKey(key, (source) => keyAsDlt({ root, ...selection }, source)),
  };
  await pairUnchanged(db, asIs, selection, { candidates, name });
  await pairConverted(db, inDlt, selection, { candidates, name });
  const others = await narrow(db, selection, `s.rowid NOT IN (SELECT rid FROM ${name})`, "changed");
  const free = `${name}_free`;
  const byKey = `${name}_by_key`;
  await db.run(
    `CREATE OR REPLACE TEMP TABLE ${free} AS SELECT id FROM ${candidates} EXCEPT SELECT id FROM ${name}`,
  );
  await pairUnchanged(db, { ...asIs, isKeyOnly: true }, others, { candidates: free, name: byKey });
  await db.run(`INSERT INTO ${name} SELECT rid, id FROM ${byKey}`);
  await pairConverted(db, { ...inDlt, isKeyOnly: true }, selection, { candidates, name });
}
