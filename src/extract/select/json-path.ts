import { exec, type JsonValue } from "jsonpath-rfc9535";
import parse from "jsonpath-rfc9535/parser";

/** A JSONPath (RFC 9535) that was read. */
export interface JsonPath {
  /** The whole path, with its `$`. */
  readonly text: string;
  readonly segments: readonly JsonPathSegment[];
}

/** One step of a JSONPath. */
export interface JsonPathSegment {
  /** The path from `$` up to and with this step. */
  readonly prefix: string;
  /** The step as written: `.items`, `[*]`. */
  readonly text: string;
  /** `name`: exactly one key or index, at one place or (`..`) anywhere; `wildcard`: anything that may match many. */
  readonly kind: "name" | "wildcard";
}

/** A place in a JSON value: keys and indexes from the top. */
export type JsonLocation = readonly (string | number)[];

/** Reads a JSONPath that begins with `$`. Throws an Error that says where it is wrong. */
export function parseJsonPath(text: string): JsonPath {
  const nodes = parse(text).segments;
  const pieces = cutSegments(text);
  if (pieces.length !== nodes.length) throw new Error("it cannot be cut into steps");
  let prefix = "$";
  const segments = nodes.map(({ node }, index) => {
    const piece = pieces[index] as string;
    prefix += piece;
    return { prefix, text: piece, kind: isNamed(node) ? ("name" as const) : ("wildcard" as const) };
  });
  return { text, segments };
}

/** A path with the `$` that people may leave out: `items[*].id` is `$.items[*].id`. */
export function withRoot(path: string): string {
  if (path.startsWith("$")) return path;
  return /^[.[]/.test(path) ? `$${path}` : `$.${path}`;
}

/** Every match of `path` in `value`, in the path's order. Filters compare numbers as doubles. */
export function findMatches(value: unknown, path: string): { value: unknown; location: JsonLocation }[] {
  const matches: { value: unknown; location: JsonLocation }[] = [];
  exec(value as JsonValue, path, (match, location) => {
    matches.push({ value: match, location: location.map(unescapeKey) });
  });
  return matches;
}

/** The library hands keys over as RFC 9535 §2.7 writes them between quotes. */
function unescapeKey(key: string | number): string | number {
  if (typeof key === "number" || !key.includes("\\")) return key;
  return key.replace(/\\(?:u[0-9a-f]{4}|.)/g, (escape) =>
    escape === "\\'" ? "'" : (JSON.parse(`"${escape}"`) as string),
  );
}

type SegmentNode = ReturnType<typeof parse>["segments"][number]["node"];

function isNamed(node: SegmentNode): boolean {
  if (node.type === "MemberNameShorthand") return true;
  if (node.type === "WildcardSelector" || node.selectors.length !== 1) return false;
  const type = node.selectors[0]?.type;
  return type === "NameSelector" || type === "IndexSelector";
}

/** The text of each step of a valid path. */
function cutSegments(text: string): string[] {
  const pieces: string[] = [];
  let start = 1;
  let at = 1;
  while (at < text.length) {
    const char = text[at] as string;
    const isStart = char === "." || (char === "[" && text.slice(start, at).trim() !== "..");
    if (isStart && text.slice(start, at).trim() !== "") {
      pieces.push(text.slice(start, at));
      start = at;
    }
    if (char === "[") at = endOfBrackets(text, at);
    else at += text.startsWith("..", at) ? 2 : 1;
  }
  if (text.slice(start).trim() !== "") pieces.push(text.slice(start));
  return pieces;
}

function endOfBrackets(text: string, at: number): number {
  let depth = 0;
  let quote = "";
  for (; at < text.length; at += 1) {
    const char = text[at] as string;
    if (quote !== "") {
      if (char === "\\") at += 1;
      else if (char === quote) quote = "";
    } else if (char === "'" || char === '"') quote = char;
    else if (char === "[") depth += 1;
    else if (char === "]") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return at;
}
