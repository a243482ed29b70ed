import { describe, expect, it } from "vitest";
import { replaceTomlString } from "./replace-toml-string.js";

describe("replaceTomlString", () => {
  it.each([
    ["a basic string", 'a = "old" # old\n', 'a = "new" # old\n'],
    ["a literal string", "a = 'old'", "a = 'new'"],
    ["a string over lines", 'a = """\nold"""\n', 'a = "new"\n'],
    ["a literal string over lines", "a = '''old'''\r\nb = 1\r\n", "a = 'new'\r\nb = 1\r\n"],
    ["an escaped string", 'a = "\\u006fld"', 'a = "new"'],
    [
      "an inline table",
      's = { x = { "t" = "old" }, y = [ "old" ] }',
      's = { x = { "t" = "new" }, y = [ "new" ] }',
    ],
    ["a dotted key", 'sources."my api".token = "old"', 'sources."my api".token = "new"'],
    [
      "all of them",
      '[a]\nt = "old"\n[b]\nt = "old"\nu = "older"\n',
      '[a]\nt = "new"\n[b]\nt = "new"\nu = "older"\n',
    ],
    ["a file with a byte order mark", '\uFEFFa = "old"', '\uFEFFa = "new"'],
  ])("replaces %s and nothing else", (_, before, after) => {
    expect(replaceTomlString(before, "old", "new")).toBe(after);
  });

  it.each(['with "quotes" and \\ and \n', "with 'single' ones", "tab\t and \u007F", "é✓😀"])(
    "writes %j so that it reads the same",
    (value) => {
      for (const quote of ['"', "'"]) {
        const written = replaceTomlString(`a = ${quote}old${quote}`, "old", value) ?? "";
        expect(replaceTomlString(written, value, "old")).toMatch(/^a = "old"$|^a = 'old'$/);
      }
    },
  );

  it.each([
    ["that is not there", 'a = "other"'],
    ["in a comment", '# a = "old"'],
    ["inside of another string", "a = \"'old'\"\nb = '\"old\"'"],
    ["that is a key, which would change more", '"old" = "old"'],
    ["in a file that is no TOML", 'a = "old"\nb = '],
  ])("gives up on a string %s", (_, text) => {
    expect(replaceTomlString(text, "old", "new")).toBeUndefined();
  });
});
