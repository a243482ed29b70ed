import { describe, expect, it } from "vitest";
import { parseYaml } from "./yaml.js";

const FILE = ".dango/sources.yml";

function faults(text: string): string[] {
  return parseYaml(text, FILE).issues.map(
    ({ message, location, hint }) =>
      `${String(location?.line)}:${String(location?.column)} ${message}${hint === undefined ? "" : ` → ${hint}`}`,
  );
}

describe("parseYaml", () => {
  it("reads YAML 1.2: yes is text, 010 is 10, a date is text, big integers keep their digits", () => {
    const text = "a: yes\nb: 010\nc: 2024-01-01\nd: 9007199254740993\ne: -5\nf: 1.0\n";
    expect(parseYaml(text, FILE).value).toEqual({
      a: "yes",
      b: 10,
      c: "2024-01-01",
      d: 9007199254740993n,
      e: -5,
      f: 1,
    });
  });

  it("reads merge keys and anchors, and locates what they bring in", () => {
    const file = parseYaml("base: &b {x: 1}\nuse:\n  <<: *b\n  y: *b\n", FILE);
    expect(file.value).toEqual({ base: { x: 1 }, use: { x: 1, y: { x: 1 } } });
    expect(file.locate(["use", "x"])).toEqual({ file: FILE, line: 1, column: 14 });
    expect(file.locate(["use", "y", "x"])).toEqual({ file: FILE, line: 1, column: 14 });
  });

  it("locates keys, values, list items, and for what is missing the nearest ancestor", () => {
    const file = parseYaml("\uFEFFa:\n  - b: 1\n    c: 2\n", FILE);
    expect(file.locate(["a", 0, "c"])).toEqual({ file: FILE, line: 3, column: 8 });
    expect(file.locate(["a", 0, "c"], "key")).toEqual({ file: FILE, line: 3, column: 5 });
    expect(file.locate(["a", 0, "d"])).toEqual({ file: FILE, line: 2, column: 5 });
    expect(file.locate(["a", 7])).toEqual({ file: FILE, line: 2, column: 3 });
  });

  it("locates a piece of a string, also of a folded one", () => {
    const file = parseYaml('a: "x ${A} ${A}"\nb: >\n  one\n  two ${B}\n', FILE);
    expect(file.locateText(["a"], "${A}", 1)).toEqual({ file: FILE, line: 1, column: 12 });
    expect(file.locateText(["b"], "${B}", 0)).toEqual({ file: FILE, line: 4, column: 7 });
  });

  it("tells how a number is spelled", () => {
    const file = parseYaml('a: 1.0\nb: 0x10\nc: "1.0"\n', FILE);
    expect(["a", "b", "c"].map((key) => file.numberAsWritten([key]))).toEqual(["1.0", "0x10", undefined]);
  });

  it.each([
    [
      "a: {token: ${VAR}}\n",
      '1:13 not valid YAML: Unexpected flow-map-start at node end → inside { } and [ ] a value with ${…} needs quotes: {token: "${TOKEN}"}',
    ],
    [
      "l: [${A}, b]\n",
      '1:6 not valid YAML: Missing , or : between flow sequence items → inside { } and [ ] a value with ${…} needs quotes: {token: "${TOKEN}"}',
    ],
    [
      "path: {resources.users.id}/x\n",
      '1:27 not valid YAML: Unexpected scalar at node end → a value that begins with { needs quotes: "{resources.users.id}/orders"',
    ],
    ["a: 1\n\tb: 2\n", "2:1 not valid YAML: Tabs are not allowed as indentation → indent with spaces"],
    [
      "a: b: c\n",
      "1:4 not valid YAML: Nested mappings are not allowed in compact mappings → put the value in quotes",
    ],
    [
      "a: 1\na: 2\nb:\n  c: 1\n  c: 1\n",
      "2:1 the key `a` stands here twice → remove one of them, or put both values under one|5:3 the key `c` stands here twice → remove one of them, or put both values under one",
    ],
    [
      "- a\nsecret-value: 1\n",
      "2:1 not valid YAML: Unexpected scalar at node end → look at this line and the one above: is a `:` or `- ` missing, or the indentation another one?",
    ],
    [
      'a: "x\nb: 1\n',
      '3:1 not valid YAML: Missing closing "quote → a quote that was opened, here or on a line above, is not closed',
    ],
    [
      "a: {b: 1\nc: 2\n",
      "2:1 not valid YAML: Flow map in block collection must be sufficiently indented and end with a } → close each { with } and each [ with ], and put a comma between two items",
    ],
    [
      'a: "\\q"\n',
      "1:5 not valid YAML: Invalid escape sequence \\q → between double quotes \\ begins an escape: write it twice, or take single quotes",
    ],
    [
      "a:\n  b: 1\n c: 2\n",
      "3:1 not valid YAML: All mapping items must start at the same column → indent all keys of one mapping, and all items of one list, equally",
    ],
    [
      "a: 1\n---\nb: 2\n",
      "2:1 not valid YAML: Source contains multiple documents; please use YAML.parseAllDocuments() → keep everything in one document: remove the `---` line",
    ],
  ])("says what is wrong with %j", (text, expected) => {
    expect(faults(text).join("|")).toBe(expected);
  });

  it("refuses a value that contains itself", () => {
    expect(parseYaml("a: &a {b: *a}\n", FILE).issues).toEqual([
      { message: "a value contains itself through an alias", location: { file: FILE }, hint: ALIAS_HINT },
    ]);
  });

  it("refuses an alias without an anchor", () => {
    expect(parseYaml("a: *b\n", FILE).issues).toEqual([
      {
        message: "Unresolved alias (the anchor must be set before the alias): b",
        location: { file: FILE },
        hint: ALIAS_HINT,
      },
    ]);
  });
});

const ALIAS_HINT = "*name stands for what &name marks further up, and never within that";
