import type { ResponseActionConfig } from "../../model/rest-config.js";
import type { ConfigPath } from "../config-path.js";
import { resolveFunction } from "../custom-function.js";
import { given } from "../../shared/given.js";
import type { ResponseActionsInput } from "../schema/schema-response-actions.js";
import type { SourceContext } from "../source-context.js";

/** The response actions that stand at `path`, in order; a list of functions becomes an action each. */
export function resolveResponseActions(
  input: ResponseActionsInput,
  path: ConfigPath,
  context: SourceContext,
): ResponseActionConfig[] {
  return input.flatMap((item, index): ResponseActionConfig[] => {
    const place = [...path, index];
    if (typeof item === "string") return [{ action: resolveFunction(item, place, context) }];
    const conditions = given({
      status: resolveStatus(item.status_code),
      content: item.content,
      path: item.path,
    });
    return (Array.isArray(item.action) ? item.action : [item.action]).map((action) => ({
      ...conditions,
      action:
        action === "ignore" || action === "retry" || action === "fail"
          ? action
          : resolveFunction(action, [...place, "action"], context),
    }));
  });
}

function resolveStatus(written: string | number | null | undefined): ResponseActionConfig["status"] {
  if (written === "4xx" || written === "5xx") return written;
  return written === null || written === undefined ? undefined : Number(written);
}
