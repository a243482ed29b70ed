import type { Outline } from "./outline.js";
import { formatKeyPath } from "./selector.js";

/** Where the records of a body are, as far as it can be told without guessing (contract §2.1, rules D2 and P11). */
export type RecordChoice =
  /** The elements of the list under `keys`. */
  | { readonly kind: "list"; readonly keys: readonly string[] }
  /** The object under `keys`, as one record. */
  | { readonly kind: "object"; readonly keys: readonly string[] }
  /** Zero records, and nothing that says where others would be. */
  | { readonly kind: "nothing" }
  | { readonly kind: "unclear"; readonly reason: string; readonly hint: string };

/** Chooses the records of a first page that has no `data_selector`. `body` is a list or an object. */
export function chooseRecords(body: Outline, singleEntity: boolean): RecordChoice {
  if (body.kind === "list") return { kind: "list", keys: [] };
  if (body.kind !== "object" || body.members.size === 0) return { kind: "nothing" };
  const lists = findLists(body);
  if (singleEntity) return chooseEntity(body, lists);
  const known = chooseKnown(lists);
  if (known !== undefined) return known;
  const candidates = lists.filter((list) => list.holds === "objects");
  if (candidates.length > 1) return severalLists(candidates);
  if (candidates[0] !== undefined) return { kind: "list", keys: candidates[0].keys };
  return chooseWithoutCandidate(body, lists);
}

/** The names of list keys that need no other sign, in the order in which they win. */
const KNOWN_KEYS = [
  "data",
  "items",
  "results",
  "entries",
  "records",
  "rows",
  "entities",
  "payload",
  "content",
  "objects",
  "values",
];
const NEVER = new Set(["errors", "warnings", "links", "included", "meta"]);
/** What may stand beside `data` when the object under it is the record. */
const BESIDE_DATA = new Set(["meta", "links", "included", "errors"]);

type ObjectOutline = Extract<Outline, { kind: "object" }>;

interface FoundList {
  readonly keys: readonly string[];
  readonly holds: "nothing" | "objects" | "other";
  /** The objects from the top down to the one that holds the list. */
  readonly way: readonly ObjectOutline[];
}

function findLists(top: ObjectOutline): FoundList[] {
  const lists: FoundList[] = [];
  const visit = (object: ObjectOutline, keys: readonly string[], way: readonly ObjectOutline[]): void => {
    const inside = [...way, object];
    for (const [key, member] of object.members) {
      if (isNever(key)) continue;
      if (member.kind === "list") lists.push({ keys: [...keys, key], holds: member.holds, way: inside });
      else if (member.kind === "object") visit(member, [...keys, key], inside);
    }
  };
  visit(top, [], []);
  return lists;
}

/** Key names count in any case, and `_links` is `links`. */
function isNever(key: string): boolean {
  return NEVER.has(key.toLowerCase().replace(/^_/, ""));
}

function knownRank(list: FoundList): number {
  const rank = KNOWN_KEYS.indexOf((list.keys.at(-1) ?? "").toLowerCase());
  return rank < 0 ? KNOWN_KEYS.length : rank;
}

function isKnown(list: FoundList): boolean {
  return knownRank(list) < KNOWN_KEYS.length;
}

/** The shallowest known key wins, then the order of names; a list of scalars is never taken unasked. */
function chooseKnown(lists: readonly FoundList[]): RecordChoice | undefined {
  const known = lists
    .filter((list) => isKnown(list) && list.holds !== "other")
    .sort((a, b) => a.keys.length - b.keys.length || knownRank(a) - knownRank(b));
  const [first] = known;
  if (first === undefined) return undefined;
  const equal = known.filter(
    (list) => list.keys.length === first.keys.length && knownRank(list) === knownRank(first),
  );
  return equal.length > 1 ? severalLists(equal) : { kind: "list", keys: first.keys };
}

function chooseWithoutCandidate(body: ObjectOutline, lists: readonly FoundList[]): RecordChoice {
  const record = asOneRecord(body);
  const empty = lists.filter((list) => list.holds === "nothing" && !list.way.some(hasId));
  const [first] = empty;
  if (first !== undefined) {
    if (!empty.some(isPaged)) return unknownEmptyList(empty);
    return empty.length === 1 ? { kind: "list", keys: first.keys } : { kind: "nothing" };
  }
  const pagedScalars = lists.find((list) => list.holds === "other" && isPaged(list) && !list.way.some(hasId));
  if (pagedScalars !== undefined) return scalarsOfPages(pagedScalars);
  return record;
}

/** Rule P11: the path named one entity, so an object is that entity unless it looks like a page of others. */
function chooseEntity(body: ObjectOutline, lists: readonly FoundList[]): RecordChoice {
  const record = asOneRecord(body);
  const object = record.keys.length === 0 ? body : (body.members.get(record.keys[0] ?? "") ?? body);
  if (hasId(object)) return record;
  const list = lists.find(isKnown);
  if (list === undefined) return record;
  return {
    kind: "unclear",
    reason: `the path asks for one entity, but the answer has no "id" and a list under ${quote(list.keys)}`,
    hint: `set \`paginator\` and \`data_selector\` on the endpoint: \`data_selector: ${formatKeyPath(list.keys)}\` for the list, \`data_selector: $\` for the object`,
  };
}

/** The object itself, or the one under `data` that stands beside nothing but what describes it. */
function asOneRecord(body: ObjectOutline): { kind: "object"; keys: readonly string[] } {
  const names = [...body.members.keys()];
  const data = names.find((key) => key.toLowerCase() === "data");
  const isWrapper = names.every((key) => key === data || BESIDE_DATA.has(key.toLowerCase()));
  const isObject = data !== undefined && body.members.get(data)?.kind === "object";
  return { kind: "object", keys: isWrapper && isObject ? [data] : [] };
}

function hasId(object: Outline): boolean {
  return object.kind === "object" && [...object.members.keys()].some((key) => /^_?id$/i.test(key));
}

/** Whether members that page a list stand beside it, there or in an object made for them. */
function isPaged(list: FoundList): boolean {
  return list.way.some((object) => {
    for (const [key, member] of object.members) {
      if (member.kind !== "list" && isPagingKey(key)) return true;
      if (member.kind === "object" && isNever(key) && [...member.members.keys()].some(isPagingKey))
        return true;
    }
    return false;
  });
}

const PAGING_WORDS = new Set([
  "total",
  "count",
  "page",
  "pages",
  "paging",
  "pagination",
  "next",
  "limit",
  "offset",
]);

/** `total_count`, `nextPageToken`, `has-next`: the words of the key decide. */
function isPagingKey(key: string): boolean {
  return key
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .some((word) => PAGING_WORDS.has(word));
}

function severalLists(lists: readonly FoundList[]): RecordChoice {
  const names = lists.map((list) => quote(list.keys));
  const example = formatKeyPath(lists[0]?.keys ?? []);
  return {
    kind: "unclear",
    reason: `several lists could be the records: ${names.join(", ")}`,
    hint: `set \`data_selector\` to the one you mean, such as \`data_selector: ${example}\``,
  };
}

function unknownEmptyList(lists: readonly FoundList[]): RecordChoice {
  const names = lists.map((list) => quote(list.keys)).join(", ");
  const example = formatKeyPath(lists[0]?.keys ?? []);
  return {
    kind: "unclear",
    reason: `the list under ${names} is empty, and nothing says whether it holds the records or the object is one record`,
    hint: `set \`data_selector: ${example}\` if records stand there, \`data_selector: $\` if the object is the record`,
  };
}

function scalarsOfPages(list: FoundList): RecordChoice {
  const name = formatKeyPath(list.keys);
  return {
    kind: "unclear",
    reason: `the object looks like a page, but the list under ${quote(list.keys)} holds no objects`,
    hint: `set \`data_selector: ${name}\` to load its values, \`data_selector: $\` if the object is the record`,
  };
}

function quote(keys: readonly string[]): string {
  return `"${formatKeyPath(keys)}"`;
}
