import type { FieldNode } from "../model/field.js";

/** One node for values of two places that share a column: all kinds, members and elements of both. */
export function mergeFields(first: FieldNode, second: FieldNode): FieldNode {
  const members = new Map(first.members);
  for (const [key, member] of second.members) {
    const known = members.get(key);
    members.set(key, known === undefined ? member : mergeFields(known, member));
  }
  return {
    key: first.key,
    kinds: first.kinds | second.kinds,
    members,
    element:
      first.element === undefined || second.element === undefined
        ? (first.element ?? second.element)
        : mergeFields(first.element, second.element),
  };
}
