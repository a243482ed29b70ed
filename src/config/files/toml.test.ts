import { describe, expect, it } from "vitest";
import { mergeTables, parseToml } from "./toml.js";

const FILE = ".dlt/secrets.toml";

describe("parseToml", () => {
  it("reads tables, lists, numbers and dates", () => {
    const { table, issues } = parseToml(
      '\uFEFF[sources.api]\ntoken = "t"\nsize = 5\nrate = 0.5\non = true\nlist = [1, "a"]\nday = 2024-01-01\n',
      FILE,
    );
    expect(issues).toEqual([]);
    expect(JSON.parse(JSON.stringify(table))).toEqual({
      sources: { api: { token: "t", size: 5, rate: 0.5, on: true, list: [1, "a"], day: "2024-01-01" } },
    });
  });

  it("never shows the line of a syntax error, which may hold a password (S2)", () => {
    const { issues } = parseToml("[sources]\npassword = hunter2 is bare\n", FILE);
    expect(issues).toMatchInlineSnapshot(`
      [
        {
          "hint": "put text in quotes",
          "location": {
            "column": 12,
            "file": ".dlt/secrets.toml",
            "line": 2,
          },
          "message": "not valid TOML: Unexpected character, expecting string, number, datetime, boolean, inline array or inline table",
        },
      ]
    `);
  });

  it.each([
    ['a = "x', "Unterminated string", "close the quote on the line where it opens"],
    ["a = [1,", "Unterminated inline array", "close each [ with ] and each { with }, a { } on its own line"],
    [
      "a = 1\na = 2",
      "Can't redefine existing key",
      "each key and each [table] stands once: put what belongs to one table together",
    ],
    [
      'a = "\\q"',
      "Unknown escape character",
      "in double quotes \\ begins an escape: write it twice, or take single quotes",
    ],
    [
      "a",
      "Key ended without value",
      'write `key = "value"`, one a line, below the [table] that it belongs to',
    ],
  ])("says what to do about %j", (text, reason, hint) => {
    expect(parseToml(text, FILE).issues).toMatchObject([{ message: `not valid TOML: ${reason}`, hint }]);
  });

  it("refuses an integer whose digits the parser may have changed", () => {
    const { issues } = parseToml("[sources]\nid = 12345678901234567890\n", FILE);
    expect(issues).toEqual([
      {
        message: "the integer at `sources.id` has too many digits to be read exactly",
        location: { file: FILE },
        hint: "put it in quotes",
      },
    ]);
  });

  it("takes __proto__ for a key like any other", () => {
    const { table } = parseToml("[__proto__]\npolluted = true\n", FILE);
    expect(Object.keys(table)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("mergeTables", () => {
  it("lays an overlay over a base, table by table", () => {
    const base = parseToml("a = 1\n[t]\nx = 1\ny = 1\n", FILE).table;
    const overlay = parseToml("[t]\ny = 2\n", FILE).table;
    expect(JSON.stringify(mergeTables(base, overlay))).toBe('{"a":1,"t":{"x":1,"y":2}}');
    expect(JSON.stringify(base)).toBe('{"a":1,"t":{"x":1,"y":1}}');
  });
});
