import type { ResponseFormat } from "../../model/body-format.js";
import type { EndpointConfig } from "../../model/rest-config.js";
import type { FlatKeys, FlatResource } from "./flat-keys.js";
import { given } from "../../shared/given.js";
import type { IssueList } from "../issue-list.js";

type RecordConfig = Pick<
  EndpointConfig,
  "dataSelector" | "emptyWhenSelectorMissing" | "responseFormat" | "recordFields" | "ancestors"
>;

/** How the records of an endpoint's bodies are found and named (contract §2.1 Records, rules D1–D6). */
export function resolveRecordConfig({ values, at }: FlatKeys<FlatResource>, issues: IssueList): RecordConfig {
  const { data_selector: selector, record_fields: fields } = values;
  const ancestors = listOf(values.include_from_ancestors);
  if (ancestors.length > 0 && (selector ?? undefined) === undefined) {
    issues.add(at("include_from_ancestors"), "`include_from_ancestors` needs a `data_selector`", {
      hint: "set the path to the records: the members are taken from the objects on it",
      at: "key",
    });
  }
  if (Array.isArray(fields)) rejectTwice(fields, at("record_fields"), issues);
  rejectTwice(ancestors, at("include_from_ancestors"), issues);
  const format = values.response_format ?? undefined;
  if (typeof format === "object" && Array.isArray(format.columns))
    rejectTwice(format.columns, [...at("response_format"), "columns"], issues);
  return {
    dataSelector: selector ?? undefined,
    emptyWhenSelectorMissing: values.on_missing_selector === "empty",
    ...given({
      responseFormat: resolveFormat(format),
      recordFields: fields ?? undefined,
      ancestors: ancestors.length === 0 ? undefined : ancestors,
    }),
  };
}

function resolveFormat(format: FlatResource["response_format"]): ResponseFormat | undefined {
  if (format === undefined || format === null) return undefined;
  if (typeof format === "string")
    return { format, csv: { delimiter: undefined, quote: undefined, columns: undefined } };
  const { type, delimiter, quote, columns } = format;
  return { format: type, csv: { delimiter: delimiter ?? undefined, quote, columns: columns ?? undefined } };
}

function listOf(names: string | readonly string[] | null | undefined): readonly string[] {
  return typeof names === "string" ? [names] : (names ?? []);
}

function rejectTwice(
  names: readonly string[],
  path: ReturnType<FlatKeys<FlatResource>["at"]>,
  issues: IssueList,
): void {
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) issues.add(path, `"${twice}" is named twice`);
}
