import { describe, expect, test } from "vitest";
import { linesOf, splitError, splitText } from "../../test/support/split-text.js";

const PAGE = "page 1 (https://api.example.com/users)";

describe("record_fields (D5)", () => {
  const rows = '{"columns":[{"name":"t"},{"name":"v"}],"names":["t","v"],"rows":[[1,1.10],[2, {"a": 1}]]}';

  test.each([[["t", "v"]], ["columns[*].name"], ["names"], ["$.names"]])(
    "%j turns records that are lists into objects, values as spelled",
    (recordFields) => {
      expect(linesOf(splitText(rows, { selector: "rows", recordFields }))).toBe(
        '{"t":1,"v":1.10}\n{"t":2,"v":{"a": 1}}\n',
      );
    },
  );

  test("holds for a whole body that is a list, for JSON lines, and leaves objects as they are", () => {
    const recordFields = ["t", "v"];
    expect(linesOf(splitText("[[1,2]]", { recordFields }))).toBe('{"t":1,"v":2}\n');
    expect(linesOf(splitText('[1,2]\n{"t":3}\n', { recordFields }))).toBe('{"t":1,"v":2}\n{"t":3}\n');
    expect(
      linesOf(
        splitText('{"n":["a"],"r":[[1]]}\n{"n":["b"],"r":[[2]]}\n', { selector: "r", recordFields: "n" }),
      ),
    ).toBe('{"a":1}\n{"b":2}\n');
  });

  test("a list with more or fewer values is an error that names the record", () => {
    expect(splitError("[[1,2],[3]]", { recordFields: ["t", "v"] })).toEqual({
      name: "GuardError",
      message: `${PAGE}: record 2 is a list of 1 value, record_fields names 2`,
      hint: "correct `record_fields`: each value needs a name",
    });
  });

  test.each([
    ["title", "matches no names"],
    ["rows", "matches values that are no names"],
    ["columns[*].same", 'names "x" twice'],
  ])("a path %s that leads to no names is an error", (recordFields, problem) => {
    const body = '{"columns":[{"same":"x"},{"same":"x"}],"rows":[[1,2]]}';
    expect(splitError(body, { selector: "rows", recordFields })["message"]).toBe(
      `${PAGE}: record_fields "${recordFields}" ${problem}`,
    );
  });
});

describe("include_from_ancestors (D5)", () => {
  const body = `{"status":"ok","data":{"result":[
    {"metric":{"host":"a","n":12345678901234567890},"values":[[1,"2"],[3,"4"]]},
    {"metric":{"host":"b"},"values":[[5,"6"]]}
  ]}}`;

  test("adds members of the objects that the selector went through, as _name, values as spelled", () => {
    const settings = {
      selector: "data.result[*].values[*]",
      ancestors: ["metric", "status"],
      recordFields: ["t", "v"],
    };
    expect(linesOf(splitText(body, settings))).toBe(
      [
        '{"_metric":{"host":"a","n":12345678901234567890},"_status":"ok","t":1,"v":"2"}',
        '{"_metric":{"host":"a","n":12345678901234567890},"_status":"ok","t":3,"v":"4"}',
        '{"_metric":{"host":"b"},"_status":"ok","t":5,"v":"6"}\n',
      ].join("\n"),
    );
  });

  test("the nearest object wins, and plain paths of keys work too", () => {
    const orders = '{"id":0,"orders":[{"id":1,"lines":[{"sku":"a"},{}]}]}';
    expect(linesOf(splitText(orders, { selector: "orders[*].lines", ancestors: ["id"] }))).toBe(
      '{"_id":1,"sku":"a"}\n{"_id":1}\n',
    );
    const list = '{"data":[{"id":1},2],"total":5}';
    expect(linesOf(splitText(list, { selector: "data", ancestors: ["total"] }))).toBe(
      '{"_total":5,"id":1}\n{"_total":5,"value":2}\n',
    );
  });

  test("a member that some ancestors lack is left out there; one that none has is an error", () => {
    const some = '{"a":[{"k":1,"r":[{"id":1}]},{"r":[{"id":2}]}]}';
    expect(linesOf(splitText(some, { selector: "a[*].r[*]", ancestors: ["k"] }))).toBe(
      '{"_k":1,"id":1}\n{"id":2}\n',
    );
    expect(splitError(some, { selector: "a[*].r[*]", ancestors: ["kk"] })).toMatchObject({
      name: "GuardError",
      message: `${PAGE}: include_from_ancestors "kk": no object on the way to the records has it; keys there: a, k, r`,
    });
  });
});
