import type { ParamValue } from "../../model/rest-config.js";
import type { FlatKeys, FlatResource } from "./flat-keys.js";
import type { IssueList } from "../issue-list.js";
import type { FoundPlaceholder } from "./placeholders.js";
import type { ParamInput } from "../schema/schema-endpoint.js";
import type { IncrementalInput } from "../schema/schema-incremental.js";

/** True for dlt's older spelling of `incremental`. */
export function isIncrementalParam(
  value: ParamInput | undefined,
): value is IncrementalInput & { type: "incremental" } {
  return isMappingParam(value) && value.type === "incremental";
}

function isResolveParam(value: ParamInput): value is { type: "resolve"; resource: string; field: string } {
  return isMappingParam(value) && value.type === "resolve";
}

function isMappingParam(value: ParamInput | undefined): value is Extract<ParamInput, { type: string }> {
  return typeof value === "object" && value !== null && "type" in value;
}

/** Parameters as they are sent; dlt's `resolve` becomes the placeholder that it stands for. */
export function resolveParams(params: Readonly<Record<string, ParamInput>>): Record<string, ParamValue> {
  const entries = Object.entries(params)
    .filter(([, value]) => !isIncrementalParam(value))
    .map(([name, value]) =>
      isResolveParam(value)
        ? ([name, `{resources.${value.resource}.${value.field}}`] as const)
        : ([name, value as ParamValue] as const),
    );
  return Object.fromEntries(entries);
}

/** As in dlt, `resolve` gives values to placeholders of the path only. */
export function checkResolveParams(
  { values, at }: FlatKeys<FlatResource>,
  inPath: readonly FoundPlaceholder[],
  issues: IssueList,
): void {
  for (const [name, value] of Object.entries(values.params ?? {})) {
    if (!isResolveParam(value) || inPath.some((placeholder) => placeholder.name === name)) continue;
    issues.add([...at("params"), name], `the \`resolve\` parameter \`${name}\` is not bound in \`path\``, {
      hint: `write {${name}} into the path, or send it as a parameter: ${name}: "{resources.${value.resource}.${value.field}}"`,
      at: "key",
    });
  }
}
