import type { IncrementalOptions } from "../model/resource.js";
import type { ConfigPath } from "./config-path.js";
import { given } from "./given.js";
import type { IssueList } from "./issue-list.js";
import type { IncrementalInput } from "./schema-incremental.js";

/** An incremental's options with defaults; `startParam` is the parameter of dlt's older spelling inside `params`. */
export function resolveIncremental(
  input: IncrementalInput,
  path: ConfigPath,
  issues: IssueList,
  startParam?: string,
): IncrementalOptions {
  checkCursorPath(input.cursor_path, [...path, "cursor_path"], issues);
  const hasEnd = input.end_value !== undefined && input.end_value !== null;
  const hasInitial = input.initial_value !== undefined && input.initial_value !== null;
  if (hasEnd && !hasInitial) {
    issues.add([...path, "end_value"], "`end_value` needs `initial_value`", { at: "key" });
  }
  if (startParam !== undefined) {
    for (const key of ["end_value", "end_param", "start_param"] as const) {
      if (input[key] === undefined || input[key] === null) continue;
      issues.add([...path, key], `\`${key}\` cannot stand in a parameter`, {
        hint: "write `incremental` in the endpoint instead",
        at: "key",
      });
    }
  }
  return {
    cursorPath: input.cursor_path.replace(/^\$\./, ""),
    lastValueFunc: input.last_value_func ?? "max",
    rangeStart: input.range_start ?? "closed",
    rangeEnd: input.range_end ?? "open",
    onCursorValueMissing: input.on_cursor_value_missing ?? "raise",
    ...given({
      initialValue: input.initial_value,
      endValue: input.end_value,
      startParam: startParam ?? input.start_param,
      endParam: input.end_param,
      primaryKey: typeof input.primary_key === "string" ? [input.primary_key] : input.primary_key,
    }),
  };
}

function checkCursorPath(text: string, path: ConfigPath, issues: IssueList): void {
  if (!/[[\]*?]/.test(text)) return;
  issues.add(path, "a `cursor_path` with brackets or wildcards is not supported yet", {
    hint: "name the field by a dotted path, such as meta.updated_at",
  });
}
