import { describe, expect, it } from "vitest";
import { JsonFault } from "../json/json-fault.js";
import { Kind, type FieldNode } from "../model/field.js";
import { FieldLearner } from "./field-learner.js";

function learn(learner: FieldLearner, ...records: readonly string[]): void {
  for (const record of records) {
    const buffer = Buffer.from(record);
    expect(learner.learn(buffer, 0, buffer.length)).toBe(buffer.length);
  }
}

function learned(...records: readonly string[]): FieldNode {
  const learner = new FieldLearner();
  learn(learner, ...records);
  return learner.root;
}

/** The fields as paths with the names of their kinds; `[]` is a list's element. */
function describeFields(node: FieldNode, path = ""): Record<string, string> {
  const names = Object.entries(Kind).flatMap(([name, bit]) => ((node.kinds & bit) === 0 ? [] : [name]));
  const fields = { [path]: names.join(" ") };
  for (const [key, member] of node.members) Object.assign(fields, describeFields(member, `${path}.${key}`));
  return node.element === undefined ? fields : { ...fields, ...describeFields(node.element, `${path}[]`) };
}

describe("FieldLearner", () => {
  it("learns kinds at every place, members in first-seen order, one element for all of a list", () => {
    const order =
      '{"id":1,"customer":{"name":"A","since":"2024-01-31"},"items":[{"price":1.5},{"sku":null,"price":2.0}]}';
    expect(
      describeFields(learned(order, '{"at":"2024-01-01T00:00:00Z","id":9007199254740993,"items":[]}')),
    ).toStrictEqual({
      "": "object",
      ".id": "int34 int64",
      ".customer": "object",
      ".customer.name": "text",
      ".customer.since": "date",
      ".items": "list",
      ".items[]": "object",
      ".items[].price": "floatWhole float",
      ".items[].sku": "null",
      ".at": "timestamp",
    });
  });

  it("learns records that are no objects", () => {
    expect(describeFields(learned("1", '"x"', "null", "true", "[[1e400]]"))).toStrictEqual({
      "": "null bool int34 text list",
      "[]": "list",
      "[][]": "floatWide",
    });
  });

  it("finds records within a page, one after the other, and counts them", () => {
    const learner = new FieldLearner();
    const page = Buffer.from('{"data":[{"a":1} , {"a":2}]}');
    const after = learner.learn(page, 9, page.length);
    expect(after).toBe(16);
    expect(learner.learn(page, 19, page.length)).toBe(26);
    expect(learner.rows).toBe(2);
  });

  it("puts a record on one line in place, and leaves escapes in strings alone", () => {
    const buffer = Buffer.from('{\n  "a" :\r\n [1,\n2],"b": "x\\ny"\n}\n');
    const after = new FieldLearner().learn(buffer, 0, buffer.length);
    expect(buffer.toString("utf8", 0, after)).toBe('{   "a" :   [1, 2],"b": "x\\ny" }');
    expect(buffer[after]).toBe(0x0a);
  });

  it("takes two spellings of a key for one field (B1)", () => {
    expect(
      describeFields(learned('{"na\\u00efve":1}', '{"naïve":true}', '{"na\\u00efve":"x"}')),
    ).toStrictEqual({
      "": "object",
      ".naïve": "bool int34 text",
    });
  });

  it("takes __proto__ and the empty key for fields like any other (B1)", () => {
    expect([...learned('{"__proto__":1,"":2,"constructor":3}').members.keys()]).toStrictEqual([
      "__proto__",
      "",
      "constructor",
    ]);
  });

  it("learns of duplicate keys only the last, at any depth, and asks for a rewrite (B1)", () => {
    const learner = new FieldLearner();
    learn(learner, '{"a":"text","b":[{"c":1,"c":null}],"a":7}');
    expect(learner.needsRewrite).toBe(true);
    expect(describeFields(learner.root)).toStrictEqual({
      "": "object",
      ".b": "list",
      ".b[]": "object",
      ".b[].c": "null",
      ".a": "int34",
    });
    learn(learner, '{"a":1,"b":[{"c":1},{"c":2}]}');
    expect(learner.needsRewrite).toBe(false);
    expect(learner.rows).toBe(2);
  });

  it("forgets a field that only an overridden duplicate had, and finds it when it comes again (B1)", () => {
    const learner = new FieldLearner();
    learn(learner, '{"a":{"gone":1},"a":{"kept":1}}');
    expect(Object.keys(describeFields(learner.root))).toStrictEqual(["", ".a", ".a.kept"]);
    learn(learner, '{"a":{"gone":true,"kept":1}}', '{"a":{"gone":true,"kept":1}}');
    expect(describeFields(learner.root)[".a.gone"]).toBe("bool");
  });

  it.each(['{"a":"\\ud800"}', '{"\\udc00":1}', '{"a":["\\ud800\\ud83d\\ude00"]}'])(
    "asks for a rewrite of %s each time, for its lone surrogate (B1)",
    (record) => {
      const learner = new FieldLearner();
      for (const next of [record, '{"a":"\\ud83d\\ude00"}', record]) {
        learn(learner, next);
        expect(learner.needsRewrite).toBe(next === record);
      }
    },
  );

  it("names NaN, and keeps what it learned before the mark only (B1, D4)", () => {
    const learner = new FieldLearner();
    learn(learner, '{"a":1}');
    const mark = learner.mark();
    learn(learner, '{"a":"x"}');
    expect(() => {
      learn(learner, '{"a":null,"b":[NaN]}');
    }).toThrow("NaN, which is no JSON number, at byte 15");
    learner.rollback(mark);
    expect(describeFields(learner.root)).toStrictEqual({ "": "object", ".a": "int34" });
    expect(learner.rows).toBe(1);
  });

  it("refuses the 1,001st level (B2)", () => {
    const nest = (levels: number) => '{"a":'.repeat(levels) + "1" + "}".repeat(levels);
    learn(new FieldLearner(), nest(1_000));
    expect(() => {
      learn(new FieldLearner(), nest(1_001));
    }).toThrow(new JsonFault("nested deeper than max_depth (1,000) levels", 5_000, "depth"));
  });

  it("refuses the 10,001st distinct field with its place (B2)", () => {
    const learner = new FieldLearner();
    for (let index = 0; index < 9_999; index += 1) learn(learner, `{"list":[{"key_${String(index)}":1}]}`);
    expect(learner.root.members.get("list")?.element?.members.size).toBe(9_999);
    const fault = new JsonFault("more than max_columns (10,000) distinct fields", 10, "columns");
    const refused = (): void => {
      learn(learner, '{"list":[{"one_more":1}]}');
    };
    expect(refused).toThrow(fault);
    expect(refused).toThrow(expect.objectContaining({ reason: "columns", offset: 10 }) as JsonFault);
  });

  it("does not count fields that a rollback took back (B2)", () => {
    const learner = new FieldLearner({ maxColumns: 2 });
    learn(learner, '{"a":1}');
    const mark = learner.mark();
    learn(learner, '{"b":1}');
    learner.rollback(mark);
    learn(learner, '{"c":1}');
    expect(() => {
      learn(learner, '{"d":1}');
    }).toThrow(new JsonFault("more than max_columns (2) distinct fields", 1, "columns"));
  });

  it("reads nothing behind the given end", () => {
    const learner = new FieldLearner();
    expect(learner.learn(Buffer.from("1234"), 0, 2)).toBe(2);
    expect(() => learner.learn(Buffer.from('{"a":1}'), 0, 6)).toThrow(
      "the JSON ends where a comma or } should be at byte 6",
    );
  });

  it("knows which members of one name ever met (N1)", () => {
    const learner = new FieldLearner({ nameOf: (key) => key.toLowerCase() });
    learn(learner, '{"aB":1,"other":2}');
    const { members } = learner.root;
    expect(members.get("aB")?.met).toBe(undefined);
    learn(learner, '{"AB":1}');
    expect([members.get("aB")?.met, members.get("AB")?.met]).toStrictEqual([new Set(), new Set()]);
    const mark = learner.mark();
    learn(learner, '{"ab":1,"AB":2}');
    expect(members.get("AB")?.met).toStrictEqual(new Set(["ab"]));
    expect(members.get("aB")?.met).toStrictEqual(new Set());
    learner.rollback(mark);
    expect(members.get("AB")?.met).toStrictEqual(new Set());
  });
});
