import type { WrittenNumber } from "../../../json/written-number.js";

/** Text with placeholders, split once and filled in for every request. */
export type PlaceholderText = readonly (string | Placeholder)[];

/** One `{name}` in a text. */
export interface Placeholder {
  readonly name: string;
  /** `{+name}`: slashes in its value stay as they are (RFC 6570). */
  readonly isReserved?: true;
}

/** The value of a placeholder; null or undefined: there is none (yet). */
export type PlaceholderLookup = (
  name: string,
) => string | number | bigint | boolean | WrittenNumber | null | undefined;

/**
 * Splits a text at its placeholders. `{{` and `}}` are literal braces, as in dlt; in a text whose other braces do
 * not pair up in that way (JSON written into a string) all braces stay as they are.
 */
export function parsePlaceholders(text: string): PlaceholderText {
  const isFormat = !/[{}]/.test(text.replace(TOKEN, ""));
  const parts: (string | Placeholder)[] = [];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    const name = match[1];
    if (name === undefined && !isFormat) continue;
    parts.push(text.slice(at, match.index), name === undefined ? match[0].slice(0, 1) : toPlaceholder(name));
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at));
  return parts.filter((part) => part !== "");
}

/** Fills a text in; undefined when one of its placeholders has no value. `encode` is applied to values only. */
export function renderText(
  text: PlaceholderText,
  lookup: PlaceholderLookup,
  encode: (value: string, part: Placeholder) => string = (value) => value,
): string | undefined {
  let result = "";
  for (const part of text) {
    if (typeof part === "string") {
      result += part;
      continue;
    }
    const value = lookup(part.name);
    if (value === null || value === undefined) return undefined;
    result += encode(String(value), part);
  }
  return result;
}

/** Like {@link renderText}, but a text that is exactly one placeholder keeps the value's type. */
export function renderTyped(text: PlaceholderText, lookup: PlaceholderLookup): ReturnType<PlaceholderLookup> {
  const [only] = text;
  if (text.length === 1 && typeof only === "object") return lookup(only.name) ?? undefined;
  return renderText(text, lookup);
}

/** The names of all placeholders of a text. */
export function placeholderNames(text: PlaceholderText): string[] {
  return text.flatMap((part) => (typeof part === "string" ? [] : [part.name]));
}

const TOKEN = /\{\{|\}\}|\{(\+?[A-Za-z_]\w*(?:\.[^{}]+)?)\}/g;

function toPlaceholder(name: string): Placeholder {
  return name.startsWith("+") ? { name: name.slice(1), isReserved: true } : { name };
}
