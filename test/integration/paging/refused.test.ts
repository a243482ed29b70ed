import { expect, it } from "vitest";
import { issuesOfResource } from "../config/support.js";

/** Where the paginator of a resource `a` begins; issues after it. */
async function issuesOf(paginator: string, more = ""): Promise<string[]> {
  const issues = await issuesOfResource(`- {name: a, ${more}paginator: {${paginator}}}`);
  return issues.split("\n").map((issue) => issue.replace(/^.*?resources\[0\]\.paginator\.?/, ""));
}

it.each([
  [
    "a cursor from two places",
    "type: cursor, path: a, header: b",
    [": a cursor comes from one place: `cursor_path`, `cursor_header` or `last_record`"],
  ],
  [
    "keys that say nothing beside merge",
    "type: cursor, path: a, merge: true, param: b, start: 1",
    ["param: `param` has no meaning beside `merge`", "start: `start` has no meaning beside `merge`"],
  ],
  [
    "a header, which is no object, beside merge",
    "type: cursor, header: a, merge: true",
    ["header: `header` has no meaning beside `merge`"],
  ],
  [
    "keys that say nothing beside parts",
    "type: cursor, last_record: id, param: b, parts: [{path: a, param: c}]",
    [
      "last_record: `last_record` has no meaning beside `parts`",
      "param: `param` has no meaning beside `parts`",
    ],
  ],
  [
    "parts without an origin or a place",
    "type: cursor, parts: [{param: a}, {path: b}, {path: c, header: d, param: e}]",
    [
      "parts[0]: a part comes from one place: `path` or `header`",
      "parts[1]: a part needs `param`, the parameter that takes it → or `cursor_body_path`, its place in the JSON body",
      "parts[2]: a part comes from one place: `path` or `header`",
    ],
  ],
  [
    "two places for a header's cursor",
    "type: header_cursor, cursor_key: a, header: b",
    ["header: `cursor_key` and `header` are two names of one key → keep one of them"],
  ],
  [
    "a list that nothing ends",
    "type: offset, limit: 5, stop_after_empty_page: false",
    [
      "stop_after_empty_page: nothing ends the list: with `stop_after_empty_page: false` the offset paginator needs another end → add a total, `has_more_path` or a maximum",
    ],
  ],
  [
    "a step by a size that is not there",
    "type: offset, advance: size",
    ["advance: `advance: size` steps by the limit, and there is none → add `limit`"],
  ],
  ["a custom paginator without its function", "type: custom, param: a", ["function: missing `function`"]],
])("%s is refused before anything is requested", async (_, paginator, expected) => {
  expect(await issuesOf(paginator)).toEqual(expected);
});

it("a placeholder for a cursor of several values is refused", async () => {
  expect(
    await issuesOf("type: cursor, path: a, merge: true", 'headers: {X: "{paginator.cursor}"}, '),
  ).toEqual([
    ": `{paginator.cursor}` has no value: this cursor is more than one → `merge` and `parts` say themselves where each value goes",
  ]);
});
