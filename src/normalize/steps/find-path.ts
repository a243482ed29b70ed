import type { FieldNode } from "../../model/field.js";

/** `lists`: a path goes on in the objects of a list; `objects`: it ends there. */
export type PathReach = "objects" | "lists";

/**
 * The keys that a dotted path names in records of these fields: where a key has dots itself, the longest that is
 * there. What no record has is taken as it is written.
 */
export function findPath(fields: FieldNode, path: string, reach: PathReach = "objects"): readonly string[] {
  const parts = path.split(".");
  const keys: string[] = [];
  let node: FieldNode | undefined = fields;
  for (let at = 0; at < parts.length;) {
    let end = parts.length;
    while (end > at + 1 && memberOf(node, parts.slice(at, end).join("."), reach) === undefined) end -= 1;
    const key: string = parts.slice(at, end).join(".");
    keys.push(key);
    node = memberOf(node, key, reach);
    at = end;
  }
  return keys;
}

/** The field at `keys`, or undefined. */
export function fieldAt(
  fields: FieldNode,
  keys: readonly string[],
  reach: PathReach = "objects",
): FieldNode | undefined {
  return keys.reduce<FieldNode | undefined>((node, key) => memberOf(node, key, reach), fields);
}

function memberOf(node: FieldNode | undefined, key: string, reach: PathReach): FieldNode | undefined {
  const member = node?.members.get(key);
  if (member !== undefined || reach === "objects" || node?.element === undefined) return member;
  return memberOf(node.element, key, reach);
}
