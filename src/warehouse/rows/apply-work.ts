import { appendRows } from "./append-rows.js";
import type { Catalog } from "../catalog.js";
import type { DuckDb } from "../duckdb.js";
import { addVersions } from "./history-rows.js";
import { insertRows } from "./insert-rows.js";
import type { LoadWork } from "./load-work.js";
import { mergeRows } from "./merge-rows.js";
import { emptyTables } from "./replace-rows.js";
import { NOTHING_APPLIED, type Applied } from "../system/table-counts.js";

/** Writes one resource's records by its disposition. `emptied` remembers what was emptied for this load (M9). */
export async function applyWork(
  db: DuckDb,
  place: { readonly dataset: string; readonly loadId: string; readonly emptied: Set<string> },
  work: LoadWork,
  before: Catalog,
): Promise<Applied> {
  const { root, idTag } = work;
  if (root === undefined) return NOTHING_APPLIED;
  const target = { dataset: place.dataset, loadId: place.loadId, idTag };
  const rooted = { ...work, root };
  const disposition = work.load.options.writeDisposition;
  switch (disposition.kind) {
    case "skip":
      return NOTHING_APPLIED;
    case "append":
      return appendRows(db, target, rooted, before);
    case "merge":
      return disposition.strategy === "scd2"
        ? addVersions(db, target, rooted, { history: disposition, before })
        : mergeRows(db, target, rooted, before);
    case "replace": {
      const isFirst = !place.emptied.has(root.name);
      place.emptied.add(root.name);
      const deleted = isFirst
        ? await emptyTables(db, place.dataset, root, before)
        : new Map<string, number>();
      const inserted = await insertRows(db, target, root, work.selection);
      return { inserted, deleted, updated: 0, unchanged: undefined };
    }
    default:
      return disposition satisfies never;
  }
}
