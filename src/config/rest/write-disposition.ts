import type { MergeStrategy, WriteDisposition } from "../../model/resource.js";
import type { FlatResource } from "./flat-keys.js";
import { given } from "../../shared/given.js";
import { isoTimestamp } from "../iso-timestamp.js";

/** What decides how a resource is loaded. */
export interface DispositionFacts {
  readonly configured: FlatResource["write_disposition"];
  readonly hasPrimaryKey: boolean;
  readonly hasMergeKey: boolean;
  readonly isIncremental: boolean;
}

/** The write disposition, with the contract's default: a key means merge, else a cursor append, else replace (M5). */
export function decideWriteDisposition(facts: DispositionFacts): WriteDisposition {
  const byKeys =
    facts.hasPrimaryKey || facts.hasMergeKey ? "merge" : facts.isIncremental ? "append" : "replace";
  const { configured } = facts;
  const long = typeof configured === "object" ? (configured ?? undefined) : undefined;
  const kind = long?.disposition ?? (typeof configured === "string" ? configured : byKeys);
  if (kind !== "merge") return { kind };
  const strategy: MergeStrategy = long?.strategy ?? "delete-insert";
  if (strategy !== "scd2") return { kind, strategy };
  const [validFrom, validTo] = long?.validity_column_names ?? ["_dlt_valid_from", "_dlt_valid_to"];
  return {
    kind,
    strategy,
    validFrom,
    validTo,
    ...given({
      activeTimestamp: inUtc(long?.active_record_timestamp),
      boundaryTimestamp: inUtc(long?.boundary_timestamp),
      rowVersion: long?.row_version_column_name,
    }),
  };
}

function inUtc(timestamp: string | null | undefined): string | undefined {
  return timestamp === null || timestamp === undefined ? undefined : isoTimestamp(timestamp);
}
