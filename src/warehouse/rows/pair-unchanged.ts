import { storedSignature, stagedSignature, type Signature } from "./content-signature.js";
import { collectDescendants } from "./descendants.js";
import type { DuckDb } from "../duckdb.js";
import { quoteName, quoteTable } from "../quote.js";
import { isSelected, type RowSelection } from "./row-selection.js";
import { SYSTEM_COLUMNS } from "../system/system-columns.js";
import type { FamilyTable } from "./table-family.js";

/** Where records are compared with stored rows. */
export interface PairPlace {
  readonly dataset: string;
  readonly root: FamilyTable;
  /** Equal in both rows of a pair beside the content's hash: SQL over a staged row `s`, and the stored column. */
  readonly keys: readonly { readonly staged: string; readonly column: string }[];
  /** True if only `keys` are compared, not the content. */
  readonly isKeyOnly?: boolean;
  /** True if a record pairs with every stored row that is the same. */
  readonly isMany?: boolean;
  /** True if values that dlt converts while it loads are the same as what it makes of them. */
  readonly isConverted?: boolean;
}

/**
 * Pairs records with stored rows of the same content, lists included, each with one other only (so a row that is
 * there twice takes two records). `candidates` is a table (`id`) of the stored rows in question. Makes the
 * temporary table `name` (`rid`, `id`) and returns how many pairs it has.
 */
export async function pairUnchanged(
  db: DuckDb,
  place: PairPlace,
  selection: RowSelection,
  { candidates, name }: { candidates: string; name: string },
): Promise<number> {
  const { dataset, root, keys, isConverted = false } = place;
  const descendants = await collectDescendants(db, dataset, root, candidates);
  const stored =
    place.isKeyOnly === true
      ? keyOnly(`${quoteTable(dataset, root.name)} t0`)
      : await storedSignature(db, root, { dataset, descendants, name: candidates, isConverted });
  const staged =
    place.isKeyOnly === true
      ? keyOnly(`${selection.staged.table} s`)
      : await stagedSignature(db, root, selection, isConverted);
  const id = `t0.${quoteName(SYSTEM_COLUMNS.id)}`;
  const stagedKeys = keys.map(({ staged }, index) => `, ${staged} AS k${String(index)}`).join("");
  const storedKeys = keys
    .map(({ column }, index) => `, t0.${quoteName(column)} AS k${String(index)}`)
    .join("");
  const group = ["signature", ...keys.map((_, index) => `k${String(index)}`)].join(", ");
  return db.run(
    `CREATE OR REPLACE TEMP TABLE ${name} AS
     WITH fresh AS (SELECT s.rowid AS rid, ${staged.signature} AS signature ${stagedKeys}
                      FROM ${staged.from} WHERE ${isSelected(selection, "s.rowid")}),
          known AS (SELECT ${id} AS id, ${stored.signature} AS signature ${storedKeys} FROM ${stored.from}
                     WHERE ${id} IN (SELECT id FROM ${candidates})),
          numbered_fresh AS (SELECT *, row_number() OVER (PARTITION BY ${group} ORDER BY rid) AS nth FROM fresh),
          numbered_known AS (SELECT *, row_number() OVER (PARTITION BY ${group} ORDER BY id) AS nth FROM known)
     SELECT rid, id FROM numbered_fresh JOIN numbered_known USING (${group}${place.isMany === true ? "" : ", nth"})`,
  );
}

function keyOnly(from: string): Signature {
  return { signature: "0", from };
}
