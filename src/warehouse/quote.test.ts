import { describe, expect, test } from "vitest";
import { quoteName, quoteTable, quoteText } from "./quote.js";

describe("quoteName", () => {
  test("doubles the quotes in a name", () => {
    expect(quoteName('a"b; --')).toBe('"a""b; --"');
  });

  test.each(["", "a\0b"])("refuses %j", (name) => {
    expect(() => quoteName(name)).toThrow(`the name ${JSON.stringify(name)} cannot be used in the warehouse`);
  });
});

test("quoteText doubles the quotes in a text", () => {
  expect(quoteText("it's")).toBe("'it''s'");
});

test("quoteText spells a NUL so that the statement is not cut there", () => {
  expect(quoteText("a\0b")).toBe("('a' || chr(0) || 'b')");
});

test("quoteTable names catalog, dataset and table", () => {
  expect(quoteTable("raw shop", "orders")).toBe('w."raw shop"."orders"');
});
