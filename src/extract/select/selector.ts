import { ConfigError } from "../../shared/errors.js";
import { parseJsonPath, withRoot, type JsonPath } from "./json-path.js";

/**
 * Where records are: `keys` is a plain path of keys, found by bytes, whose value gives its elements (with `isWild`,
 * as in `data[*]`, only elements or members do); `jsonpath` is everything else, found by parsing.
 */
export type Selector =
  | { readonly kind: "keys"; readonly keys: readonly string[]; readonly isWild: boolean }
  | { readonly kind: "jsonpath"; readonly path: JsonPath };

/**
 * Reads a `data_selector`, or what stands under another `key`: a JSONPath, with or without `$` at its start. Throws a ConfigError that says what is wrong
 * with it.
 */
export function parseSelector(text: string, key = "data_selector"): Selector {
  const plain = parseKeyPath(text.trim());
  if (plain !== undefined) return { kind: "keys", ...plain };
  try {
    return { kind: "jsonpath", path: parseJsonPath(withRoot(text.trim())) };
  } catch (cause) {
    const reason = cause instanceof Error ? `: ${cause.message}` : "";
    throw new ConfigError(
      [
        {
          message: `${key} "${text}" is not a JSONPath${reason}`,
          hint: "name the key that holds them, such as `data` or `result.items`, or write a JSONPath (RFC 9535)",
        },
      ],
      { cause },
    );
  }
}

/** A path of keys as a selector: `$`, `data`, `result.items`, `$['odd key'].items`. */
export function formatKeyPath(keys: readonly string[]): string {
  if (keys.length === 0) return "$";
  if (keys.every((key) => PLAIN_KEY.test(key))) return keys.join(".");
  return `$${keys.map((key) => (PLAIN_KEY.test(key) ? `.${key}` : `[${quote(key)}]`)).join("")}`;
}

/** The selector as a JSONPath. */
export function toJsonPath(selector: Selector): JsonPath {
  if (selector.kind === "jsonpath") return selector.path;
  const steps = selector.keys.map((key) => `[${quote(key)}]`);
  return parseJsonPath(`$${steps.join("")}${selector.isWild ? "[*]" : ""}`);
}

const KEY = String.raw`[^.\[\]*?'"()@$,\s]+`;
const PLAIN_KEY = new RegExp(`^${KEY}$`);
/** One step: `.key` (the dot may be missing at the start), `['key']` or `["key"]`. */
const STEP = new RegExp(String.raw`(\.?)(?:(${KEY})|\[\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*\])`, "y");

function parseKeyPath(text: string): { keys: string[]; isWild: boolean } | undefined {
  const isWild = text.endsWith("[*]");
  const path = (isWild ? text.slice(0, -3) : text).replace(/^\$/, "");
  if (path === "") return text.startsWith("$") || isWild ? { keys: [], isWild } : undefined;
  const keys: string[] = [];
  for (let at = 0; at < path.length; at = STEP.lastIndex) {
    STEP.lastIndex = at;
    const step = STEP.exec(path);
    if (step === null) return undefined;
    const [, dot = "", key, quoted] = step;
    const needsDot = key !== undefined && (at > 0 || text.startsWith("$"));
    if (dot !== "" ? quoted !== undefined || !needsDot : needsDot) return undefined;
    const name = key ?? unquote(quoted ?? "");
    if (name === undefined) return undefined;
    keys.push(name);
  }
  return { keys, isWild };
}

function unquote(quoted: string): string | undefined {
  const inner = quoted.slice(1, -1);
  const json = inner.replace(/\\.|"/g, (part) => (part === '"' ? '\\"' : part === "\\'" ? "'" : part));
  try {
    return JSON.parse(`"${json}"`) as string;
  } catch {
    return undefined;
  }
}

function quote(key: string): string {
  return `'${JSON.stringify(key).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
