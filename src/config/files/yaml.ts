import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  stringify,
  type Document,
  type Node,
  type Pair,
  type YAMLError,
} from "yaml";
import type { ConfigIssue, SourceLocation } from "../../shared/errors.js";
import type { ConfigPath } from "../config-path.js";

/** A YAML file as plain values, with the way back from a value to its place in the text. */
export interface YamlFile {
  /** Integers beyond 2^53 are `bigint`. Undefined if the text cannot be read as YAML. */
  readonly value: unknown;
  readonly issues: readonly ConfigIssue[];
  /** Where the value at `path`, or its key, begins; the nearest known ancestor if there is none. */
  locate(path: ConfigPath, at?: "value" | "key"): SourceLocation;
  /** Where `text` stands within the scalar at `path`, or its begin. `occurrence` counts from 0. */
  locateText(path: ConfigPath, text: string, occurrence: number): SourceLocation;
  /** A plain number at `path` as it is spelled in the file, such as `1.0`. */
  numberAsWritten(path: ConfigPath): string | undefined;
}

/** Reads YAML 1.2 (with merge keys); `file` is the name that issues show. Never throws. */
export function parseYaml(text: string, file: string): YamlFile {
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const lines = new LineCounter();
  const document = parseDocument(source, {
    lineCounter: lines,
    prettyErrors: false,
    intAsBigInt: true,
    merge: true,
  });
  const at = (offset: number): SourceLocation => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const issues = syntaxIssues(document.errors, source, at);
  const isBroken = document.errors.some((error) => error.code !== "DUPLICATE_KEY");
  let value: unknown;
  if (!isBroken) {
    try {
      value = toPlain(document.toJS(), new Set());
    } catch (error) {
      // An alias without anchor, an alias bomb, or a value that contains itself: the only things toJS throws for.
      issues.push({
        message: error instanceof Error ? error.message : String(error),
        location: { file },
        hint: "*name stands for what &name marks further up, and never within that",
      });
    }
  }
  const root: Place = { key: undefined, node: document.contents };
  return {
    value,
    issues,
    locate(path, part = "value") {
      const { key, node } = find(document, root, path).place;
      return at(offsetOf(part === "key" ? (key ?? node) : (node ?? key)));
    },
    locateText(path, wanted, occurrence) {
      const { node } = find(document, root, path).place;
      const [begin, end] = node?.range ?? [0, 0];
      let offset = begin - 1;
      for (let count = 0; count <= occurrence; count++) offset = source.indexOf(wanted, offset + 1);
      return at(offset >= begin && offset < end ? offset : begin);
    },
    numberAsWritten(path) {
      const { place, isExact } = find(document, root, path);
      if (!isExact || !isScalar(place.node)) return undefined;
      return ["number", "bigint"].includes(typeof place.node.value) ? place.node.source : undefined;
    },
  };
}

/** A value as YAML, long texts on one line; bigints are integers. */
export function formatYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}

interface Place {
  readonly key: Node | undefined;
  readonly node: Node | null | undefined;
}

function find(document: Document, root: Place, path: ConfigPath): { place: Place; isExact: boolean } {
  let place = root;
  for (const segment of path) {
    const next = step(resolveAlias(document, place.node), segment, document);
    if (next === undefined) return { place, isExact: false };
    place = next;
  }
  return { place, isExact: true };
}

function step(node: unknown, segment: string | number, document: Document): Place | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(segment)];
    return item === undefined ? undefined : { key: undefined, node: item as Node };
  }
  if (!isMap(node)) return undefined;
  const pairs = node.items.filter((item): item is Pair<Node, Node | null> => isPair(item));
  const own = pairs.find((pair) => keyText(pair.key) === String(segment));
  if (own !== undefined) return { key: own.key, node: own.value };
  for (const pair of pairs.filter((item) => keyText(item.key) === "<<")) {
    const merged = resolveAlias(document, pair.value);
    const place = isSeq(merged) ? undefined : step(merged, segment, document);
    if (place !== undefined) return place;
  }
  return undefined;
}

function resolveAlias(document: Document, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function keyText(key: unknown): string {
  if (!isScalar(key)) return "";
  // The parser turns the merge key into a symbol.
  return typeof key.value === "symbol" ? "<<" : String(key.value);
}

function offsetOf(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0;
}

/** Copies what the parser made: safe integers become numbers, and no value may contain itself. */
function toPlain(value: unknown, ancestors: Set<unknown>): unknown {
  if (typeof value === "bigint") {
    return BigInt.asIntN(54, value) === value && value !== -(2n ** 53n) ? Number(value) : value;
  }
  if (typeof value !== "object" || value === null) return value;
  if (ancestors.has(value)) throw new Error("a value contains itself through an alias");
  ancestors.add(value);
  const copy = Array.isArray(value)
    ? value.map((item) => toPlain(item, ancestors))
    : Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toPlain(member, ancestors)]));
  ancestors.delete(value);
  return copy;
}

function syntaxIssues(
  errors: readonly YAMLError[],
  source: string,
  at: (offset: number) => SourceLocation,
): ConfigIssue[] {
  const duplicates = errors.filter((error) => error.code === "DUPLICATE_KEY");
  // One slip makes the parser stumble over everything after it: only its first complaint helps.
  const first = errors.find((error) => error.code !== "DUPLICATE_KEY");
  const issues: ConfigIssue[] = [];
  if (first !== undefined) issues.push(syntaxIssue(first, source, at));
  for (const error of duplicates) {
    const key = /^[^:\s]+/.exec(source.slice(error.pos[0]))?.[0] ?? "";
    issues.push({
      message: `the key \`${key}\` stands here twice`,
      location: at(error.pos[0]),
      hint: "remove one of them, or put both values under one",
    });
  }
  return issues;
}

function syntaxIssue(error: YAMLError, source: string, at: (offset: number) => SourceLocation): ConfigIssue {
  // The parser quotes the token it stumbled over, which may be a credential.
  const reason = error.message.replace(/ (?:token )?in YAML stream: .*$/s, "").replace(/\s+/g, " ");
  const location = at(error.pos[0]);
  const hint = hintFor(error, source.split(/\r?\n/)[(location.line ?? 1) - 1] ?? "");
  return { message: `not valid YAML: ${reason}`, location, hint };
}

function hintFor(error: YAMLError, line: string): string {
  if (error.code === "TAB_AS_INDENT") return "indent with spaces";
  if (error.code === "MULTIPLE_DOCS") return "keep everything in one document: remove the `---` line";
  if (/[{[,].*\$\{/.test(line))
    return 'inside { } and [ ] a value with ${…} needs quotes: {token: "${TOKEN}"}';
  if (/\{\+?(?:resources|incremental|paginator)\./.test(line)) {
    return 'a value that begins with { needs quotes: "{resources.users.id}/orders"';
  }
  if (error.code === "BAD_SCALAR_START" || error.code === "BLOCK_AS_IMPLICIT_KEY")
    return "put the value in quotes";
  if (error.code === "BAD_DQ_ESCAPE")
    return "between double quotes \\ begins an escape: write it twice, or take single quotes";
  if (/closing "quote|closing 'quote/.test(error.message))
    return "a quote that was opened, here or on a line above, is not closed";
  if (/Flow (?:map|sequence)|flow (?:map|sequence|collection)/.test(error.message))
    return "close each { with } and each [ with ], and put a comma between two items";
  if (error.code === "BAD_INDENT")
    return "indent all keys of one mapping, and all items of one list, equally";
  return "look at this line and the one above: is a `:` or `- ` missing, or the indentation another one?";
}
