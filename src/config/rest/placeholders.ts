import type { ConfigPath } from "../config-path.js";
import type { IssueList } from "../issue-list.js";
import { nearestName } from "../nearest.js";

/** One `{name}` in a string of an endpoint. */
export interface FoundPlaceholder {
  /** Without a leading `+`: `resources.users.id`, `incremental.start_value`, `user_id`. */
  readonly name: string;
  readonly written: string;
  readonly path: ConfigPath;
}

const TOKEN = /\{\{|\}\}|\{(\+?[A-Za-z_]\w*(?:\.[^{}]+)?)\}/g;
const INCREMENTAL = ["start_value", "initial_value", "last_value", "end_value", "lag"];
const PAGINATOR = ["page", "offset", "size", "cursor"];

/** All placeholders in the strings of `value`, which stands at `path`; `{{` and `}}` are literal braces. */
export function findPlaceholders(value: unknown, path: ConfigPath): FoundPlaceholder[] {
  if (typeof value === "string") {
    return [...value.matchAll(TOKEN)].flatMap((match) => {
      const name = match[1];
      return name === undefined ? [] : [{ name: name.replace(/^\+/, ""), written: match[0], path }];
    });
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => findPlaceholders(item, [...path, index]));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => findPlaceholders(member, [...path, key]));
}

/** Adds an issue for each placeholder that nothing can fill in. */
export function checkPlaceholders(
  found: readonly FoundPlaceholder[],
  known: { readonly hasIncremental: boolean; readonly bound: ReadonlySet<string> },
  issues: IssueList,
): void {
  for (const placeholder of found) {
    const { name, written, path } = placeholder;
    const [scope = "", ...rest] = name.split(".");
    const member = rest.join(".");
    if (known.bound.has(name)) continue;
    // Those of parents are checked when all resources are known.
    if (scope === "resources") continue;
    if (scope === "incremental") checkIncremental(placeholder, member, known.hasIncremental, issues);
    else if (scope === "paginator") checkMember(placeholder, PAGINATOR, issues);
    else {
      issues.add(path, `nothing gives \`${written}\` a value`, {
        hint: `bind it in \`params\` if it stands in \`path\`; literal braces are written {{${name}}}`,
      });
    }
  }
}

function checkIncremental(
  placeholder: FoundPlaceholder,
  member: string,
  hasIncremental: boolean,
  issues: IssueList,
): void {
  if (!hasIncremental && INCREMENTAL.includes(member)) {
    issues.add(placeholder.path, `\`${placeholder.written}\` needs \`incremental\` on the resource`);
  } else checkMember(placeholder, INCREMENTAL, issues);
}

function checkMember(placeholder: FoundPlaceholder, known: readonly string[], issues: IssueList): void {
  const [scope = "", ...rest] = placeholder.name.split(".");
  const member = rest.join(".");
  if (known.includes(member)) return;
  const nearest = nearestName(member, known);
  const hint =
    nearest === undefined
      ? `known: ${known.map((name) => `{${scope}.${name}}`).join(", ")}`
      : `did you mean \`{${scope}.${nearest}}\`?`;
  issues.add(placeholder.path, `there is no \`${placeholder.written}\``, { hint });
}
