import { describe, expect, it } from "vitest";
import { renderCsv, renderJsonLines, renderRowTable, type Rows } from "./render-rows.js";

const rows: Rows = {
  columns: [
    { name: "id", type: "BIGINT" },
    { name: "note", type: "VARCHAR" },
    { name: "tags", type: "JSON" },
  ],
  rows: [
    [12_345_678_901_234_567_890n, "two\nlines", [1n, null]],
    [2n, "\u001b[2J\u009b31m\u202e\t!", null],
  ],
};

describe("rows of the warehouse", () => {
  it("cannot rewrite the terminal as a table", () => {
    expect(renderRowTable(rows)).toBe(
      [
        "                  id  note                         tags",
        "12345678901234567890  two lines                    [1,null]",
        "                   2  \\u001b[2J\\u009b31m\\u202e\\t!",
        "(2 rows)",
      ].join("\n"),
    );
  });

  it("are exact where a program reads them", () => {
    expect(renderCsv(rows)).toBe(
      'id,note,tags\n12345678901234567890,"two\nlines","[1,null]"\n2,\u001b[2J\u009b31m\u202e\t!,',
    );
    expect(renderJsonLines(rows).split("\n")[0]).toBe(
      '{"id":12345678901234567890,"note":"two\\nlines","tags":[1,null]}',
    );
  });
});
