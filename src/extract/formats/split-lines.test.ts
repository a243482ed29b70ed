import { describe, expect, test } from "vitest";
import { linesOf, splitError, splitText } from "../../../test/support/split-text.js";

const PAGE = "page 1 (https://api.example.com/users)";
const LINES = { contentType: "application/x-ndjson" };

describe("JSON lines", () => {
  test.each([
    ['{"id":1}\n{"id":2}\n', "application/json"],
    ['{"id":1}\r\n\r\n{"id":2}', undefined],
    ['{"id":1} {"id":2}', "application/x-ndjson"],
    ['{"id":1}{"id":2}', "application/jsonl"],
    ['\u001e{"id":1}\n\u001e{"id":2}\n', "application/json-seq"],
  ])("%j called %s: each value is a record", (body, contentType) => {
    const page = splitText(body, { contentType });
    expect(linesOf(page).replace(/ +(?=\n|$)|^ +/gm, "")).toBe('{"id":1}\n{"id":2}\n');
    expect(page).toMatchObject({ rows: 2, envelope: [] });
    expect(page.lastRecord()).toEqual({ id: 2 });
  });

  test("a line is one record, whatever lists it holds, also where a later page has one line only", () => {
    const first = splitText('{"id":1,"tags":[{"a":1}]}\n{"id":2,"tags":[]}\n', { contentType: "text/plain" });
    const later = splitText('{"id":3,"tags":[{"a":1}]}', { page: 2, chosen: first.chosen });
    expect(linesOf(later)).toBe('{"id":3,"tags":[{"a":1}]}\n');
  });

  test("values that are no objects become the column value, duplicate keys are settled (D6, B1)", () => {
    expect(linesOf(splitText('1\n{"a":1,"a":2}\n[3]\n"x"\n', LINES))).toBe(
      '{"value":1}\n{"a":2}\n{"value":[3]}\n{"value":"x"}\n',
    );
  });

  test("one list that is the whole body is JSON, and so is an object over several lines", () => {
    expect(linesOf(splitText('[{"id":1}]', LINES))).toBe('{"id":1}\n');
    expect(splitText('{\n"data":[{"id":1}]\n}', { contentType: "application/json" }).chosen).toBe("data");
  });

  test("D3: the selector applies to each line, and the envelope is that of the last one", () => {
    const page = splitText('{"d":[{"id":1}],"n":1}\n{"d":[]}\n{"d":[{"id":2},{"id":3}],"n":3}\n', {
      selector: "d",
    });
    expect(linesOf(page)).toBe('{"id":1}\n{"id":2}\n{"id":3}\n');
    expect(page.envelope).toEqual({ d: [], n: 3 });
    const path = splitText('{"d":[{"x":{"id":1}}]}\n{"d":[{"x":{"id":2}}]}\n', { selector: "d[*].x" });
    expect(linesOf(path)).toBe('{"id":1}\n{"id":2}\n');
  });

  test("D1: a key that some lines have is found; one that none has is an error", () => {
    expect(linesOf(splitText('{"record":{"id":1}}\n{"state":{}}\n', { selector: "record" }))).toBe(
      '{"id":1}\n',
    );
    expect(splitError('{"a":1}\n{"a":2}\n', { selector: "record" })).toMatchObject({
      name: "GuardError",
      message: `${PAGE}: data_selector "record" matches nothing in any line: the body has no key "record", only: a`,
    });
  });

  test("D3: a line with an error and no records is an error, a record with a member `error` is a record", () => {
    expect(splitError('{"d":[{"id":1}]}\n{"error":"gone"}\n', { selector: "d" })["message"]).toBe(
      `${PAGE}: status 200 with an error in the body: gone`,
    );
    expect(splitError('{"error":"gone"}\n', LINES)["message"]).toBe(
      `${PAGE}: status 200 with an error in the body: gone`,
    );
    expect(splitText('{"id":1,"error":"x"}\n{"id":2}\n', LINES).rows).toBe(2);
  });

  test("a cut line is an error, and nothing before it is kept (D4)", () => {
    expect(splitError('{"id":1}\n{"id":', LINES)["message"]).toContain(
      "the body is not readable JSON: the JSON ends where a value should be at byte 15",
    );
  });

  test("lines after a page that was JSON are an error", () => {
    expect(splitError('{"id":1}\n{"id":2}\n', { page: 2, chosen: "data" })["message"]).toBe(
      'page 2 (https://api.example.com/users): the body is JSON lines, and page 1 had its records under "data"',
    );
  });

  test("several values that are not lines are an error that names the setting", () => {
    const body = '{\n"id":1\n}\n{\n"id":2\n}';
    expect(splitError(body)).toMatchObject({
      message: `${PAGE}: another value follows the JSON at byte 11 (status 200, content type application/json; it begins: {\\n"id":1\\n}\\n{\\n"id":2\\n})`,
      hint: "if the body is JSON lines, set `response_format: jsonl`",
    });
    const csv = { delimiter: undefined, quote: undefined, columns: undefined };
    expect(splitText(body, { format: { format: "jsonl", csv } }).rows).toBe(2);
  });
});
