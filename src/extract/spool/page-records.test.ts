import { expect, test } from "vitest";
import { splitText } from "../../../test/support/split-text.js";

const first = '[{"id":1,"a":[1,2]},{"id":2,"n":1.5}]';

function page(body: string) {
  return splitText(body);
}

test("P5: pages of equal bytes have the same records", () => {
  expect(page(first).sameRecordsAs(page(first))).toBe(true);
});

test("P5: the envelope does not count", () => {
  expect(page(`{"data":${first},"page":1}`).sameRecordsAs(page(`{"data":${first},"page":2}`))).toBe(true);
});

test.each([
  ["blanks", '[ {"id": 1,\n"a":[1, 2]},\n{"id":2,"n":1.5} ]'],
  ["the order of keys", '[{"a":[1,2],"id":1},{"n":1.5,"id":2}]'],
  ["escapes and the spelling of numbers", '[{"\\u0069d":1.0,"a":[1e0,2]},{"id":2,"n":15e-1}]'],
  ["duplicate keys", '[{"id":7,"id":1,"a":[1,2]},{"id":2,"n":1.5}]'],
])("P5: records are compared as JSON values, whatever %s", (_, other) => {
  expect(page(first).sameRecordsAs(page(other))).toBe(true);
  expect(page(other).sameRecordsAs(page(first))).toBe(true);
});

test.each([
  ["one value differs", '[{"id":1,"a":[1,2]},{"id":2,"n":1.6}]'],
  ["the order differs", '[{"id":2,"n":1.5},{"id":1,"a":[1,2]}]'],
  ["one is missing", '[{"id":1,"a":[1,2]}]'],
  ["a text looks like the number", '[{"id":"1","a":[1,2]},{"id":2,"n":1.5}]'],
])("P5: pages are not the same when %s", (_, other) => {
  expect(page(first).sameRecordsAs(page(other))).toBe(false);
});

test("P5: big integers that are equal as doubles are not the same", () => {
  expect(page("[9007199254740993]").sameRecordsAs(page("[9007199254740992]"))).toBe(false);
});

test("P5: two empty pages do not have the same records", () => {
  expect(page("[]").sameRecordsAs(page("[]"))).toBe(false);
});

test("the last record is parsed without losing digits", () => {
  expect(page('[{"id":1},{"id":9007199254740993}]').lastRecord()).toEqual({ id: 9007199254740993n });
});

test("an empty page has no last record", () => {
  expect(page("[]").lastRecord()).toBeUndefined();
});

test.each([
  ["nothing", "[1,2,3]", "[4,5,6]", 0],
  ["the last record", "[1,2,3]", "[3,4,5]", 1],
  ["the largest number of records", "[1,1,1]", "[1,1,2]", 2],
  ["a whole page", "[1,2]", "[1,2,3]", 2],
  ["a record in another order of keys", '[{"a":1,"b":2},{"c":3}]', '[{"b":2,"a":1},{"c":3},{"d":4}]', 2],
  ["no record that is merely in the middle", "[1,2,3]", "[2,4]", 0],
  ["an empty page", "[1]", "[]", 0],
])("P3: overlap of %s", (_, previous, next, expected) => {
  expect(page(next).overlapWith?.(page(previous))).toBe(expected);
});
