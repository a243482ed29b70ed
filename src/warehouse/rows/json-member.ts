import type { StagedType } from "../../model/load-plan.js";
import { quoteText } from "../quote.js";

/** The member at `path` of a JSON text, as `read_ndjson` gives it if it is told this type; `type` is no struct. */
export function jsonMember(json: string, path: readonly string[], type: StagedType): string {
  const pointer = quoteText(
    path.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
  );
  const member = `json_extract(${json}, ${pointer})`;
  // Of elements and members alike only the number counts, and what they hold is taken from them one by one.
  if (type.kind !== "scalar") return `CAST(${member} AS JSON[])`;
  if (type.sqlType === "VARCHAR") return `json_extract_string(${json}, ${pointer})`;
  if (type.sqlType === "JSON") return `CAST(nullif(CAST(${member} AS VARCHAR), 'null') AS JSON)`;
  return `CAST(${member} AS ${type.sqlType})`;
}
