import type { SpooledRecords } from "../extract/spool/spooling.js";

/** Names a spooled record, counted from 0, for messages: `record 3 of page 2`. */
export function describeRow(spooled: Pick<SpooledRecords, "locateRow">, row: number): string {
  const location = spooled.locateRow(row);
  if (location?.page === undefined) return `record ${String(location?.record ?? row + 1)}`;
  const chain = location.chain === undefined ? "" : ` (${location.chain})`;
  return `record ${String(location.record)} of page ${String(location.page)}${chain}`;
}
