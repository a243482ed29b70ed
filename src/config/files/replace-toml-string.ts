import { isTomlTable, parseToml, type TomlTable, type TomlValue } from "./toml.js";

/**
 * The text of a TOML file with every string `from` replaced by `to`, whichever way it is written; comments, layout and
 * all else stay. Undefined if there is none, or if it cannot be done without changing anything else.
 */
export function replaceTomlString(text: string, from: string, to: string): string | undefined {
  let result = "";
  let copied = 0;
  for (const { start, end } of findStrings(text)) {
    const written = text.slice(start, end);
    if (valueOf(written) !== from) continue;
    result += text.slice(copied, start) + writeString(to, written);
    copied = end;
  }
  if (copied === 0) return undefined;
  result += text.slice(copied);
  const [before, after] = [read(text), read(result)];
  if (before === undefined || after === undefined) return undefined;
  const wanted = mapStrings(before, (value) => (value === from ? to : value));
  return JSON.stringify(wanted) === JSON.stringify(after) ? result : undefined;
}

/** Where the quoted strings of valid TOML are, keys included. */
function* findStrings(text: string): Generator<{ readonly start: number; readonly end: number }> {
  const token = /#[^\n]*|"""(?:[^\\]|\\[^])*?"{3,5}(?!")|'''[^]*?'{3,5}(?!')|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/g;
  for (const match of text.matchAll(token)) {
    if (!match[0].startsWith("#")) yield { start: match.index, end: match.index + match[0].length };
  }
}

function valueOf(written: string): TomlValue | undefined {
  const parsed = parseToml(`value = ${written}`, "");
  return parsed.issues.length === 0 ? parsed.table["value"] : undefined;
}

/** In single quotes if it was and can be, else with the escapes that TOML has in common with JSON. */
function writeString(value: string, before: string): string {
  const isPlain = !/['\p{Cc}]/u.test(value);
  if (before.startsWith("'") && isPlain) return `'${value}'`;
  return JSON.stringify(value).replaceAll("\u007F", "\\u007F");
}

function read(text: string): TomlTable | undefined {
  const parsed = parseToml(text, "");
  return parsed.issues.length === 0 ? parsed.table : undefined;
}

function mapStrings(value: TomlValue | undefined, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item: TomlValue) => mapStrings(item, change));
  if (!isTomlTable(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapStrings(member, change)]));
}
