import { describe, expect, test } from "vitest";
import { linesOf, splitError, splitText, type SplitSettings } from "../../../test/support/split-text.js";

const PAGE = "page 1 (https://api.example.com/users)";
const CSV: SplitSettings = { contentType: "text/csv" };

function lines(body: string, settings: SplitSettings = CSV): string {
  return linesOf(splitText(body, settings));
}

function csv(settings: object): SplitSettings {
  const given = { delimiter: undefined, quote: undefined, columns: undefined, ...settings };
  return { contentType: "text/plain", format: { format: "csv", csv: given } };
}

describe("CSV (D6)", () => {
  test("rows are records, named by the header, and the envelope is an empty list", () => {
    const page = splitText("id,name\n1,Ann\n2,Bo\n", CSV);
    expect(linesOf(page)).toBe('{"id":1,"name":"Ann"}\n{"id":2,"name":"Bo"}\n');
    expect(page).toMatchObject({ rows: 2, chosen: "$", envelope: [] });
    expect(page.lastRecord()).toEqual({ id: 2, name: "Bo" });
  });

  test.each([
    ["0", "0"],
    ["-17", "-17"],
    ["007", '"007"'],
    ["+5", '"+5"'],
    ["12345678901234567890", "12345678901234567890"],
    ["1.10", "1.10"],
    [".5", '".5"'],
    ["1.5e3", "1.5e3"],
    ["1e-05", "1e-05"],
    ["12E3", '"12E3"'],
    ["NaN", '"NaN"'],
    ["true", "true"],
    ["TRUE", '"TRUE"'],
    ["2024-01-31", '"2024-01-31"'],
    [" 5", '" 5"'],
    ["null", '"null"'],
  ])("%s is %s", (field, value) => {
    expect(lines(`x\n${field}\n`)).toBe(`{"x":${value}}\n`);
  });

  test("an empty field is null, a quoted empty one an empty string", () => {
    expect(lines('a,b,c\n,"",x\n"",,"y"\n')).toBe('{"a":null,"b":"","c":"x"}\n{"a":"","b":null,"c":"y"}\n');
  });

  test("quotes hold delimiters, line breaks and doubled quotes; line ends may be mixed, blank lines are none", () => {
    expect(lines('a,b\r\n"x,\r\ny","say ""hi"""\n\n2,3\r4,5')).toBe(
      '{"a":"x,\\r\\ny","b":"say \\"hi\\""}\n{"a":2,"b":3}\n{"a":4,"b":5}\n',
    );
  });

  test.each([
    [";", "a;b,c;d\n1;2;3\n"],
    ["\t", "a\tb,c\td\n1\t2\t3\n"],
    ["|", 'a|"b,c"|d\n1|2|3\n'],
  ])("the delimiter %j is told from the header", (_, body) => {
    expect(lines(body)).toBe('{"a":1,"b,c":2,"d":3}\n');
  });

  test("tab-separated values are so by their content type", () => {
    expect(lines("a,b\n1,2\n", { contentType: "text/tab-separated-values" })).toBe('{"a,b":"1,2"}\n');
  });

  test("delimiter, quote and columns may be given, whatever the content type", () => {
    expect(lines('1~5" pipe\n2~x\n', csv({ delimiter: "~", quote: null, columns: ["id", "what"] }))).toBe(
      '{"id":1,"what":"5\\" pipe"}\n{"id":2,"what":"x"}\n',
    );
  });

  test("columns of equal names get a number, those without one their place (N1)", () => {
    expect(lines(",a, a ,a_2,a\n1,2,3,4,5\n")).toBe('{"column_1":1,"a":2,"a_3":3,"a_2":4,"a_4":5}\n');
  });

  test("a byte order mark is skipped, and a header alone is zero records (B1)", () => {
    expect(lines("\ufeffid\n1\n")).toBe('{"id":1}\n');
    expect(splitText("id,name\n", CSV).rows).toBe(0);
  });

  test.each([
    ["id,name\n1,a\n2\n", "line 3 has 1 field, the header 2"],
    ['id,name\n"1\n1",a\n2,b,c\n', "line 4 has 3 fields, the header 2"],
    ['id\na"b\n', "a quote stands within a field that does not begin with one (line 2)"],
    ['id\n"a"b\n', "text follows the closing quote of a field (line 2)"],
  ])("%j is an error with its line", (body, reason) => {
    expect(splitError(body, CSV)).toEqual({
      name: "DataError",
      message: `${PAGE}: the CSV cannot be read: ${reason}`,
      hint: 'if the fields are separated or quoted in another way, say so: `response_format: {type: csv, delimiter: ";", quote: null}`',
    });
  });

  test("a body that ends within quotes may be asked for again (D4)", () => {
    expect(splitError('id,name\n1,"x\n2,y', CSV)).toMatchObject({
      name: "ResponseError",
      message: `${PAGE}: the body is not readable CSV: a quoted field is never closed (line 2) (status 200, content type text/csv; it begins: id,name\\n1,"x\\n2,y)`,
    });
  });

  test("a selector does not fit rows", () => {
    expect(splitError("id\n1\n", { ...CSV, selector: "data" })["message"]).toBe(
      `${PAGE}: data_selector "data" cannot be applied to CSV, whose rows are the records`,
    );
    expect(splitText("id\n1\n", { ...CSV, selector: "$" }).rows).toBe(1);
  });

  test("B2: a row above max_record is a guard", () => {
    expect(splitError(`id\n${"x".repeat(50)}\n`, { ...CSV, maxRecordBytes: 20 })["message"]).toBe(
      `${PAGE}: record 1 has 59 bytes, more than max_record (20)`,
    );
  });

  test("JSON that is called CSV is JSON", () => {
    expect(lines('{"data":[{"id":1}]}')).toBe('{"id":1}\n');
    expect(lines('[{"id":1}]', csv({}))).toBe('{"id":1}\n');
  });
});
