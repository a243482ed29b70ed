import { expect, test } from "vitest";
import { formatKeyPath, parseSelector } from "./selector.js";

test.each([
  ["$", [], false],
  ["data", ["data"], false],
  ["$.data", ["data"], false],
  ["data.items", ["data", "items"], false],
  ["data-list.@odata", undefined, false],
  ["data-list.item_s", ["data-list", "item_s"], false],
  ["data[*]", ["data"], true],
  ["$[*]", [], true],
  ["[*]", [], true],
  ["['a b']", ["a b"], false],
  ["$['a.b'][\"c'd\"].e", ["a.b", "c'd", "e"], false],
  ["['it\\'s \\u00e9']", ["it's é"], false],
])("%s is read as a plain path of keys", (text, keys, isWild) => {
  if (keys === undefined) expect(() => parseSelector(text)).toThrow("is not a JSONPath");
  else expect(parseSelector(text)).toEqual({ kind: "keys", keys, isWild });
});

test.each([
  ["a[*].b", "$.a[*].b"],
  ["$..items", "$..items"],
  ["..items", "$..items"],
  ["[?@.a>1]", "$[?@.a>1]"],
  ["a[0]", "$.a[0]"],
  ["a[0:2]", "$.a[0:2]"],
])("%s is read as a JSONPath", (text, path) => {
  expect(parseSelector(text)).toMatchObject({ kind: "jsonpath", path: { text: path } });
});

test("a JSONPath is cut into its steps, whatever stands in brackets and quotes", () => {
  const selector = parseSelector("$.a[?@['x].y'] == ']']..b[0]['c', 'd'].*");
  const steps = selector.kind === "jsonpath" ? selector.path.segments : [];
  expect(steps.map((step) => [step.text, step.kind])).toEqual([
    [".a", "name"],
    ["[?@['x].y'] == ']']", "wildcard"],
    ["..b", "name"],
    ["[0]", "name"],
    ["['c', 'd']", "wildcard"],
    [".*", "wildcard"],
  ]);
});

test.each([[["a", "b"]], [["a.b", "it's"]], [['q"', "back\\slash"]], [[""]], [["\n"]], [[]]])(
  "the path of %j is read back as it was",
  (keys) => {
    expect(parseSelector(formatKeyPath(keys))).toEqual({ kind: "keys", keys, isWild: false });
  },
);
