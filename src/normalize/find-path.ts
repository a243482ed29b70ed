import type { FieldNode } from "../model/field.js";

/**
 * The keys that a dotted path names in records of these fields: where a key has dots itself, the longest that is
 * there. What no record has is taken as it is written.
 */
export function findPath(fields: FieldNode, path: string): readonly string[] {
  const parts = path.split(".");
  const keys: string[] = [];
  let node: FieldNode | undefined = fields;
  for (let at = 0; at < parts.length;) {
    let end = parts.length;
    while (end > at + 1 && node?.members.has(parts.slice(at, end).join(".")) !== true) end -= 1;
    const key: string = parts.slice(at, end).join(".");
    keys.push(key);
    node = node?.members.get(key);
    at = end;
  }
  return keys;
}

/** The field at `keys`, or undefined. */
export function fieldAt(fields: FieldNode, keys: readonly string[]): FieldNode | undefined {
  return keys.reduce<FieldNode | undefined>((node, key) => node?.members.get(key), fields);
}
