import type { LeftOut } from "../model/report.js";
import { formatCount } from "./text-table.js";

/** In one line, what cursor and keys kept out of the tables: `2 records before 2024-05-01, 1 already loaded`. */
export function describeLeftOut(leftOut: readonly LeftOut[]): string {
  const parts = leftOut.map((one, index) => {
    const unit = index > 0 ? "" : one.rows === 1 ? " record" : " records";
    return `${formatCount(one.rows)}${unit} ${describeReason(one)}`;
  });
  return parts.join(", ");
}

function describeReason({ reason, range = "" }: LeftOut): string {
  switch (reason) {
    case "no_cursor":
      return "without a value of the cursor";
    case "before_start":
      return `${range} (the start)`;
    case "beyond_end":
      return `${range} (the end)`;
    case "after_sync_began":
      return `${range} (the start of this sync), left to the next one`;
    case "repeated":
      return "brought by two windows";
    case "already_loaded":
      return "already loaded";
    case "null_key":
      return "without a key";
    case "same_key":
      return "with the key of another one";
    case "same_version":
      return "with the content of another one";
    case "hard_delete":
      return "that say their row is gone";
    default:
      return reason satisfies never;
  }
}
