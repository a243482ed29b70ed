import { SCALARS, type FieldNode } from "../model/field.js";
import type { UnmetHint } from "../model/load-plan.js";
import type { ResourceOptions } from "../model/resource.js";
import type { ColumnHint } from "../model/schema.js";
import { keyName } from "./normalize-path.js";
import { isSame } from "./resource-hints.js";
import { PATH_SEPARATOR, type TableDraft } from "./table-draft.js";
import type { PlaceName } from "./table-hints.js";

/**
 * The hints that match nothing: lists of `nested_hints`, and columns without a data type, which are not made for being
 * declared. `drafts` are the tables with what the warehouse has of them, the root first.
 */
export function findUnmetHints(
  { columns, nestedHints = {} }: Pick<ResourceOptions, "columns" | "nestedHints">,
  fields: FieldNode,
  drafts: readonly TableDraft[],
): UnmetHint[] {
  const [root] = drafts;
  const isTyped = Object.values(columns).every(({ dataType }) => dataType !== undefined);
  if (root === undefined || (isTyped && Object.keys(nestedHints).length === 0)) return [];
  const top: Places = { fields: [], lists: [] };
  visitRow(fields, [], top);
  const found: UnmetHint[] = findColumns("columns", columns, [...top.fields, ...columnsOf(root)]);
  const lists = [...top.lists];
  // Lists within lists stand behind those that hold them.
  for (const { node, keys } of lists) lists.push(...listsBelow(node, keys));
  const stored = drafts.slice(1).map(({ name, keyPath }) => ({
    name: name.slice(`${root.name}__`.length),
    path: keyPath,
  }));
  for (const [path, hints] of Object.entries(nestedHints)) {
    const under = `nested_hints.${path}.columns`;
    const list = lists.find(({ place }) => isSame(path, place));
    const draft = drafts[stored.findIndex((place) => isSame(path, place)) + 1];
    if (list === undefined && !stored.some((place) => isSame(path, place))) {
      const known = [...lists.map(({ place }) => place), ...stored].map(spell);
      found.push({ under: "nested_hints", kind: "list", path, known: [...new Set(known)] });
    } else {
      const places: Places = { fields: [], lists: [] };
      if (list !== undefined) visitRow(list.node, [], places);
      const there = [...places.fields, ...(draft === undefined ? [] : columnsOf(draft))];
      found.push(...findColumns(under, hints.columns, there));
    }
  }
  return found;
}

interface Places {
  readonly fields: PlaceName[];
  readonly lists: ListPlace[];
}

interface ListPlace {
  readonly place: PlaceName;
  readonly keys: readonly string[];
  /** Of the list's elements. */
  readonly node: FieldNode;
}

function findColumns(
  under: string,
  columns: Readonly<Record<string, ColumnHint>>,
  places: readonly PlaceName[],
): UnmetHint[] {
  return Object.entries(columns)
    .filter(([path, { dataType }]) => dataType === undefined && !places.some((place) => isSame(path, place)))
    .map(([path]) => ({ under, kind: "column", path, known: [...new Set(places.map(spell))] }));
}

/** Every member of a row, objects opened, and the lists among them; `above` are the keys from the record to the row. */
function visitRow(row: FieldNode, above: readonly string[], places: Places): void {
  const visit = (node: FieldNode, keys: readonly string[]): void => {
    for (const [key, member] of node.members) {
      const own = [...keys, key];
      places.fields.push(placeOf(own));
      if (member.element !== undefined) {
        const path = [...above, ...own];
        places.lists.push({ place: placeOf(path), keys: path, node: member.element });
      }
      visit(member, own);
    }
  };
  visit(row, []);
  if ((row.kinds & SCALARS) !== 0) places.fields.push(placeOf(["value"]));
  // A record that is a list is a value; only an element has rows of its own below it.
  if (row.element === undefined || above.length === 0) return;
  const path = [...above, "list"];
  places.lists.push({ place: placeOf(path), keys: path, node: row.element });
}

function listsBelow(node: FieldNode, keys: readonly string[]): readonly ListPlace[] {
  const places: Places = { fields: [], lists: [] };
  visitRow(node, keys, places);
  return places.lists;
}

function placeOf(keys: readonly string[]): PlaceName {
  return { name: keys.map(keyName).join("__"), path: keys.join(PATH_SEPARATOR) };
}

function columnsOf({ existing, columns }: TableDraft): PlaceName[] {
  const all = [...(existing?.columns ?? []), ...columns.map(({ column }) => column)];
  return all.filter(({ name }) => !name.startsWith("_dlt_")).map(({ name }) => ({ name, path: name }));
}

function spell({ path }: PlaceName): string {
  return path.split(PATH_SEPARATOR).join(".");
}
