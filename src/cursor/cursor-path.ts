/** The keys on the way to a cursor's field, or why a path names no field. */
export type CursorPath = { readonly keys: readonly string[] } | { readonly problem: string };

/**
 * Reads a `cursor_path`: `updated_at`, `meta.updated_at`, `$.meta.updated_at`, `["a.b"].at`, `$['a.b']`. A cursor is one value
 * of a record, in a column of its table: list indices and wildcards are refused.
 */
export function parseCursorPath(text: string): CursorPath {
  const keys: string[] = [];
  let rest = text.replace(/^\$(?=[.[])\.?/, "");
  while (rest !== "") {
    const match = SEGMENT.exec(rest);
    if (match === null) return { problem: explain(rest, text) };
    const [segment, name, quoted] = match;
    keys.push(name ?? (quoted ?? "").slice(1, -1).replace(/\\(.)/g, "$1"));
    rest = rest.slice(segment.length);
    if (/^\.[^.]/.test(rest)) rest = rest.slice(1);
    else if (rest !== "" && !rest.startsWith("[")) return { problem: explain(rest, text) };
  }
  return keys.length === 0 ? { problem: `"${text}" names no field` } : { keys };
}

/** The keys of a path that was checked when it was configured; text that is no path is one key. */
export function cursorKeys(text: string): readonly string[] {
  const path = parseCursorPath(text);
  return "keys" in path ? path.keys : [text];
}

const SEGMENT = /^(?:([^.[\]'"*?]+)|\[\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*\])/;

function explain(rest: string, text: string): string {
  if (/^\[\s*-?\d*\s*(?::|\])/.test(rest))
    return "a cursor cannot be in a list: its elements become rows of another table";
  if (/^(?:\[\s*)?\*|^\.\.|^\[\s*\?/.test(rest))
    return "a cursor is one field of a record, and a wildcard matches several";
  return `"${text}" is not a path`;
}
