import type { ParamValue } from "../../model/rest-config.js";
import type { FlatKeys, FlatResource } from "./flat-keys.js";
import type { IssueList } from "../issue-list.js";
import type { ParentUse } from "./parent-config.js";
import { checkPlaceholders, findPlaceholders, type FoundPlaceholder } from "./placeholders.js";
import type { ResolvedBody } from "./request-body.js";
import { checkResolveParams } from "./request-params.js";

/** Finds the placeholders of a request, and checks all but those of parents, which are not known yet. */
export function readPlaceholders(
  flat: FlatKeys<FlatResource>,
  request: {
    readonly params: Readonly<Record<string, ParamValue>>;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: ResolvedBody;
    readonly hasIncremental: boolean;
  },
  issues: IssueList,
): { readonly all: readonly FoundPlaceholder[]; readonly uses: readonly ParentUse[] } {
  const { params, body, hasIncremental } = request;
  const at = flat.at("params");
  const path = findPlaceholders(flat.values.path ?? undefined, flat.at("path"));
  const inParams = findPlaceholders(params, at);
  const headers = findPlaceholders(request.headers, flat.at("headers"));
  const others = [...inParams, ...body.placeholders, ...headers];
  checkPlaceholders(path, { hasIncremental, bound: new Set(Object.keys(params)) }, issues);
  checkPlaceholders(others, { hasIncremental, bound: new Set() }, issues);
  checkResolveParams(flat, path, issues);
  const bound = new Set(path.map(({ name }) => name));
  const isBound = (use: FoundPlaceholder): boolean => bound.has(String(use.path[at.length]));
  return {
    all: [...path, ...others],
    uses: [
      ...markUses(path, { isInPath: true }),
      ...inParams.flatMap((use) => markUses([use], { isInPath: isBound(use) })),
      ...markUses(body.placeholders, { isTyped: body.data === undefined }),
      ...markUses(headers, {}),
    ],
  };
}

/** Those of the placeholders that take a parent's field. */
function markUses(
  found: readonly FoundPlaceholder[],
  { isInPath = false, isTyped = false }: { readonly isInPath?: boolean; readonly isTyped?: boolean },
): ParentUse[] {
  return found
    .filter(({ name }) => name.startsWith("resources."))
    .map((use) => ({ ...use, isInPath, isTyped }));
}
