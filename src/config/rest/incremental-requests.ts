import type { IncrementalOptions } from "../../model/resource.js";
import type { PaginatorConfig } from "../../model/rest-config.js";
import type { ConfigPath } from "../config-path.js";
import type { IssueList } from "../issue-list.js";

/** How the requests of a resource are made, as far as its `incremental` depends on it. */
export interface IncrementalRequests {
  /** The names of the placeholders in path, parameters, body and headers. */
  readonly placeholders: ReadonlySet<string>;
  readonly paginator: PaginatorConfig;
  /** True if the requests are made from a parent's records. */
  readonly isChild: boolean;
}

/** The options once it is known how the requests carry them; an issue where they cannot. */
export function fitRequests(
  incremental: IncrementalOptions,
  { placeholders, paginator, isChild }: IncrementalRequests,
  { path, issues }: { readonly path: ConfigPath; readonly issues: IssueList },
): IncrementalOptions {
  const isStartSent = hasStart(incremental, placeholders);
  if (incremental.isToken === true && !isStartSent && !carriesToken(paginator)) {
    issues.add(
      [...path, "token_path"],
      `nothing sends the token: the paginator \`${paginator.type}\` has no place for it`,
      {
        hint: "name a parameter by `start_param`, use {incremental.start_value}, or page by cursor or link",
        at: "key",
      },
    );
  }
  if (incremental.isToken === true && isChild) {
    issues.add(
      [...path, "token_path"],
      "`token_path` keeps one token, and a child has a chain for each parent",
      {
        hint: "name a `cursor_path` instead",
        at: "key",
      },
    );
  }
  const isEndSent = incremental.endParam !== undefined || placeholders.has("incremental.end_value");
  if (incremental.step !== undefined && !isStartSent && !isEndSent) {
    issues.add(
      [...path, "step"],
      "nothing sends the windows: every one of them would make the same request",
      {
        hint: "name `start_param` and `end_param`, or use {incremental.start_value} and {incremental.end_value}",
        at: "key",
      },
    );
  }
  return incremental.isToken === true && !isStartSent
    ? { ...incremental, isPaginatorStart: true }
    : incremental;
}

/** A cursor that is several values has no place for one. */
function carriesToken(paginator: PaginatorConfig): boolean {
  if (paginator.type === "cursor") return paginator.merge !== true && paginator.parts === undefined;
  return paginator.type === "json_link" || paginator.type === "header_link";
}

/** True if a request has a place of its own for the start, so that a sync token needs no help of the paginator. */
function hasStart({ startParam }: IncrementalOptions, placeholders: ReadonlySet<string>): boolean {
  return (
    startParam !== undefined ||
    placeholders.has("incremental.start_value") ||
    placeholders.has("incremental.last_value")
  );
}
