import type { FieldNode } from "../model/field.js";

/**
 * The fields of two resources that share a table, as one tree: both are then planned with the same types. Their
 * records are different ones, so a key of the first and one of the second never met (rule N1).
 */
export function joinFields(first: FieldNode, second: FieldNode): FieldNode {
  const members = new Map<string, FieldNode>();
  for (const key of new Set([...first.members.keys(), ...second.members.keys()])) {
    const sides = [first.members.get(key), second.members.get(key)].filter((side) => side !== undefined);
    const [one, other] = sides;
    if (one === undefined) continue;
    const joined = other === undefined ? one : joinFields(one, other);
    members.set(key, { ...plain(joined), met: new Set(sides.flatMap((side) => [...(side.met ?? [])])) });
  }
  return {
    key: first.key,
    kinds: first.kinds | second.kinds,
    members,
    element:
      first.element === undefined || second.element === undefined
        ? (first.element ?? second.element)
        : joinFields(first.element, second.element),
  };
}

function plain({ key, kinds, members, element }: FieldNode): FieldNode {
  return { key, kinds, members, element };
}
