import type { z } from "zod";
import type { ConfigPath } from "./config-path.js";
import type { IssueList } from "./issue-list.js";
import { nearestName } from "./nearest.js";

type Issue = z.core.$ZodIssue;

/** Adds what a schema found wrong with `value`, which stands at `path`, in words of the configuration. */
export function addSchemaIssues(
  list: IssueList,
  issues: readonly Issue[],
  value: unknown,
  path: ConfigPath,
): void {
  for (const issue of issues) addIssue(list, issue, memberAt(value, issue.path), [...path, ...keysOf(issue)]);
}

function addIssue(list: IssueList, issue: Issue, value: unknown, path: ConfigPath): void {
  switch (issue.code) {
    case "unrecognized_keys":
      for (const key of issue.keys) addUnknownKey(list, issue.message.split("\n"), [...path, key]);
      return;
    case "invalid_union":
      addUnionIssue(list, issue, value, path);
      return;
    case "custom":
      addCustomIssue(list, issue, path);
      return;
    default:
      if (value === undefined) list.add(path, `missing \`${String(path.at(-1))}\``);
      else addWrongValue(list, issue, value, path);
  }
}

/** What comes after a line break in the message of a schema is the hint. */
function addCustomIssue(list: IssueList, issue: Extract<Issue, { code: "custom" }>, path: ConfigPath): void {
  const [message = "", hint] = issue.message.split("\n");
  list.add(path, message, { hint, at: issue.params?.["at"] === "key" ? "key" : "value" });
}

function addUnknownKey(list: IssueList, known: readonly string[], path: ConfigPath): void {
  const key = String(path.at(-1));
  const nearest = nearestName(key, known);
  const hint =
    nearest !== undefined
      ? `did you mean \`${nearest}\`?`
      : known.length <= 12
        ? `known here: ${known.join(", ")}`
        : undefined;
  list.add(path, `unknown key \`${key}\``, { hint, at: "key" });
}

function addWrongValue(list: IssueList, issue: Issue, value: unknown, path: ConfigPath): void {
  if (issue.code === "invalid_value") {
    addNotOneOf(list, issue.values.map(String), value, path);
    return;
  }
  const [message = "", hint] = wrongValueMessage(issue, value).split("\n");
  list.add(path, message, { hint: hint ?? quoteHint(value) });
}

function wrongValueMessage(issue: Issue, value: unknown): string {
  if (issue.code === "invalid_type") return `expected ${nameOfType(issue.expected)}, got ${describe(value)}`;
  if (issue.code === "too_small") {
    if (issue.origin === "string" || issue.origin === "array") return "must not be empty";
    return `must be ${issue.inclusive === true ? "at least" : "more than"} ${String(issue.minimum)}`;
  }
  if (issue.code === "too_big") return `must be at most ${String(issue.maximum)}`;
  return issue.message;
}

function addNotOneOf(list: IssueList, known: readonly string[], value: unknown, path: ConfigPath): void {
  const expected = known.length === 1 ? String(known[0]) : `one of ${known.join(", ")}`;
  if (typeof value !== "string") {
    const got = typeof value === "number" ? String(value) : describe(value);
    list.add(path, `expected ${expected}, got ${got}`, { hint: quoteHint(value) });
    return;
  }
  if (path.at(-1) === "method" && ["PUT", "PATCH", "DELETE"].includes(value.toUpperCase())) {
    list.add(
      path,
      `the method ${value.toUpperCase()} is refused: dango reads an API, it does not write to it`,
    );
    return;
  }
  const nearest = nearestName(value, known);
  const hint = nearest === undefined ? undefined : `did you mean \`${nearest}\`?`;
  list.add(path, `\`${value}\` is not ${known.length === 1 ? expected : `one of ${known.join(", ")}`}`, {
    hint,
  });
}

/** Of the spellings that a key allows, reports what is wrong with the one that was meant. */
function addUnionIssue(
  list: IssueList,
  issue: Extract<Issue, { code: "invalid_union" }>,
  value: unknown,
  path: ConfigPath,
): void {
  const branches = issue.errors.map(flatten);
  const meant = branches
    .filter((branch) => !branch.some(isOfAnotherKind))
    .sort((a, b) => a.length - b.length)
    .at(0);
  if (meant !== undefined) {
    addSchemaIssues(list, meant, value, path);
    return;
  }
  const atType = branches
    .filter((branch) => !branch.some(isAtRoot))
    .flat()
    .filter(isAtType);
  const [message, hint] = issue.message.split("\n");
  if (hint !== undefined && message !== undefined) list.add(path, message, { hint });
  else if (atType.length > 0) addUnknownType(list, literalsOf(atType), value, path);
  else addUnlikeAll(list, branches.flat(), value, path);
}

function addUnknownType(list: IssueList, known: readonly string[], value: unknown, path: ConfigPath): void {
  const type = memberAt(value, ["type"]);
  if (type === undefined) list.add([...path, "type"], `missing \`type\`: one of ${known.join(", ")}`);
  else addNotOneOf(list, known, type, [...path, "type"]);
}

function addUnlikeAll(list: IssueList, issues: readonly Issue[], value: unknown, path: ConfigPath): void {
  if (value === undefined) {
    list.add(path, `missing \`${String(path.at(-1))}\``);
    return;
  }
  const words = literalsOf(issues.filter(isAtRoot));
  if (words.length > 0 && typeof value === "string") {
    addNotOneOf(list, words, value, path);
    return;
  }
  const types = issues.flatMap((issue) =>
    isAtRoot(issue) && issue.code === "invalid_type" ? [nameOfType(issue.expected)] : [],
  );
  const oneOf = words.length === 0 ? [] : [`one of ${words.join(", ")}`];
  const expected = [...new Set([...oneOf, ...types.filter((type) => type !== "nothing")])].join(" or ");
  list.add(path, `expected ${expected}, got ${describe(value)}`, { hint: quoteHint(value) });
}

/** A union inside a union, with its own branches laid open. */
function flatten(branch: readonly Issue[]): readonly Issue[] {
  return branch.flatMap((issue) => {
    if (issue.code !== "invalid_union" || issue.path.length > 0) return [issue];
    const inner = issue.errors.map(flatten);
    return [...(inner.find((issues) => !issues.some(isOfAnotherKind)) ?? inner.flat())];
  });
}

function isOfAnotherKind(issue: Issue): boolean {
  return isAtRoot(issue) || isAtType(issue);
}

function isAtRoot(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
}

function isAtType(issue: Issue): boolean {
  return issue.path.length === 1 && issue.path[0] === "type" && issue.code !== "custom";
}

function literalsOf(issues: readonly Issue[]): string[] {
  return [
    ...new Set(issues.flatMap((issue) => (issue.code === "invalid_value" ? issue.values.map(String) : []))),
  ];
}

function keysOf(issue: Issue): ConfigPath {
  return issue.path.map((segment) => (typeof segment === "symbol" ? String(segment) : segment));
}

function memberAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let member = value;
  for (const segment of path) {
    if (typeof member !== "object" || member === null || !Object.hasOwn(member, segment)) return undefined;
    member = (member as Record<PropertyKey, unknown>)[segment];
  }
  return member;
}

function nameOfType(expected: string): string {
  const names: Readonly<Record<string, string>> = {
    string: "text",
    int: "a whole number",
    number: "a number",
    bigint: "a number",
    boolean: "true or false",
    array: "a list",
    object: "a mapping",
    record: "a mapping",
    null: "nothing",
  };
  return names[expected] ?? expected;
}

function describe(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "string") return value === "" ? "empty text" : "text";
  if (typeof value === "boolean") return String(value);
  return typeof value === "number" ? `the number ${String(value)}` : "a number of too many digits";
}

/** `path: {resources.users.id}` is YAML for a mapping with one key and no value. */
function quoteHint(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0 || entry[1] !== null) return undefined;
  return `a value that begins with { needs quotes: "{${entry[0]}}"`;
}
