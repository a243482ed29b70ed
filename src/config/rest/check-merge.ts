import type { ResourceOptions } from "../../model/resource.js";
import type { FlatKeys, FlatResource } from "./flat-keys.js";
import type { IssueList } from "../issue-list.js";

const STRATEGY_KEYS = ["strategy", "deduplicated"] as const;
const HISTORY_KEYS = [
  "validity_column_names",
  "active_record_timestamp",
  "boundary_timestamp",
  "row_version_column_name",
] as const;

/** Adds what does not fit together in the keys of a merge: its strategy, its keys, the hints of its columns. */
export function checkMerge(options: ResourceOptions, flat: FlatKeys<FlatResource>, issues: IssueList): void {
  const { writeDisposition } = options;
  const strategy = writeDisposition.kind === "merge" ? writeDisposition.strategy : undefined;
  const given = flat.values.write_disposition ?? undefined;
  const path = flat.at("write_disposition");
  if (typeof given === "object") {
    for (const key of strategy === undefined ? STRATEGY_KEYS : []) {
      if (given[key] === undefined || given[key] === null) continue;
      issues.add([...path, key], `a \`${key}\` belongs to merge, not to ${given.disposition}`, { at: "key" });
    }
    for (const key of strategy === "scd2" ? [] : HISTORY_KEYS) {
      if (given[key] === undefined || given[key] === null) continue;
      issues.add([...path, key], `\`${key}\` belongs to the strategy scd2`, { at: "key" });
    }
  }
  if ((strategy === "upsert" || strategy === "insert-only") && options.primaryKey.length === 0) {
    issues.add([...path, "strategy"], `the strategy ${strategy} needs a \`primary_key\``, {
      hint: "name the field that tells rows apart: primary_key: id",
    });
  }
  if (strategy === "scd2" && options.incremental !== undefined && options.mergeKey.length === 0) {
    issues.add([...path, "strategy"], "scd2 with `incremental` needs a `merge_key`", {
      hint: "rows that a load does not bring would be retired; with a merge key only those of the keys that it brings are",
    });
  }
  checkHints(options, strategy, flat, issues);
}

function checkHints(
  { columns }: ResourceOptions,
  strategy: string | undefined,
  flat: FlatKeys<FlatResource>,
  issues: IssueList,
): void {
  for (const [key, member] of [
    ["hard_delete", "hardDelete"],
    ["dedup_sort", "dedupSort"],
  ] as const) {
    const hinted = Object.entries(columns).filter(
      ([, hint]) => hint[member] !== undefined && hint[member] !== false,
    );
    const [first, second] = hinted;
    if (first === undefined) continue;
    if (strategy === undefined || strategy === "scd2") {
      issues.add(
        [...flat.at("columns"), first[0]],
        `\`${key}\` belongs to a merge by key, not to ${strategy ?? "this write disposition"}`,
        {
          hint: "set write_disposition: merge and a primary_key",
        },
      );
    }
    if (second === undefined) continue;
    issues.add(
      [...flat.at("columns"), second[0]],
      `only one column can have \`${key}\`; \`${first[0]}\` has it already`,
    );
  }
}
