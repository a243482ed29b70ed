import { parseLossless } from "../../json/parse-lossless.js";
import type { PageFacts } from "../../model/source.js";
import { GuardError } from "../../shared/errors.js";
import { findMatches } from "../select/json-path.js";
import { describePage, pageContext } from "../spool/page-message.js";
import { parseSelector } from "../select/selector.js";
import type { Splitter } from "./splitter.js";
import { findPlaces, type PlaceTree } from "../select/walk-keys.js";

/** The splitter, whose records are lists of the values that `record_fields` names (rule D5). */
export function withRecordNames(splitter: Splitter): Splitter {
  const { pick, page, options } = splitter;
  if (pick.recordFields === undefined) return splitter;
  const names = readRecordNames(splitter, pick.recordFields, page);
  return { ...splitter, options: { ...options, shape: { names, members: undefined } } };
}

/**
 * The names that `record_fields` gives to the values of records which are lists: those written there, or those that
 * stand in the body under its path (rule D5). Throws a GuardError if no names are there.
 */
function readRecordNames(
  { buffer, start }: { readonly buffer: Buffer; readonly start: number },
  fields: string | readonly string[],
  page: PageFacts,
): readonly string[] {
  if (typeof fields !== "string") return fields;
  const found = readValues(buffer, start, fields);
  const [first] = found;
  const names = found.length === 1 && Array.isArray(first) ? (first as unknown[]) : found;
  const problem = findProblem(names);
  if (problem === undefined) return names as readonly string[];
  throw new GuardError(`${describePage(page)}: record_fields "${fields}" ${problem}`, {
    hint: "point `record_fields` at a list of names in the body (a JSONPath such as `columns[*].name`), or write the names as a list",
    context: pageContext(page),
  });
}

function readValues(buffer: Buffer, start: number, path: string): unknown[] {
  const selector = parseSelector(path);
  if (selector.kind === "jsonpath") {
    const body: unknown = JSON.parse(buffer.toString("utf8", start));
    return findMatches(body, selector.path.text).map((match) => match.value);
  }
  const root: PlaceTree = { children: new Map() };
  let leaf = root;
  for (const key of selector.keys) {
    const child: PlaceTree = { children: new Map() };
    leaf.children.set(key, child);
    leaf = child;
  }
  findPlaces(buffer, start, buffer.length, root);
  return leaf.place === undefined ? [] : [parseLossless(buffer, leaf.place.start, leaf.place.end)];
}

function findProblem(found: readonly unknown[]): string | undefined {
  if (found.length === 0) return "matches no names";
  const names = found.filter((name) => typeof name === "string");
  if (names.length < found.length || names.includes("")) return "matches values that are no names";
  const twice = names.find((name, index) => names.indexOf(name) < index);
  return twice === undefined ? undefined : `names "${twice}" twice`;
}
