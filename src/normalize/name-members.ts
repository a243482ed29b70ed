import type { FieldNode } from "../model/field.js";
import { mergeFields } from "./merge-fields.js";
import { keyName } from "./normalize-path.js";
import { PATH_SEPARATOR, type TableDraft } from "./table-draft.js";

/** Members of an object that share a name: usually one; several if their keys never met in one record (rule N1). */
export interface NamedMember {
  /** The keys as the API spells them; the first leads. */
  readonly keys: readonly [string, ...string[]];
  readonly node: FieldNode;
  /** Name of its column, and the prefix of what lies below it. */
  readonly name: string;
  /** Keys from the table's row, joined. */
  readonly path: string;
}

/** An object whose members get names. */
export interface NamingScope {
  readonly draft: TableDraft;
  /** Name and path of the object within its table's row; undefined: the row itself. */
  readonly prefix: string | undefined;
  readonly path: string | undefined;
}

/**
 * Gives the members of one object their names, one after the other, so that names claimed below a member come before
 * those of the members after it. A name that is taken gets `_2`, `_3`, … and is kept in the schema (rule N1).
 */
export function* nameMembers(scope: NamingScope, nodes: readonly FieldNode[]): Generator<NamedMember> {
  const byName = groupByName(scope, nodes);
  const groups = [...byName.values()].flat().sort((a, b) => a.order - b.order);
  const avoided = new Set(byName.keys());
  const named = new Map<MemberGroup, string>();
  for (const group of groups) {
    if (!named.has(group)) {
      const rivals = [...(byName.get(group.natural) ?? [])];
      // The key that the column was made for keeps it, wherever it stands in this load.
      rivals.sort((a, b) => Number(owns(scope, b)) - Number(owns(scope, a)));
      for (const rival of rivals) named.set(rival, claimName(scope, rival, avoided));
    }
    const { keys, node, path } = group;
    yield { keys, node, path, name: named.get(group) ?? group.natural };
  }
}

/** The path of a member, and the name it has or would get if it is free. */
export function peekName(
  { draft, prefix, path }: NamingScope,
  key: string,
): { readonly name: string; readonly path: string } {
  const memberPath = path === undefined ? key : path + PATH_SEPARATOR + key;
  const natural = prefix === undefined ? keyName(key) : `${prefix}__${keyName(key)}`;
  return { name: draft.renamed.get(memberPath) ?? natural, path: memberPath };
}

interface MemberGroup {
  /** Its place among the members. */
  readonly order: number;
  readonly keys: [string, ...string[]];
  node: FieldNode;
  readonly natural: string;
  readonly path: string;
}

function groupByName(scope: NamingScope, nodes: readonly FieldNode[]): Map<string, MemberGroup[]> {
  const { draft, prefix } = scope;
  const byName = new Map<string, MemberGroup[]>();
  for (const [order, node] of nodes.entries()) {
    const natural = prefix === undefined ? keyName(node.key) : `${prefix}__${keyName(node.key)}`;
    const memberPath = peekName(scope, node.key).path;
    const sameName = byName.get(natural) ?? [];
    const partner = draft.renamed.has(memberPath)
      ? undefined
      : sameName.find((group) => !draft.renamed.has(group.path) && haveNeverMet(group.keys, node));
    if (partner !== undefined) {
      partner.keys.push(node.key);
      partner.node = mergeFields(partner.node, node);
      continue;
    }
    const group: MemberGroup = { order, keys: [node.key], node, natural, path: memberPath };
    if (sameName.push(group) === 1) byName.set(natural, sameName);
  }
  return byName;
}

function haveNeverMet(keys: readonly string[], node: FieldNode): boolean {
  const { met } = node;
  return met !== undefined && keys.every((key) => !met.has(key));
}

function claimName({ draft }: NamingScope, group: MemberGroup, avoided: ReadonlySet<string>): string {
  const stored = draft.renamed.get(group.path);
  if (stored !== undefined) {
    draft.claims.set(stored, group.path);
    return stored;
  }
  let name = group.natural;
  for (let count = 2; draft.claims.has(name) || (count > 2 && avoided.has(name)); count += 1) {
    name = `${group.natural}_${String(count)}`;
  }
  draft.claims.set(name, group.path);
  if (name !== group.natural) {
    draft.renamed.set(group.path, name);
    draft.newlyRenamed.push({ table: draft.name, key: group.path.split(PATH_SEPARATOR).join("."), name });
  }
  return name;
}

/** True if a column of this name, or below it, was made for the group's first key. */
function owns({ draft }: NamingScope, group: MemberGroup): boolean {
  const below = `${group.natural}__`;
  const column = draft.existing?.columns.find(({ name }) => name === group.natural || name.startsWith(below));
  if (column === undefined) return false;
  const madeFor = column.hints?.[KEY_HINT];
  if (typeof madeFor !== "string") return keyName(group.keys[0]) === group.keys[0];
  return madeFor === group.path || madeFor.startsWith(group.path + PATH_SEPARATOR);
}

/** Column hint: the path of keys that the column was made for, when its name does not say it. */
export const KEY_HINT = "x-dango-key";
