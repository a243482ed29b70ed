import { findMatches, withRoot } from "../../extract/select/json-path.js";
import { ConfigError } from "../../shared/errors.js";

/** One member name or list index on the way to a value. */
export type PathSegment = string | number;

/**
 * Reads the value at a path such as `paging.next.after`, `$.meta['@odata.nextLink']` or `links[0].href`.
 * Undefined when it is not there. A whole path that is itself a key of the object (`@odata.nextLink`) names that key.
 */
export function readPath(value: unknown, path: string): unknown {
  if (isObject(value) && Object.hasOwn(value, path)) return value[path];
  const segments = parsePath(path);
  if (segments !== undefined) return readSegments(value, segments);
  return findFirst(value, path);
}

/** Splits a plain path into its segments; undefined when it is a JSONPath with wildcards, slices or filters. */
export function parsePath(path: string): PathSegment[] | undefined {
  const segments: PathSegment[] = [];
  let rest = path.replace(/^\$\.?/, "");
  while (rest !== "") {
    const match = SEGMENT.exec(rest);
    if (match === null) return undefined;
    const [text, name, quoted, index] = match;
    if (name !== undefined) segments.push(name);
    else if (quoted !== undefined) segments.push(quoted.slice(1, -1).replace(/\\(.)/g, "$1"));
    else segments.push(Number(index));
    rest = rest.slice(text.length);
    if (rest.startsWith(".")) rest = rest.slice(1);
    else if (rest !== "" && !rest.startsWith("[")) return undefined;
  }
  return segments;
}

/** Spells segments so that {@link readPath} finds them again. */
export function formatPath(segments: readonly PathSegment[]): string {
  return segments
    .map((segment, index) => {
      if (typeof segment === "number") return `[${String(segment)}]`;
      if (/^[^.[\]'"*?@$\s]+$/.test(segment)) return index === 0 ? segment : `.${segment}`;
      return `['${segment.replace(/[\\']/g, "\\$&")}']`;
    })
    .join("");
}

/** True for a JSON object, false for lists, null and scalars. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function findFirst(value: unknown, path: string): unknown {
  try {
    return findMatches(value, withRoot(path))[0]?.value;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError([{ message: `"${path}" is neither a path nor a JSONPath: ${reason}` }], { cause });
  }
}

const SEGMENT = /^(?:([^.[\]'"*?]+)|\[('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\]|\[(\d+)\])/;

function readSegments(value: unknown, segments: readonly PathSegment[]): unknown {
  let current = value;
  for (const segment of segments) {
    if (Array.isArray(current) && typeof segment === "number") current = current[segment] as unknown;
    else if (isObject(current) && Object.hasOwn(current, String(segment))) current = current[String(segment)];
    else return undefined;
  }
  return current;
}
