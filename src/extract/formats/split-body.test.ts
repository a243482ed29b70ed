import { describe, expect, test } from "vitest";
import { linesOf, recordsOf, splitError, splitText } from "../../../test/support/split-text.js";
import { FieldLearner } from "../field-learner.js";

const URL_TEXT = "page 1 (https://api.example.com/users)";

describe("without a selector", () => {
  test("a list body is the records", () => {
    const page = splitText('[{"id":1},{"id":2}]');
    expect(recordsOf(page)).toEqual([{ id: 1 }, { id: 2 }]);
    expect(page).toMatchObject({ rows: 2, chosen: "$", envelope: [] });
  });

  test("a list under a known key is the records, the rest the envelope", () => {
    const page = splitText('{"total":2,"data":[{"id":1},{"id":2}],"next":"?page=2"}');
    expect(recordsOf(page)).toEqual([{ id: 1 }, { id: 2 }]);
    expect(page.chosen).toBe("data");
    expect(page.envelope).toEqual({ total: 2, data: [], next: "?page=2" });
  });

  test("D2: key names count in any case", () => {
    expect(splitText('{"Items":[{"id":1}],"other":[{"x":1}]}').chosen).toBe("Items");
  });

  test("D2: the shallowest known key wins over the order given", () => {
    expect(splitText('{"wrap":{"data":[{"id":1}]},"values":[{"id":2}]}').chosen).toBe("values");
  });

  test("D2: of equally shallow known keys the first in the order given wins", () => {
    expect(splitText('{"values":[{"id":2}],"results":[{"id":1}]}').chosen).toBe("results");
  });

  test("D2: a list three keys deep is found, one four keys deep is not", () => {
    expect(splitText('{"a":{"b":{"items":[{"id":1}]}}}').chosen).toBe("a.b.items");
    expect(recordsOf(splitText('{"a":{"b":{"c":{"items":[{"id":1}]}}}}'))).toEqual([
      { a: { b: { c: { items: [{ id: 1 }] } } } },
    ]);
  });

  test("the only list of objects is the records", () => {
    expect(splitText('{"tags":["a"],"users":[{"id":1}]}').chosen).toBe("users");
  });

  test("a key with a dot in it is chosen so that a later page finds it", () => {
    const { chosen } = splitText('{"a.b":{"it\'s":[{"id":1}]}}');
    expect(chosen).toBe("$['a.b']['it\\'s']");
    expect(recordsOf(splitText('{"a.b":{"it\'s":[{"id":2}]}}', { page: 2, chosen }))).toEqual([{ id: 2 }]);
  });

  test("lists under errors, warnings, links, included and meta are never the records", () => {
    const never =
      '"errors":[],"warnings":[{"w":1}],"_links":[{"l":1}],"included":[{"i":1}],"meta":{"data":[{"m":1}]}';
    expect(splitText(`{${never},"users":[{"id":1}]}`).chosen).toBe("users");
  });

  test("several candidates are an error that lists them", () => {
    expect(splitError('{"users":[{"id":1}],"groups":{"all":[{"id":2}]}}')).toEqual({
      name: "GuardError",
      message: `${URL_TEXT}: several lists could be the records: "users", "groups.all"`,
      hint: "set `data_selector` to the one you mean, such as `data_selector: users`",
    });
  });

  test("an object without lists is one record", () => {
    const page = splitText('{ "id": 1,\n "name": "a" }\n');
    expect(linesOf(page)).toBe('{ "id": 1,  "name": "a" }\n');
    expect(page).toMatchObject({ rows: 1, chosen: "$", envelope: { id: 1, name: "a" } });
  });

  test("D2: an object whose lists hold no objects is one record", () => {
    expect(recordsOf(splitText('{"name":"a","tags":["x"]}'))).toEqual([{ name: "a", tags: ["x"] }]);
  });

  test("D2: an object whose lists hold no objects is an error if it looks like a page", () => {
    expect(splitError('{"total":20,"names":["x"]}')).toEqual({
      name: "GuardError",
      message: `${URL_TEXT}: the object looks like a page, but the list under "names" holds no objects`,
      hint: "set `data_selector: names` to load its values, `data_selector: $` if the object is the record",
    });
  });

  test("D2: an object under data that stands beside meta, links, included and errors only is one record", () => {
    const page = splitText('{"data":{"id":1},"meta":{"took":3},"errors":[]}');
    expect(recordsOf(page)).toEqual([{ id: 1 }]);
    expect(page.chosen).toBe("data");
  });

  test("D2: an object under data beside other members is part of the record", () => {
    expect(recordsOf(splitText('{"data":{"id":1},"took":3}'))).toEqual([{ data: { id: 1 }, took: 3 }]);
  });

  test("D2: an empty list under a known key is zero records", () => {
    expect(splitText('{"items":[]}')).toMatchObject({ rows: 0, chosen: "items", segments: [] });
  });

  test.each(["total", "page_count", "nextPage", "limit", "offset"])(
    "D2: an empty list of another name is zero records beside %s",
    (key) => {
      expect(splitText(`{"users":[],"${key}":0}`)).toMatchObject({ rows: 0, chosen: "users" });
    },
  );

  test("D2: an empty list of another name is part of a record that has an id", () => {
    expect(recordsOf(splitText('{"id":1,"total":3,"tags":[]}'))).toEqual([{ id: 1, total: 3, tags: [] }]);
  });

  test("D2: an empty list of another name without a sign is an error that asks for data_selector", () => {
    expect(splitError('{"status":"ok","users":[]}')).toEqual({
      name: "GuardError",
      message: `${URL_TEXT}: the list under "users" is empty, and nothing says whether it holds the records or the object is one record`,
      hint: "set `data_selector: users` if records stand there, `data_selector: $` if the object is the record",
    });
  });

  test("D2: a list of scalars is taken if it is the whole body, as the column value (D6)", () => {
    const page = splitText('["a", 1.10, null, [1,\n2]]');
    expect(linesOf(page)).toBe('{"value":"a"}\n{"value":1.10}\n{"value":null}\n{"value":[1, 2]}\n');
    expect(page.lastRecord()).toEqual({ value: [1, 2] });
  });

  test.each(["", "  \r\n", "null", " null\n"])("the body %j is zero records", (body) => {
    expect(splitText(body)).toMatchObject({ rows: 0, chosen: "" });
  });

  test("D3: a body of another scalar is an error", () => {
    expect(splitError('"maintenance"', { selector: "data" })).toEqual({
      name: "ResponseError",
      message: `${URL_TEXT}: the body is a single value, not records (status 200, content type application/json; it begins: "maintenance")`,
      hint: "set `data_selector: $` if that value is the record",
    });
  });

  test("D3: a scalar body is a record if data_selector is $", () => {
    expect(linesOf(splitText("42", { selector: "$" }))).toBe('{"value":42}\n');
  });
});

describe("one entity asked for by its path", () => {
  const settings = { singleEntity: true };

  test("P11: an object with an id is one record, whatever lists it has", () => {
    const body = '{"id":7,"items":[{"sku":"a"}]}';
    expect(linesOf(splitText(body, settings))).toBe(`${body}\n`);
  });

  test("P11: an object under data counts as the entity", () => {
    expect(recordsOf(splitText('{"data":{"id":7,"items":[{"sku":"a"}]}}', settings))).toEqual([
      { id: 7, items: [{ sku: "a" }] },
    ]);
  });

  test("P11: an object without an id is one record if no list stands under a known key", () => {
    expect(recordsOf(splitText('{"name":"a","members":[{"x":1}]}', settings))).toEqual([
      { name: "a", members: [{ x: 1 }] },
    ]);
  });

  test("P11: an object without an id but with a known list is an error that asks", () => {
    expect(splitError('{"name":"a","items":[{"x":1}]}', settings)).toEqual({
      name: "GuardError",
      message: `${URL_TEXT}: the path asks for one entity, but the answer has no "id" and a list under "items"`,
      hint: "set `paginator` and `data_selector` on the endpoint: `data_selector: items` for the list, `data_selector: $` for the object",
    });
  });

  test("P11: a list body is a list", () => {
    expect(splitText('[{"id":1},{"id":2}]', settings).rows).toBe(2);
  });
});

describe("with a selector", () => {
  test.each([
    "result.items",
    "$.result.items",
    "$['result'].items",
    "result.items[*]",
    '$.result["items"][*]',
  ])("%s names the list", (selector) => {
    const page = splitText('{"result":{"n":1,"items":[{"id":1},{"id":2}]}}', { selector });
    expect(recordsOf(page)).toEqual([{ id: 1 }, { id: 2 }]);
    expect(page.envelope).toEqual({ result: { n: 1, items: [] } });
    expect(page.chosen).toBe(selector);
  });

  test("D1: a match that is an object is one record", () => {
    const page = splitText('{"data":{"id":1},"x":2}', { selector: "data" });
    expect(recordsOf(page)).toEqual([{ id: 1 }]);
    expect(page.envelope).toEqual({ data: { id: 1 }, x: 2 });
  });

  test("D1: a wildcard over an object gives its members", () => {
    expect(recordsOf(splitText('{"data":{"a":{"n":1},"b":{"n":2}}}', { selector: "data[*]" }))).toEqual([
      { n: 1 },
      { n: 2 },
    ]);
  });

  test("D1: a wildcard over an empty list or object is zero records", () => {
    expect(splitText('{"data":[]}', { selector: "data[*]" }).rows).toBe(0);
    expect(splitText('{"data":{}}', { selector: "data[*]" }).rows).toBe(0);
    expect(splitText('{"data":[]}', { selector: "data[*].items[*]" }).rows).toBe(0);
  });

  test("D1: every matched list gives its elements", () => {
    const page = splitText('{"r":[{"xs":[{"a":1},{"a":2}]},{"xs":[]},{"xs":[{"a":3}]}]}', {
      selector: "r[*].xs",
    });
    expect(recordsOf(page)).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
    expect(page.envelope).toEqual({ r: [{ xs: [] }, { xs: [] }, { xs: [] }] });
  });

  test("D1: a list matched by a wildcard in the last place is itself a record", () => {
    expect(recordsOf(splitText('{"values":[[1,2],[3]]}', { selector: "values[*]" }))).toEqual([
      { value: [1, 2] },
      { value: [3] },
    ]);
    expect(recordsOf(splitText('{"s":[{"values":[[1,2],[3]]}]}', { selector: "s[*].values[*]" }))).toEqual([
      { value: [1, 2] },
      { value: [3] },
    ]);
  });

  test("D1: below a wildcard a key may be missing in some elements", () => {
    expect(recordsOf(splitText('{"r":[{},{"x":{"a":1}},{"x":null}]}', { selector: "r[*].x" }))).toEqual([
      { a: 1 },
    ]);
  });

  test("a filter picks records by their members, and numbers keep their spelling", () => {
    const page = splitText(
      '{"r":[{"n":1.10,"on":true},{"n":2,"on":false},{"n":9007199254740993,"on":true}]}',
      {
        selector: "$.r[?@.on==true]",
      },
    );
    expect(linesOf(page)).toBe('{"n":1.10,"on":true}\n{"n":9007199254740993,"on":true}\n');
    expect(page.lastRecord()).toEqual({ n: 9007199254740993n, on: true });
  });

  test("a recursive path finds records within records", () => {
    const page = splitText('{"items":[{"id":1,"items":[{"id":2}]}]}', { selector: "$..items" });
    expect(recordsOf(page)).toEqual([{ id: 1, items: [{ id: 2 }] }, { id: 2 }]);
  });

  test("a JSONPath finds keys that need escapes", () => {
    expect(
      recordsOf(splitText('{"it\'s":[{"a\\\\b":[{"id":1}]}]}', { selector: `$["it's"][*]['a\\\\b']` })),
    ).toEqual([{ id: 1 }]);
  });

  test("a selector that is no JSONPath is a configuration error", () => {
    expect(splitError('{"a":[]}', { selector: "$.a[" })).toEqual({
      name: "ConfigError",
      message: `data_selector "$.a[" is not a JSONPath: Expected "'", "*", "-", "0", ":", "?", "\\"", [1-9], or [\\t-\\n\\r ] but end of input found.`,
      hint: undefined,
    });
  });

  test.each(['{"data":[]}', '{"data":null}', "null", ""])("%s is zero records", (body) => {
    expect(splitText(body, { selector: "data" })).toMatchObject({ rows: 0, chosen: "data" });
  });

  test("a key that is missing is an error that names the keys present", () => {
    expect(splitError('{"result":{"rows":[],"n":1}}', { selector: "result.items" })).toEqual({
      name: "GuardError",
      message: `${URL_TEXT}: data_selector "result.items" matches nothing: "result" has no key "items", only: rows, n`,
      hint: "correct `data_selector`, or set `on_missing_selector: empty` if such a body means that there are no records",
    });
  });

  test("a missing key is reported with what the server says", () => {
    expect(splitError('{"message":"Upgrade your plan"}', { selector: "data" })["message"]).toBe(
      `${URL_TEXT}: data_selector "data" matches nothing: the body has no key "data", only: message. The server says: Upgrade your plan`,
    );
  });

  test("a list where the path wants an object is named", () => {
    expect(splitError('{"result":[{"items":[]}]}', { selector: "result.items" })["message"]).toBe(
      `${URL_TEXT}: data_selector "result.items" matches nothing: "result" is a list, which has no key "items"`,
    );
  });

  test("D1: a key below a wildcard that no element has is an error that names the keys there", () => {
    expect(splitError('{"r":[{"a":1},{"b":1}]}', { selector: "r[*].xs" })["message"]).toBe(
      `${URL_TEXT}: data_selector "$.r[*].xs" matches nothing: nothing has .xs; keys there: a, b`,
    );
  });

  test("D1: a wildcard over a value without members is an error", () => {
    expect(splitError('{"data":"soon"}', { selector: "data[*]" })["message"]).toBe(
      `${URL_TEXT}: data_selector "data[*]" matches nothing: "data" is a string`,
    );
  });

  test("on_missing_selector: empty makes a missing key zero records", () => {
    expect(splitText('{"x":1}', { selector: "data", emptyWhenMissing: true }).rows).toBe(0);
    expect(splitText('{"x":[{}]}', { selector: "x[*].y", emptyWhenMissing: true }).rows).toBe(0);
  });

  test("of duplicate keys on the way the last counts, and the first leaves no trace (B1)", () => {
    const learner = new FieldLearner();
    const page = splitText('{"data":[{"old":1}],"n":1,"data":[{"new":2}]}', { selector: "data", learner });
    expect(linesOf(page)).toBe('{"new":2}\n');
    expect(page.envelope).toEqual({ data: [], n: 1 });
    expect([...learner.root.members.keys()]).toEqual(["new"]);
  });
});

describe("an error object with status 200", () => {
  test.each([
    ['{"error":"Quota exceeded"}', undefined, "Quota exceeded"],
    ['{"errors":[{"message":"Bad query"}],"data":null}', "data", "Bad query"],
    ['{"error":{"code":40,"message":"No access"},"data":[]}', undefined, "No access"],
    ['{"error":"invalid_token","error_description":"It expired"}', undefined, "invalid_token: It expired"],
    ['{"error":true,"message":"Down"}', "data", "Down"],
    ['{"result":{"errors":["one","two"],"items":[]}}', "result.items", "one"],
    ['{"error":{"x":1}}', "data[*].y", '{"x":1}'],
    ['{"id":1,"error":"x","lists":[]}', undefined, "x"],
  ])("D3: %s is an error with the server's message", (body, selector, message) => {
    const error = splitError(body, {
      ...(selector === undefined ? {} : { selector }),
      emptyWhenMissing: true,
    });
    expect(error["name"]).toBe("ResponseError");
    expect(error["message"]).toBe(`${URL_TEXT}: status 200 with an error in the body: ${message}`);
  });

  test.each(["null", "false", "0", '""', "[]", "{}"])("D3: %s is no error", (value) => {
    expect(splitText(`{"error":${value},"errors":${value},"data":[]}`).rows).toBe(0);
  });

  test("D3: records beside an error are records", () => {
    expect(splitText('{"errors":[{"message":"partial"}],"data":[{"id":1}]}').rows).toBe(1);
  });

  test("D3: an object with an error that is the record is loaded with data_selector $", () => {
    expect(splitError('{"id":1,"error":"timeout"}')["hint"]).toBe(
      "if this object is the record, set `data_selector: $`",
    );
    expect(splitText('{"id":1,"error":"timeout"}', { selector: "$" }).rows).toBe(1);
  });
});

describe("behind the first page", () => {
  test("the first page's choice holds, though another list looks better", () => {
    const page = splitText('{"data":[{"x":1}],"users":[]}', { page: 2, chosen: "users" });
    expect(page).toMatchObject({ rows: 0, chosen: "users" });
  });

  test("P2: a missing list is zero records", () => {
    expect(splitText('{"next":null}', { page: 2, chosen: "data" }).rows).toBe(0);
    expect(splitText('{"next":null}', { page: 2, selector: "data" }).rows).toBe(0);
    expect(splitText("{}", { page: 2, chosen: "$" }).rows).toBe(0);
  });

  test.each([
    ['{"fault":{"detail":"gone"}}', "gone"],
    ['{"exception":"NullPointer"}', "NullPointer"],
    ['{"ok":false}', '"ok" is false'],
    ['{"success":false,"message":"try later"}', "try later"],
  ])("P2: a missing list with the error key of %s is an error", (body, message) => {
    expect(splitError(body, { page: 2, chosen: "data" })).toMatchObject({
      name: "ResponseError",
      message: `page 2 (https://api.example.com/users): status 200 with an error in the body: ${message}`,
    });
  });

  test("P2: a missing list with keys that page 1 had not is an error in a numbered chain", () => {
    const settings = { page: 2, chosen: "data", knownKeys: new Set(["data", "page"]) };
    expect(splitText('{"page":2}', settings).rows).toBe(0);
    expect(splitError('{"page":2,"info":"x"}', settings)).toEqual({
      name: "GuardError",
      message:
        'page 2 (https://api.example.com/users): no records where page 1 had them: the body has no key "data", only: page, info; page 1 did not have: info',
      hint: "set `on_missing_selector: empty` if such a page is the end",
    });
  });

  test("a list where page 1 had an object is an error, not zero records (P2)", () => {
    expect(splitError('[{"id":1}]', { page: 2, chosen: "data" })).toEqual({
      name: "GuardError",
      message:
        'page 2 (https://api.example.com/users): no records where page 1 had them: the body is a list, which has no key "data"; page 1 had its records elsewhere',
      hint: "declare a `paginator` and a `data_selector` that fit all pages",
    });
    expect(splitText("[]", { page: 2, chosen: "data" }).rows).toBe(0);
  });

  test("an object where pages have lists is an error, not a record", () => {
    expect(splitError('{"note":"that was all"}', { page: 2, chosen: "$" })).toEqual({
      name: "GuardError",
      message:
        'page 2 (https://api.example.com/users): there is no list under "$", where pages have their records',
      hint: "set `data_selector` to where the records of every page stand, or `paginator: single_page` if there is one page only",
    });
  });

  test("a choice kept from an earlier run is dropped when the body looks otherwise", () => {
    expect(splitText('{"items":[{"id":1}]}', { chosen: "data" }).chosen).toBe("items");
    expect(splitText('{"users":[],"x":1}', { chosen: "users" })).toMatchObject({ rows: 0, chosen: "users" });
  });

  test("a page with nothing to choose from leaves the choice to the next one", () => {
    const { chosen } = splitText("null");
    expect(splitText('{"data":[{"id":1}]}', { page: 2, chosen }).chosen).toBe("data");
  });
});

describe("bytes that are not what they should be", () => {
  test("truncated JSON is an error with status, content type and first bytes, and may be asked for again (D4)", () => {
    expect(splitError('{"data":[{"id":1},{"id":2}')).toEqual({
      name: "ResponseError",
      message: `${URL_TEXT}: the body is not readable JSON: the JSON ends where a comma or ] should be at byte 26 (status 200, content type application/json; it begins: {"data":[{"id":1},{"id":2})`,
      hint: "ask for the URL with curl: a login page, a proxy or a maintenance notice may have answered in the API's place",
    });
  });

  test("HTML with 200 is an error with its first bytes, control characters escaped (H5)", () => {
    expect(splitError("<!DOCTYPE html>\n<b>\u0007</b>", { contentType: "text/html" })["message"]).toBe(
      `${URL_TEXT}: the body is not readable JSON: it is HTML, not JSON (status 200, content type text/html; it begins: <!DOCTYPE html>\\n<b>\\u0007</b>)`,
    );
  });

  test("a message shows at most 500 characters of the body (H5)", () => {
    const message = splitError(`<html>${"x".repeat(600)}`)["message"] as string;
    expect(message.slice(message.indexOf("<html>"), -1)).toBe(`<html>${"x".repeat(493)}…`);
  });

  test("the content type is a hint, the bytes decide", () => {
    expect(splitText('{"data":[{"id":1}]}', { contentType: "text/html" }).rows).toBe(1);
    expect(splitText('[{"id":1}]', { contentType: "text/csv" }).rows).toBe(1);
  });

  test("garbage behind the body is an error", () => {
    expect(splitError('[{"id":1}] x')["message"]).toContain(
      '"x" where the end of the JSON should be at byte 11',
    );
  });

  test("B1: a NaN literal is a data error", () => {
    expect(splitError('[{"id":NaN}]')).toMatchObject({
      name: "DataError",
      message: `${URL_TEXT}: NaN, which is no JSON number, at byte 7`,
    });
  });

  test("B2: nesting beyond 1,000 levels is a guard", () => {
    const deep = `[${'{"a":'.repeat(1001)}1${"}".repeat(1001)}]`;
    expect(splitError(deep)["name"]).toBe("GuardError");
    expect(splitError(deep)["message"]).toMatch(
      /: a value is nested deeper than max_depth \(1,000\) levels at byte \d+$/,
    );
  });

  test("B2: a record above max_record is a guard that names it", () => {
    expect(splitError('[{"id":1},{"id":"123456"}]', { maxRecordBytes: 10 })).toEqual({
      name: "GuardError",
      message: `${URL_TEXT}: record 2 has 15 bytes, more than max_record (10)`,
      hint: "raise `max_record` on the client, or exclude large fields by the API's own parameters",
    });
  });

  test("a page that is faulty at its end leaves no trace in the learner", () => {
    const learner = new FieldLearner();
    splitText('[{"id":1}]', { learner });
    splitError('[{"id":2,"late":1},{"id":', { learner });
    expect([...learner.root.members.keys()]).toEqual(["id"]);
    expect(learner.rows).toBe(1);
  });
});

describe("the bytes of records", () => {
  test("numbers and strings stay spelled as the API sent them", () => {
    const records = [
      '{"n":1.10,"big":9007199254740993,"e":1e400,"s":"\\u00e9\\/"}',
      '{"n":123456789012345678901234567890}',
    ];
    expect(linesOf(splitText(`{"data":[${records.join(",")}]}`))).toBe(`${records.join("\n")}\n`);
  });

  test("records are views of the body, not copies", () => {
    const page = splitText('[{"id":1},{"id":2},{"id":3}]');
    expect(page.segments.length).toBe(1);
  });

  test("blanks between records end up before the next one, line breaks within a record become blanks", () => {
    expect(linesOf(splitText('[\n  {"id":\n1}\n ,\n  {"id":2}\n]'))).toBe('{"id": 1}\n     {"id":2}\n');
  });

  test("B1: records with duplicate keys or lone surrogates are rewritten, their neighbours are not", () => {
    const page = splitText('[{"a":1.0},{"a":1,"a":2},{"a":3.0},{"a":"\\ud800"},{"a":4.0}]');
    expect(linesOf(page)).toBe('{"a":1.0}\n{"a":2}\n{"a":3.0}\n{"a":"\\ufffd"}\n{"a":4.0}\n');
  });

  test("a record that is no object stands between objects", () => {
    expect(linesOf(splitText('[{"a":1},5,{"a":2},"x"]'))).toBe(
      '{"a":1}\n{"value":5}\n{"a":2}\n{"value":"x"}\n',
    );
  });
});
