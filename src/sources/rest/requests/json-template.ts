import {
  parsePlaceholders,
  placeholderNames,
  renderTyped,
  type PlaceholderLookup,
} from "./placeholder-text.js";
import { isObject, parsePath, type PathSegment } from "../value-path.js";

/** A JSON body with placeholders in its strings. */
export interface JsonTemplate {
  /** All placeholders in it. */
  readonly names: readonly string[];
  /** A fresh copy, filled in; members and elements whose placeholder has no value are left out (rule P9). */
  render(lookup: PlaceholderLookup): unknown;
}

/** Prepares a body; `undefined` stays undefined: no body. */
export function compileJson(value: unknown): JsonTemplate {
  if (typeof value === "string") {
    const text = parsePlaceholders(value);
    return {
      names: placeholderNames(text),
      render: (lookup) => (text.length === 0 ? "" : renderTyped(text, lookup)),
    };
  }
  if (Array.isArray(value)) {
    const items = value.map(compileJson);
    return {
      names: items.flatMap((item) => item.names),
      render: (lookup) => items.map((item) => item.render(lookup)).filter((item) => item !== undefined),
    };
  }
  if (isObject(value)) {
    const members = Object.entries(value).map(([key, item]) => [key, compileJson(item)] as const);
    return {
      names: members.flatMap(([, item]) => item.names),
      render: (lookup): Record<string, unknown> =>
        Object.fromEntries(
          members
            .map(([key, item]): [string, unknown] => [key, item.render(lookup)])
            .filter(([, item]) => item !== undefined),
        ),
    };
  }
  return { names: [], render: () => value };
}

/** A copy of `body` with one member set at a dotted path; objects on the way are made, other members stay. */
export function setAtPath(body: unknown, path: string, value: unknown): unknown {
  return setSegments(body, parsePath(path) ?? [path], value);
}

function setSegments(body: unknown, segments: readonly PathSegment[], value: unknown): unknown {
  const [first, ...rest] = segments;
  if (first === undefined) return value;
  if (Array.isArray(body) && typeof first === "number") {
    const copy: unknown[] = [...(body as unknown[])];
    copy[first] = setSegments(copy[first], rest, value);
    return copy;
  }
  const object = isObject(body) ? body : {};
  return { ...object, [String(first)]: setSegments(object[String(first)], rest, value) };
}
