import type { IncrementalOptions } from "../../model/resource.js";
import { given } from "../../shared/given.js";
import type { IncrementalPlace } from "./incremental-place.js";
import type { IncrementalInput } from "../schema/schema-incremental.js";

/** The options of an `incremental` with `token_path`: no record has a cursor, so most keys have nothing to act on (rule I3). */
export function resolveToken(
  input: IncrementalInput,
  { path, context, startParam }: IncrementalPlace,
): IncrementalOptions {
  for (const key of Object.keys(input) as (keyof IncrementalInput)[]) {
    if (ALLOWED.has(key) || input[key] === undefined || input[key] === null) continue;
    const message =
      key === "cursor_path"
        ? "`cursor_path` and `token_path` exclude each other"
        : `\`${key}\` needs \`cursor_path\`: with \`token_path\` no record has a cursor`;
    context.issues.add([...path, key], message, { at: "key" });
  }
  return {
    cursorPath: input.token_path ?? "",
    isToken: true,
    lastValueFunc: "max",
    rangeStart: "closed",
    rangeEnd: "open",
    onCursorValueMissing: "raise",
    ...given({ initialValue: input.initial_value, startParam: startParam ?? input.start_param }),
  };
}

const ALLOWED: ReadonlySet<string> = new Set(["type", "token_path", "initial_value", "start_param"]);
